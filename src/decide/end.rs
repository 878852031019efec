//! The end of a workflow.

use super::child::Effect;
use super::{Execution, Moment, Refused, TaskIndex};
use crate::resolve::{Context, Resolved, TaskStatus, WorkflowStatus, nothing};
use serde_json::Value;
use std::sync::Arc;

impl Execution {
    /// Ends the workflow as completed when no task object is open.
    pub(super) fn complete_if_done(&mut self, moment: &mut Moment<'_>) {
        let is_still = self.agenda.is_empty() && self.held.is_empty() && !self.stuck;
        if self.open == 0 && is_still && !self.has_ended() && !self.is_paused() {
            self.complete(moment);
        }
    }

    /// Ends the workflow at the end of its flow: as failed when a permissive task failed on the way.
    pub(super) fn complete(&mut self, moment: &mut Moment<'_>) {
        let last = self.control.len().checked_sub(1).map(TaskIndex);
        self.set_output(last);
        match self.forgiven.first().copied() {
            None => self.end(WorkflowStatus::Completed, None, moment),
            Some(task) => {
                let reason = self.failure_sentence(task, WorkflowStatus::Failed);
                self.end(WorkflowStatus::Failed, Some(reason), moment);
            }
        }
    }

    /// Ends the workflow because of a task.
    pub(super) fn fail(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let status = match self.task(task).status {
            TaskStatus::TimedOut => WorkflowStatus::TimedOut,
            TaskStatus::Canceled => WorkflowStatus::Terminated,
            _ => WorkflowStatus::Failed,
        };
        let reason = self.failure_sentence(task, status);
        self.write_open_rounds(task);
        // A server takes the output of the last task, whichever failed.
        let of = if self.is_conductor() { self.last() } else { Some(task) };
        self.set_output(of);
        self.failed_task = Some(task);
        self.end(status, Some(reason), moment);
    }

    /// The server's own sentence.
    fn failure_sentence(&self, task: TaskIndex, status: WorkflowStatus) -> String {
        let state = self.task(task);
        let reason = state.reason_for_incompletion.as_deref().unwrap_or("null");
        format!("Task {} failed with status: {} and reason: '{reason}'", state.task_id, status.as_str())
    }

    /// `outputParameters` over what is known now, else the output of that task.
    ///
    /// They are resolved before the status is set, so `workflow.status` in them is RUNNING.
    pub(super) fn set_output(&mut self, task: Option<TaskIndex>) {
        let plan = self.plan.clone();
        let output = match &plan.output {
            Some(template) => {
                let context = Context { dialect: plan.dialect, task_id: None };
                match template.resolve(&self.scope, &context) {
                    Ok(Resolved { value, .. }) => value,
                    // The work is done; a sentence that lacks a value is no reason to lose the rest of it.
                    Err(_) => self.output_without_missing(template),
                }
            }
            None => task.map_or_else(nothing, |task| Arc::clone(&self.task(task).output)),
        };
        self.scope.workflow.output = output;
    }

    fn output_without_missing(&self, template: &crate::resolve::Template) -> Arc<Value> {
        let context = Context { dialect: crate::definition::Dialect::Conductor, task_id: None };
        let resolved = template.resolve(&self.scope, &context);
        resolved.map_or_else(|_| nothing(), |resolved| resolved.value)
    }

    /// Writes the end down; whatever is still open is cancelled.
    pub(super) fn end(&mut self, status: WorkflowStatus, reason: Option<String>, moment: &mut Moment<'_>) {
        self.scope.workflow.status = status;
        self.scope.workflow.reason_for_incompletion = reason;
        self.ended_ms = Some(moment.now_ms);
        self.timers.clear();
        self.commands.clear();
        self.agenda.clear();
        if matches!(status, WorkflowStatus::Failed | WorkflowStatus::TimedOut) {
            self.start_failure_workflow();
        }
        for task in (0..self.control.len()).map(TaskIndex) {
            if !self.task(task).status.is_terminal() {
                let state = self.task_mut(task);
                state.status = TaskStatus::Canceled;
                state.end_time = moment.now_ms;
                self.leave(task);
                self.cancel_child(task);
            }
        }
    }

    /// A child ends with the task object that waits for it.
    fn cancel_child(&mut self, task: TaskIndex) {
        let Some(child) = self.child_of(task) else { return };
        let workflow = &self.scope.workflow;
        let reason = match workflow.reason_for_incompletion.as_deref().filter(|reason| !reason.is_empty()) {
            Some(reason) => format!("Parent workflow has been terminated with reason: {reason}"),
            None => format!("Parent workflow has been terminated with status {}", workflow.status.as_str()),
        };
        self.effects.push(Effect::Cancel { child, reason });
    }

    /// A server fails over this execution: its start is refused, or it never goes on.
    pub(super) fn fault(&mut self, refused: Refused, moment: &mut Moment<'_>) {
        if self.starting {
            self.refused = Some(refused);
            self.end(WorkflowStatus::Terminated, None, moment);
        } else {
            self.agenda.clear();
            self.stuck = true;
        }
    }
}
