//! What is told of a task: the outcome of its call as a Conductor server understands it.

use super::queue::Queue;
use crate::conductor::{PolledTask, TaskLog, TaskUpdate};
use crate::decide::{Resend, TaskResult};
use crate::resolve::TaskStatus;
use crate::secret::Redactor;
use crate::task::{CallRecord, Outcome};
use serde_json::json;
use std::sync::Arc;

/// The key of the output under which a task that waits remembers what it has done so far.
const MEMORY: &str = "legwork";
/// When a task is handed out again that something keeps from being sent, and nobody knows for how long: longer each time.
const HELD_MS: (i64, i64) = (1000, 60_000);

/// Who tells.
#[derive(Clone, Copy)]
pub(super) struct Teller<'t> {
    pub(super) worker_id: &'t str,
    pub(super) redactor: &'t Redactor,
    pub(super) now_ms: i64,
}

/// What is told of a task that was carried out.
pub(super) fn judge(task: &PolledTask, queue: &Queue, outcome: Outcome, teller: Teller<'_>) -> TaskUpdate {
    let Outcome { result, call } = outcome;
    let call = call.unwrap_or_default();
    let mut update = match result {
        Some(result) => told(task, queue, result, &call, teller),
        None => failed_for_good(task, "its input cannot be read as a request", teller),
    };
    let line = |log: String| TaskLog { log, task_id: task.task_id.clone(), created_time: teller.now_ms };
    update.logs = lines(&call).map(line).collect();
    mask(&mut update, teller.redactor);
    update
}

/// What is told of a task that no attempt can mend.
pub(super) fn failed_for_good(task: &PolledTask, why: &str, teller: Teller<'_>) -> TaskUpdate {
    let mut update = task.update(TaskStatus::FailedWithTerminalError, teller.worker_id);
    update.reason_for_incompletion = Some(why.to_owned());
    mask(&mut update, teller.redactor);
    update
}

fn told(task: &PolledTask, queue: &Queue, result: TaskResult, call: &CallRecord, teller: Teller<'_>) -> TaskUpdate {
    let TaskResult { status, output, reason, callback_after_ms, advice } = result;
    let mut update = task.update(status, teller.worker_id);
    update.callback_after_seconds = callback_after_ms.map_or(0, seconds);
    update.reason_for_incompletion = reason;
    match advice.map(|advice| (advice.resend, advice.not_before_ms)) {
        Some((Resend::Unsafe(why) | Resend::Never(why), _)) if status == TaskStatus::Failed => {
            not_retried(&mut update, &why);
        }
        Some((Resend::Safe, not_before_ms)) if status == TaskStatus::Failed => {
            let pause = (HELD_MS.0 << remembered(task, "held").min(16)).min(HELD_MS.1);
            let due = not_before_ms.or_else(|| call.withheld.then_some(teller.now_ms + pause));
            if let Some(due) = due
                && later(task, queue, &mut update, call, (due, teller.now_ms))
            {
                return update;
            }
        }
        _ => {}
    }
    update.output_data = Some(Arc::unwrap_or_clone(output));
    update
}

/// Has the server hand the task out again when its time has come. False when that may not be: no attempt is left, or its time is over.
fn later(
    task: &PolledTask,
    queue: &Queue,
    update: &mut TaskUpdate,
    call: &CallRecord,
    (due, now_ms): (i64, i64),
) -> bool {
    let attempts = remembered(task, "attempts") + i64::from(!call.withheld);
    let held = remembered(task, "held") + i64::from(call.withheld);
    let retry = queue.node.retry;
    let is_over = retry.deadline_ms > 0 && due > task.scheduled_time.saturating_add(retry.deadline_ms);
    if attempts + task.retry_count > i64::from(retry.count) || is_over {
        let why = if is_over { "its deadline is over before" } else { "no attempt is left" };
        not_retried(update, why);
        return false;
    }
    let why = update.reason_for_incompletion.take().unwrap_or_default();
    update.status = TaskStatus::InProgress;
    update.callback_after_seconds = seconds(due - now_ms);
    update.output_data = Some(json!({MEMORY: {"attempts": attempts, "held": held, "waits": why, "untilMs": due}}));
    true
}

/// How often the task was sent already, or held back, by what an earlier update left in its output.
fn remembered(task: &PolledTask, name: &str) -> i64 {
    let memory = task.output_data.as_ref().and_then(|output| output.get(MEMORY));
    memory.and_then(|memory| memory.get(name)?.as_i64()).unwrap_or(0).max(0)
}

fn not_retried(update: &mut TaskUpdate, why: &str) {
    update.status = TaskStatus::FailedWithTerminalError;
    let reason = update.reason_for_incompletion.get_or_insert_default();
    if !reason.is_empty() {
        reason.push_str("; ");
    }
    reason.push_str("not retried: ");
    reason.push_str(why);
}

/// What the task's log says: the request with its answer, and what was decided about it.
fn lines(call: &CallRecord) -> impl Iterator<Item = String> {
    let exchange = call.exchange.as_ref().filter(|_| call.sent).map(|exchange| {
        let request = exchange.request();
        let answer = exchange.response();
        let answer = answer.map_or_else(|| "no answer".to_owned(), |answer| answer.status().to_string());
        format!("{} {} → {answer}", request.method(), request.uri())
    });
    exchange.into_iter().chain(call.notes.iter().map(ToString::to_string))
}

/// Milliseconds in whole seconds, rounded up; at least one, so that a server does not hand it out at once.
fn seconds(milliseconds: i64) -> i64 {
    (milliseconds.max(1) + 999) / 1000
}

/// Covers every secret: what is told is stored, and shown to whoever may look at the execution.
fn mask(update: &mut TaskUpdate, redactor: &Redactor) {
    if redactor.is_empty() {
        return;
    }
    if let Some(output) = &mut update.output_data {
        redactor.redact_value(output);
    }
    let texts = update.reason_for_incompletion.iter_mut().chain(update.logs.iter_mut().map(|log| &mut log.log));
    for text in texts {
        if let std::borrow::Cow::Owned(masked) = redactor.redact(text) {
            *text = masked;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::decide::RetryAdvice;
    use crate::secret::Secret;

    const NOW: i64 = 1_000_000;

    fn failed(resend: Resend, not_before_ms: Option<i64>) -> TaskResult {
        let advice = Some(RetryAdvice { resend, not_before_ms });
        let output = json!({"kind": "status", "echo": "a-secret-token"});
        TaskResult { reason: Some("it failed".into()), advice, ..TaskResult::new(TaskStatus::Failed, output) }
    }

    fn judged(task: &PolledTask, result: TaskResult, withheld: bool) -> TaskUpdate {
        let queue = Queue::by_reference("zoom_users_get", &Catalogue::builtin()).expect("a built-in one");
        let redactor = Redactor::new([Secret::new("a-secret-token")]);
        let teller = Teller { worker_id: "me", redactor: &redactor, now_ms: NOW };
        let call = CallRecord { withheld, sent: !withheld, ..CallRecord::default() };
        judge(task, &queue, Outcome { result: Some(result), call: Some(call) }, teller)
    }

    #[track_caller]
    fn check(task: &PolledTask, result: TaskResult, withheld: bool, expected: (TaskStatus, i64, &str)) {
        let update = judged(task, result, withheld);
        let reason = update.reason_for_incompletion.as_deref().unwrap_or_default();
        assert_eq!((update.status, update.callback_after_seconds, reason), expected);
        assert!(!format!("{update:?}").contains("a-secret-token"));
    }

    fn task(retry_count: i64, attempts: i64) -> PolledTask {
        let output = json!({MEMORY: {"attempts": attempts}});
        PolledTask { retry_count, output_data: output.as_object().cloned(), ..PolledTask::default() }
    }

    #[test]
    fn what_may_be_sent_again_is_left_to_the_server() {
        check(&task(0, 0), failed(Resend::Safe, None), false, (TaskStatus::Failed, 0, "it failed"));
    }

    #[test]
    fn a_wait_that_was_asked_for_goes_back_to_the_server() {
        let due = Some(NOW + 17_001);
        check(&task(0, 0), failed(Resend::Safe, due), false, (TaskStatus::InProgress, 18, ""));
        check(&task(0, 0), failed(Resend::Safe, Some(NOW - 5)), false, (TaskStatus::InProgress, 1, ""));
        check(&task(0, 0), failed(Resend::Safe, None), true, (TaskStatus::InProgress, 1, ""));
        let update = judged(&task(0, 1), failed(Resend::Safe, due), false);
        let output = update.output_data.expect("a memory");
        assert_eq!((&output[MEMORY]["attempts"], &output[MEMORY]["waits"]), (&json!(2), &json!("it failed")));
    }

    #[test]
    fn attempts_come_to_an_end_and_waits_that_sent_nothing_do_not_count() {
        let due = Some(NOW + 1000);
        let over = (TaskStatus::FailedWithTerminalError, 0, "it failed; not retried: no attempt is left");
        check(&task(1, 2), failed(Resend::Safe, due), false, over);
        check(&task(3, 0), failed(Resend::Safe, due), false, over);
        check(&task(0, 3), failed(Resend::Safe, due), true, (TaskStatus::InProgress, 1, ""));
    }

    #[test]
    fn what_no_retry_can_mend_is_told_so() {
        let terminal = TaskStatus::FailedWithTerminalError;
        let (never, not_safe) = (Resend::Never("why".into()), Resend::Unsafe("harm".into()));
        check(&task(0, 0), failed(never, None), false, (terminal, 0, "it failed; not retried: why"));
        check(&task(0, 0), failed(not_safe, Some(NOW)), false, (terminal, 0, "it failed; not retried: harm"));
    }

    #[test]
    fn a_good_result_is_told_as_it_is_without_secrets() {
        let result = TaskResult::new(TaskStatus::Completed, json!({"echo": "Bearer a-secret-token", "id": 7}));
        let update = judged(&PolledTask::default(), result, false);
        assert_eq!(update.output_data, Some(json!({"echo": "Bearer ***", "id": 7})));
        assert_eq!((update.status, update.reason_for_incompletion), (TaskStatus::Completed, None));
    }
}
