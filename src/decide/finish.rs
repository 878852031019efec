//! The end of an attempt: on with the flow, another attempt, or the end of the workflow.

use super::advance::{Made, Todo};
use super::{Execution, Moment, Resend, TaskIndex, TaskResult, prepare};
use crate::definition::Dialect;
use crate::plan::{Kind, Node};
use crate::resolve::{Resolved, TaskStatus};
use serde_json::Value;
use std::sync::Arc;

impl Execution {
    /// A call or a worker has answered.
    pub(super) fn answered(&mut self, task: TaskIndex, result: TaskResult, moment: &mut Moment<'_>) {
        let known = self.scope.task(task.0).is_some_and(|state| !state.status.is_terminal());
        if !known || self.has_ended() {
            return;
        }
        if result.status.is_terminal() {
            self.finish(task, result, moment);
        } else {
            self.in_progress(task, result, moment);
        }
    }

    /// The task goes on elsewhere: it keeps the output so far, and is offered again when it asked for that.
    fn in_progress(&mut self, task: TaskIndex, result: TaskResult, moment: &mut Moment<'_>) {
        let state = self.task_mut(task);
        state.status = TaskStatus::InProgress;
        state.output = result.output;
        if state.start_time == 0 {
            state.start_time = moment.now_ms;
        }
        if let Some(after) = result.callback_after_ms {
            self.start_later(task, moment.now_ms.saturating_add(after));
        }
    }

    pub(super) fn finish(&mut self, task: TaskIndex, result: TaskResult, moment: &mut Moment<'_>) {
        let TaskResult { status, output, reason, advice, .. } = result;
        // A worker's result replaces the reason, also by none; a call of our own that went well leaves the one of the attempt before.
        if reason.is_some() || advice.is_none() {
            let cut = self.plan.dialect == Dialect::Conductor;
            self.task_mut(task).reason_for_incompletion = if cut { reason.map(as_kept) } else { reason };
        }
        self.close(task, status, output, moment);
        if status == TaskStatus::Completed || status == TaskStatus::CompletedWithErrors {
            self.pass(task);
            return;
        }
        let node = self.node(task);
        let delay = self.retry_delay_ms(task, &node, advice.as_ref(), moment);
        match delay {
            Some(delay) => self.retry(task, delay, moment),
            None => self.give_up(task, &node, moment),
        }
    }

    /// The flow goes on after a task, whatever became of it.
    pub(super) fn pass(&mut self, task: TaskIndex) {
        self.go_on(task);
    }

    /// The delay before another attempt; `None` when there is none.
    fn retry_delay_ms(
        &mut self,
        task: TaskIndex,
        node: &Node,
        advice: Option<&super::RetryAdvice>,
        moment: &mut Moment<'_>,
    ) -> Option<i64> {
        let state = self.task(task);
        let retriable = matches!(state.status, TaskStatus::Failed | TaskStatus::TimedOut);
        let attempt = state.retry_count;
        if !retriable || attempt >= node.retry.count || node.kind.is_operator() {
            return None;
        }
        // What a server runs within its own step is tried again at once.
        if matches!(node.kind, Kind::Jq | Kind::Lambda) && self.is_conductor() {
            return Some(0);
        }
        let computed = node.retry.delay_ms(attempt, (moment.chance)());
        let Some(advice) = advice.filter(|_| self.plan.dialect == Dialect::Legwork) else {
            return self.in_time(task, node, computed, moment);
        };
        match &advice.resend {
            Resend::Safe => {
                let delay = advice.not_before_ms.map_or(computed, |at| (at - moment.now_ms).max(0));
                self.in_time(task, node, delay, moment)
            }
            Resend::Unsafe(why) | Resend::Never(why) => {
                self.say_not_retried(task, why);
                None
            }
        }
    }

    /// The delay, unless the next attempt would begin after the deadline of all attempts.
    fn in_time(&mut self, task: TaskIndex, node: &Node, delay_ms: i64, moment: &Moment<'_>) -> Option<i64> {
        let deadline_ms = node.retry.deadline_ms;
        if deadline_ms == 0 {
            return Some(delay_ms);
        }
        let state = self.task(task);
        let tasks = self.scope.tasks().iter().take(task.0 + 1).rev();
        let mut attempts = tasks.filter(|other| other.reference_name == state.reference_name);
        let first =
            attempts.find(|other| other.retry_count == 0).map_or(state.scheduled_time, |first| first.scheduled_time);
        if moment.now_ms.saturating_add(delay_ms) <= first.saturating_add(deadline_ms) {
            return Some(delay_ms);
        }
        let why = format!(
            "the next attempt is due in {} s, and the deadline of {} s over all attempts is over before",
            (delay_ms + 999) / 1000,
            deadline_ms / 1000
        );
        self.say_not_retried(task, &why);
        None
    }

    fn say_not_retried(&mut self, task: TaskIndex, why: &str) {
        let state = self.task_mut(task);
        let reason = state.reason_for_incompletion.get_or_insert_default();
        if !reason.is_empty() {
            reason.push_str("; ");
        }
        reason.push_str("not retried: ");
        reason.push_str(why);
    }

    /// Another attempt is a new task object of the same name. It keeps the reason of the attempt before, even when it completes.
    fn retry(&mut self, task: TaskIndex, delay_ms: i64, moment: &mut Moment<'_>) {
        let again = self.create_again(task, moment);
        if self.refusals.contains_key(&again) {
            self.refuse(again, moment);
        } else if delay_ms == 0 {
            self.agenda.push(Todo::Begin(again));
        } else {
            self.task_mut(again).callback_after_seconds = delay_ms / 1000;
            self.start_later(again, moment.now_ms.saturating_add(delay_ms));
        }
    }

    pub(super) fn create_again(&mut self, task: TaskIndex, moment: &mut Moment<'_>) -> TaskIndex {
        let (id, node, place) = (self.node_id(task), self.node(task), self.place(task));
        let task_id = (moment.new_id)();
        let mut input = prepare(&node, &self.scope, self.plan.dialect, &task_id);
        let before = &self.task(task).input;
        if let (Ok(Resolved { value, .. }), Kind::SubWorkflow(_), Some(before)) =
            (&mut input, &node.kind, before.as_object())
            && let Value::Object(now) = Arc::make_mut(value)
        {
            // What is to be started stays as it was; a server puts the inputs beside it.
            let inputs = std::mem::replace(now, before.clone());
            if self.is_conductor() {
                now.extend(inputs);
            } else {
                now.insert("workflowInput".to_owned(), Value::Object(inputs));
            }
        }
        let state = self.task(task);
        let (attempt, reason) = (state.retry_count + 1, state.reason_for_incompletion.clone());
        self.add(Made { id, node, task_id, input, attempt, reason }, place, moment)
    }

    /// No further attempt: the failure is passed over, remembered, or the end of the workflow.
    fn give_up(&mut self, task: TaskIndex, node: &Node, moment: &mut Moment<'_>) {
        if node.optional {
            let ended_as = std::mem::replace(&mut self.task_mut(task).status, TaskStatus::CompletedWithErrors);
            self.pass(task);
            let is_last = self.open == 0 && self.agenda.is_empty();
            if is_last && self.is_conductor() {
                self.complete_if_done(moment);
                // A server ends the workflow before it writes the task down again; only outputParameters saw the new status.
                self.task_mut(task).status = ended_as;
            }
        } else if node.permissive {
            self.forgiven.push(task);
            self.pass(task);
        } else {
            self.fail(task, moment);
        }
    }

    /// A task that was refused before anything was sent: another attempt would be refused as well.
    pub(super) fn refuse(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let reason = self.refusals.get(&task).map(super::Refusal::sentence);
        let result = TaskResult {
            reason,
            ..TaskResult::new(TaskStatus::FailedWithTerminalError, serde_json::Value::Object(serde_json::Map::new()))
        };
        self.finish(task, result, moment);
    }
}

/// A server keeps the first 500 characters (of UTF-16) of a task's reason.
fn as_kept(reason: String) -> String {
    match reason.encode_utf16().count() {
        0..=500 => reason,
        _ => String::from_utf16_lossy(&reason.encode_utf16().take(500).collect::<Vec<_>>()),
    }
}
