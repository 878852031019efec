//! What listeners hear of a run: a span (`tracing`'s) for the run and one for each task object that is carried out, and events for its retries,
//! waits and ends. Each attempt at a task is a task object; the requests that it sends have spans of their own in it.
//!
//! While nobody listens it costs one look at a number. Names come from the definition, and reasons are masked: no input or output is told.

use crate::decide::{Execution, Family};
use crate::http::Kind;
use crate::plan::Node;
use crate::resolve::{TaskState, WorkflowStatus};
use crate::secret::Redactor;
use crate::task::{BoxFuture, Outcome};
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Instrument, Span};

/// Whether anybody may listen.
fn is_heard() -> bool {
    LevelFilter::current() != LevelFilter::OFF
}

/// The span of a run.
pub(super) fn of_run(family: &Family) -> Span {
    if !is_heard() {
        return Span::none();
    }
    let workflow = &family.root().scope().workflow;
    tracing::info_span!(
        target: "legwork::run",
        "run",
        otel.name = format!("run {}", workflow.workflow_type),
        otel.status_code = Empty,
        legwork.workflow.name = &*workflow.workflow_type,
        legwork.workflow.version = workflow.version,
        legwork.workflow.id = &*workflow.workflow_id,
        legwork.workflow.status = Empty,
    )
}

/// Tells how a run ended.
pub(super) fn ended(span: &Span, family: &Family) {
    if span.is_disabled() {
        return;
    }
    let status = family.root().scope().workflow.status;
    span.record("legwork.workflow.status", status.as_str());
    if status.is_terminal() && status != WorkflowStatus::Completed {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of one attempt at a task, inside the run's.
pub(super) fn of_task(run: &Span, execution: &Execution, state: &TaskState) -> Span {
    if !is_heard() {
        return Span::none();
    }
    tracing::info_span!(
        target: "legwork::run",
        parent: run,
        "task",
        otel.name = format!("task {}", state.reference_name),
        otel.status_code = Empty,
        legwork.task.reference = &*state.reference_name,
        legwork.task.name = &*state.task_def_name,
        legwork.task.type = &*state.task_type,
        legwork.task.id = &*state.task_id,
        legwork.task.attempt = u64::from(state.retry_count) + 1,
        legwork.workflow.id = &*execution.scope().workflow.workflow_id,
        legwork.task.status = Empty,
        error.type = Empty,
    )
}

/// The span of a task that is tested alone.
pub(super) fn of_test(node: &Node) -> Span {
    if !is_heard() {
        return Span::none();
    }
    tracing::info_span!(
        target: "legwork::run",
        "task",
        otel.name = format!("task {}", node.reference_name),
        otel.status_code = Empty,
        legwork.task.reference = &*node.reference_name,
        legwork.task.name = &*node.name,
        legwork.task.type = node.task_type.as_str(),
        legwork.task.attempt = 1_u64,
        legwork.task.status = Empty,
        error.type = Empty,
    )
}

/// The work inside its span; without one it is left as it is.
pub(super) fn within(span: Span, work: BoxFuture<'_, Outcome>) -> BoxFuture<'_, Outcome> {
    if span.is_disabled() {
        return work;
    }
    Box::pin(async move {
        let outcome = work.instrument(span.clone()).await;
        if let Some(result) = &outcome.result {
            span.record("legwork.task.status", result.status.as_str());
        }
        if let Some(kind) = outcome.call.as_ref().and_then(|call| call.kind.as_ref()) {
            span.record("error.type", Kind::as_str(kind));
            span.record("otel.status_code", "ERROR");
        }
        outcome
    })
}

/// Tells that a task object begins; a retry says why it is one.
pub(super) fn started(run: &Span, state: &TaskState, redactor: &Redactor) {
    if !is_heard() || state.retry_count == 0 {
        return;
    }
    let reason = masked(state.reason_for_incompletion.as_deref(), redactor);
    tracing::info!(
        target: "legwork::run",
        parent: run,
        {
            legwork.task.reference = &*state.reference_name,
            legwork.task.attempt = u64::from(state.retry_count) + 1,
        },
        "retried after: {reason}"
    );
}

/// Tells that a task object has reached a status that it keeps.
pub(super) fn settled(run: &Span, state: &TaskState, redactor: &Redactor) {
    if !is_heard() {
        return;
    }
    let (reference, status) = (&*state.reference_name, state.status.as_str());
    if state.status.is_successful() {
        tracing::debug!(target: "legwork::run", parent: run, { legwork.task.reference = reference, legwork.task.status = status }, "ended");
    } else {
        let reason = masked(state.reason_for_incompletion.as_deref(), redactor);
        tracing::info!(target: "legwork::run", parent: run, { legwork.task.reference = reference, legwork.task.status = status }, "ended: {reason}");
    }
}

/// Tells that nothing happens before a time.
pub(super) fn waits(run: &Span, delay_ms: u64) {
    tracing::debug!(target: "legwork::run", parent: run, delay_ms, "waits");
}

/// A reason without secrets. Somebody at a terminal may see them; whoever listens may write them down.
fn masked(reason: Option<&str>, redactor: &Redactor) -> String {
    if redactor.reveals() {
        return "(not told while secrets are revealed)".to_owned();
    }
    redactor.redact(reason.unwrap_or("no reason")).into_owned()
}
