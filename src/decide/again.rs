//! A workflow that has failed is tried again from where it failed. Source: `WorkflowExecutorOps.retry`.

use super::advance::Todo;
use super::{Execution, Moment, State, TaskIndex};
use crate::plan::Kind;
use crate::resolve::{TaskStatus, WorkflowStatus, nothing};

impl Execution {
    /// Runs again: what failed or was cancelled gets another attempt, and operators go on waiting.
    pub(super) fn retry_workflow(&mut self, moment: &mut Moment<'_>) {
        let workflow = &mut self.scope.workflow;
        if !workflow.status.is_terminal() || workflow.status == WorkflowStatus::Completed {
            return;
        }
        workflow.status = WorkflowStatus::Running;
        workflow.reason_for_incompletion = None;
        workflow.output = nothing();
        (self.ended_ms, self.failed_task) = (None, None);
        self.forgiven.clear();
        let unsuccessful: Vec<_> =
            (0..self.control.len()).map(TaskIndex).filter(|task| self.may_go_on(*task)).collect();
        for task in unsuccessful {
            self.again(task, moment);
        }
    }

    /// Whether it is the latest task object of its name, and did not end well.
    fn may_go_on(&self, task: TaskIndex) -> bool {
        let name = &self.node_by_id(self.node_id(task)).reference_name;
        let state = self.task(task);
        !self.control[task.0].removed && !state.status.is_successful() && self.scope.latest_index(name) == Some(task.0)
    }

    fn again(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        match self.node_by_id(self.node_id(task)).kind {
            Kind::Join { .. } | Kind::ExclusiveJoin { .. } => {
                self.reopen(task);
                self.agenda.push(Todo::Begin(task));
            }
            Kind::Loop(_) => {
                let has_failed_itself = self.task(task).status != TaskStatus::Canceled;
                self.reopen(task);
                // One that failed over its condition is asked again; any other waits for what is inside.
                if let State::Loop(rounds) = &mut self.control[task.0].state
                    && has_failed_itself
                {
                    rounds.look_again();
                    self.agenda.push(Todo::RoundEnd(task));
                }
            }
            _ => {
                let again = self.create_again(task, moment);
                self.agenda.push(Todo::Begin(again));
            }
        }
    }

    fn reopen(&mut self, task: TaskIndex) {
        let place = self.place(task);
        let state = self.task_mut(task);
        (state.status, state.end_time, state.reason_for_incompletion) = (TaskStatus::InProgress, 0, None);
        self.open += 1;
        self.enter_again(place);
    }
}
