//! Task objects that are given rather than run: for a test request of a later task.

use super::{Control, Execution, Moment, State, TaskIndex};
use crate::plan::NodeId;
use crate::resolve::{Resolved, TaskState};
use serde_json::Value;
use std::sync::Arc;

impl Execution {
    /// Takes a task as completed with that output, as if it had run.
    pub fn assume(&mut self, id: NodeId, output: Value, moment: &mut Moment<'_>) {
        let node = Arc::clone(self.node_by_id(id));
        self.scope.push(TaskState {
            task_type: Arc::clone(&node.shown_type),
            task_def_name: Arc::clone(&node.shown_name),
            task_id: (moment.new_id)(),
            scheduled_time: moment.now_ms,
            start_time: moment.now_ms,
            end_time: moment.now_ms,
            ..TaskState::completed(&node.reference_name, output)
        });
        self.control.push(Control {
            node: id,
            place: None,
            secrets: Arc::default(),
            state: State::None,
            removed: false,
        });
    }

    /// The input of a task object, with the places of its secrets.
    #[must_use]
    pub fn input_of(&self, task: TaskIndex) -> Resolved {
        let state = self.scope.task(task.0).zip(self.control.get(task.0));
        let input = |(state, control): (&TaskState, &Control)| Resolved {
            value: Arc::clone(&state.input),
            secrets: Arc::clone(&control.secrets),
        };
        state.map(input).unwrap_or_default()
    }
}
