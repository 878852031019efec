//! What somebody outside does to an execution: update a task, pause, resume, terminate.

use super::{Execution, Moment, TaskIndex, TaskResult};
use crate::resolve::WorkflowStatus;

impl Execution {
    /// A worker has taken a task: it is in progress, and watched.
    pub(super) fn polled(&mut self, task: TaskIndex, moment: &Moment<'_>) {
        if self.scope.task(task.0).is_none_or(|state| state.status.is_terminal()) {
            return;
        }
        let state = self.task_mut(task);
        state.status = crate::resolve::TaskStatus::InProgress;
        state.poll_count += 1;
        if state.start_time == 0 {
            state.start_time = moment.now_ms;
        }
        self.watch_worker(task, moment);
    }

    /// An update from outside is the result of the latest task object of that name, or of the round that the name tells.
    pub(super) fn updated(&mut self, reference_name: &str, result: TaskResult, moment: &mut Moment<'_>) {
        if let Some(task) = self.scope.named(reference_name).map(TaskIndex) {
            self.answered(task, result, moment);
        }
    }

    /// While paused, what is under way may end, and nothing new is started.
    pub(super) fn pause(&mut self) {
        if self.scope.workflow.status == WorkflowStatus::Running {
            self.scope.workflow.status = WorkflowStatus::Paused;
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.scope.workflow.status == WorkflowStatus::Paused
    }

    pub(super) fn resume(&mut self) {
        if self.scope.workflow.status != WorkflowStatus::Paused {
            return;
        }
        self.scope.workflow.status = WorkflowStatus::Running;
        for todo in std::mem::take(&mut self.held) {
            self.agenda.push(todo);
        }
    }

    pub(super) fn terminate_from_outside(&mut self, reason: Option<String>, moment: &mut Moment<'_>) {
        if self.has_ended() {
            return;
        }
        self.set_output(self.last());
        self.end(WorkflowStatus::Terminated, reason, moment);
    }
}
