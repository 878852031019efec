//! The tasks that a step carries out itself: SET_VARIABLE, SWITCH, TERMINATE.

use super::{Execution, Moment, TaskIndex, TaskResult};
use crate::definition::Dialect;
use crate::plan::{NodeId, Switch};
use crate::resolve::{TaskStatus, WorkflowStatus, hash_ordered, java_text};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// How much a server lets the variables of a workflow hold, as JSON.
const MOST_VARIABLES_KB: usize = 256;

impl Execution {
    /// SET_VARIABLE: each input replaces the variable of its name; nothing is merged, null is kept. A server refuses all of them when the
    /// variables would grow too large.
    pub(super) fn set_variable(&mut self, task: TaskIndex, node: NodeId, moment: &mut Moment<'_>) -> Option<NodeId> {
        let input = self.revealed_input(task, moment);
        let before = (self.plan.dialect == Dialect::Conductor).then(|| self.scope.workflow.variables.clone());
        if let (Value::Object(variables), Value::Object(input)) = (&mut self.scope.workflow.variables, input) {
            variables.extend(input);
        }
        let size = self.scope.workflow.variables.to_string().len();
        if let Some(before) = before.filter(|_| size > MOST_VARIABLES_KB * 1024) {
            self.scope.workflow.variables = before;
            let id = &self.scope.workflow.workflow_id;
            let reason = format!(
                "The variables payload size: {size} of workflow: {id} is greater than the permissible limit: {MOST_VARIABLES_KB} kilobytes"
            );
            let result = TaskResult::new(TaskStatus::FailedWithTerminalError, Value::Object(Map::new()));
            self.finish(task, TaskResult { reason: Some(reason), ..result }, moment);
            return None;
        }
        self.ended_at_once(task, node, Map::new(), moment)
    }

    /// The input with its secrets: a variable holds the value itself, as on a server; every output is masked on its way out.
    fn revealed_input(&self, task: TaskIndex, moment: &Moment<'_>) -> Value {
        let input = self.input_of(task);
        let revealed = input.reveal(moment.secrets, self.plan.dialect);
        revealed.unwrap_or_else(|_| Value::clone(&input.value))
    }

    /// SWITCH by value-param: the input's value as text picks the list.
    pub(super) fn switch(
        &mut self,
        task: TaskIndex,
        node: NodeId,
        switch: &Switch,
        moment: &mut Moment<'_>,
    ) -> Option<NodeId> {
        let value = self.task(task).input.get(&switch.value_param).unwrap_or(&Value::Null);
        let case = java_text(value);
        let matching = switch.cases.iter().find(|(name, _)| *name == case);
        let first = matching.map_or(switch.default, |(_, first)| *first);
        self.switched(task, &case, first.is_some());
        let output = json!({"evaluationResult": [case], "selectedCase": case});
        self.close(task, TaskStatus::Completed, output, moment);
        let next = first.or_else(|| self.after(node));
        if next.is_none() {
            self.complete_if_done(moment);
        }
        next
    }

    /// What a server adds to the input of a SWITCH.
    fn switched(&mut self, task: TaskIndex, case: &str, has_children: bool) {
        let server = self.plan.dialect == Dialect::Conductor;
        if let Value::Object(input) = Arc::make_mut(&mut self.task_mut(task).input) {
            input.insert("case".to_owned(), case.into());
            if has_children {
                input.insert("hasChildren".to_owned(), "true".into());
            }
            if server {
                *input = hash_ordered(std::mem::take(input));
            }
        }
    }

    /// A script that a task asked for has given something.
    pub(super) fn evaluated(&mut self, task: TaskIndex, result: Result<Value, String>, moment: &mut Moment<'_>) {
        let _ = (task, result, moment);
    }

    /// TERMINATE: the task completes, and the workflow ends with the status, reason and output of its input.
    pub(super) fn terminate(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let state = self.task(task);
        let status = match state.input.get("terminationStatus").and_then(Value::as_str) {
            Some("FAILED") => WorkflowStatus::Failed,
            Some("TERMINATED") => WorkflowStatus::Terminated,
            _ => WorkflowStatus::Completed,
        };
        let output = match state.input.get("workflowOutput") {
            None | Some(Value::Null) => Value::Object(Map::new()),
            Some(Value::Object(map)) => Value::Object(map.clone()),
            Some(other) => Value::Object([("output".to_owned(), other.clone())].into_iter().collect()),
        };
        let given = state.input.get("terminationReason").filter(|reason| !reason.is_null()).map(java_text);
        let given = given.filter(|reason| !reason.trim().is_empty());
        let made_up = || format!("Workflow is {} by TERMINATE task: {}", status.as_str(), state.task_id);
        let reason = given.unwrap_or_else(made_up);
        self.close(task, TaskStatus::Completed, output.clone(), moment);
        self.scope.workflow.output = output;
        self.end(status, Some(reason), moment);
    }
}
