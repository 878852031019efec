//! The tasks that a step carries out itself: SET_VARIABLE, TERMINATE.

use super::{Execution, Moment, Refused, TaskIndex, TaskResult};
use crate::definition::Dialect;
use crate::resolve::{TaskStatus, WorkflowStatus, java_text};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How much a server lets the variables of a workflow hold, as JSON.
const MOST_VARIABLES_KB: usize = 256;

impl Execution {
    /// SET_VARIABLE: each input replaces the variable of its name; nothing is merged, null is kept. A server refuses all of them when the
    /// variables would grow too large.
    pub(super) fn set_variable(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        if let Some(reference_name) = self.stores_all_variables(task) {
            return self.fault(Refused::VariablesInThemselves { reference_name }, moment);
        }
        let input = self.revealed_input(task, moment);
        let before = (self.plan.dialect == Dialect::Conductor).then(|| self.scope.workflow.variables.clone());
        if let (Value::Object(variables), Value::Object(input)) = (&mut self.scope.workflow.variables, input) {
            variables.extend(input);
        }
        let size = before.as_ref().map_or(0, |_| self.scope.workflow.variables.to_string().len());
        if let Some(before) = before.filter(|_| size > MOST_VARIABLES_KB * 1024) {
            self.scope.workflow.variables = before;
            let id = &self.scope.workflow.workflow_id;
            let reason = format!(
                "The variables payload size: {size} of workflow: {id} is greater than the permissible limit: {MOST_VARIABLES_KB} kilobytes"
            );
            let result = TaskResult::new(TaskStatus::FailedWithTerminalError, Value::Object(Map::new()));
            return self.finish(task, TaskResult { reason: Some(reason), ..result }, moment);
        }
        self.ended_at_once(task, Map::new(), moment);
    }

    /// The name of a `SET_VARIABLE` that stores all variables in one of them: on a server the map then holds itself, and can no
    /// longer be written down. Here values are copied, so only Conductor's dialect minds.
    fn stores_all_variables(&self, task: TaskIndex) -> Option<String> {
        let node = self.node_by_id(self.node_id(task));
        let all = |text: &str| matches!(text.trim(), "workflow" | "workflow.variables");
        let stores =
            self.is_conductor() && node.input.expressions().any(|used| used.whole && all(used.expression.text()));
        stores.then(|| node.reference_name.to_string())
    }

    /// The input with its secrets: a variable holds the value itself, as on a server; every output is masked on its way out.
    pub(super) fn revealed_input(&self, task: TaskIndex, moment: &Moment<'_>) -> Value {
        let input = self.input_of(task);
        let revealed = input.reveal(moment.secrets, self.plan.dialect);
        revealed.unwrap_or_else(|_| Value::clone(&input.value))
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
        let output = Arc::new(output);
        self.close(task, TaskStatus::Completed, Arc::clone(&output), moment);
        self.scope.workflow.output = output;
        self.write_open_rounds(task);
        self.end(status, Some(reason), moment);
    }
}
