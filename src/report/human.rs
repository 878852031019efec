//! A run in a few lines for people.

use super::paint::Paint;
use super::policy::duration_ms;
use crate::decide::TaskIndex;
use crate::plan::Plan;
use crate::resolve::{TaskState, TaskStatus, WorkflowStatus};
use crate::run::Run;
use crate::secret::Redactor;
use serde_json::Value;
use std::fmt::Write;

/// The whole run: its status, a line for each task, its output, and why it did not complete.
#[must_use]
pub fn run_summary(plan: &Plan, run: &Run, redactor: &Redactor, paint: Paint) -> String {
    let workflow = &run.execution().scope().workflow;
    let end = run.execution().ended_ms().unwrap_or_else(|| last_moment(run));
    let mut text = String::new();
    let status = status_word(workflow.status, paint);
    let took = paint.faint(&duration_ms(end - run.execution().started_ms()));
    let _ = writeln!(text, "{status} {} {took}", paint.strong(&plan.name));
    for (index, state) in run.execution().tasks() {
        let _ = writeln!(text, "{}", task_line(run, index, state, paint));
    }
    if let Some(reason) = workflow.reason_for_incompletion.as_deref().filter(|reason| !is_told(run, reason)) {
        let _ = writeln!(text, "{} {reason}", paint.strong("why"));
    }
    let _ = writeln!(text, "{}\n{}", paint.strong("output"), indented(&workflow.output));
    redactor.redact(&text).into_owned()
}

/// When something last happened in a run that has not ended.
fn last_moment(run: &Run) -> i64 {
    let moments =
        run.execution().tasks().map(|(_, state)| state.scheduled_time.max(state.start_time).max(state.end_time));
    moments.fold(run.execution().started_ms(), i64::max)
}

/// Whether the workflow's reason only repeats that of the task that failed, which stands in the task's line.
fn is_told(run: &Run, reason: &str) -> bool {
    let failed = run.execution().failed_task().and_then(|task| run.execution().scope().task(task.get()));
    failed.and_then(|state| state.reason_for_incompletion.as_deref()).is_some_and(|told| reason.contains(told))
}

/// One line about a task that has ended: `  create  HTTP  COMPLETED  POST https://… → 201 Created  12 ms`.
#[must_use]
pub fn progress_line(state: &TaskState, paint: Paint) -> String {
    let name = attempt_name(state);
    let took = duration_ms((state.end_time - state.start_time).max(0));
    format!("  {:<16} {:<14} {} {}", name, state.task_type, task_status(state.status, paint), paint.faint(&took))
}

fn task_line(run: &Run, task: TaskIndex, state: &TaskState, paint: Paint) -> String {
    let mut line = progress_line(state, paint);
    if let Some(exchange) = run.call(run.execution().address(task)).and_then(|call| call.exchange.as_ref()) {
        let request = exchange.request();
        let _ = write!(line, "  {} {}", request.method(), request.uri());
        if let Some(response) = exchange.response() {
            let _ = write!(line, " → {} {}", response.status(), response.reason());
        }
    }
    for note in run.call(run.execution().address(task)).into_iter().flat_map(|call| &call.notes) {
        let _ = write!(line, "\n      {}", paint.faint(note));
    }
    let failed = !state.status.is_successful() || state.status == TaskStatus::CompletedWithErrors;
    if let Some(reason) = state.reason_for_incompletion.as_deref().filter(|_| failed) {
        let _ = write!(line, "\n      {}", paint.warn(reason));
    }
    line
}

fn attempt_name(state: &TaskState) -> String {
    match state.retry_count {
        0 => state.reference_name.to_string(),
        attempt => format!("{} (attempt {})", state.reference_name, attempt + 1),
    }
}

fn task_status(status: TaskStatus, paint: Paint) -> String {
    let word = status.as_str();
    match status {
        TaskStatus::Completed => paint.good(word),
        TaskStatus::CompletedWithErrors | TaskStatus::Skipped => paint.warn(word),
        TaskStatus::Scheduled | TaskStatus::InProgress => paint.strong(word),
        _ => paint.bad(word),
    }
}

fn status_word(status: WorkflowStatus, paint: Paint) -> String {
    match status {
        WorkflowStatus::Completed => paint.good("✔ COMPLETED"),
        WorkflowStatus::Running => paint.warn("… RUNNING, waits for somebody outside:"),
        WorkflowStatus::Paused => paint.warn("… PAUSED"),
        ended => paint.bad(&format!("✘ {}", ended.as_str())),
    }
}

/// JSON over several lines, two spaces in.
pub(super) fn indented(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
