//! An execution as Conductor's `GET /api/workflow/{id}` prints it.

use super::{Execution, TaskIndex};
use crate::plan::Node;
use crate::resolve::{TaskState, TaskStatus, WorkflowState};
use serde_json::{Map, Value, json};

impl Execution {
    /// The execution with its tasks, not masked.
    ///
    /// Shape: `{"workflowId", "workflowName", "workflowVersion", "status", "input", "output", "variables",
    /// "reasonForIncompletion"?, "failedReferenceTaskNames", "tasks": [{"referenceTaskName", "taskType", "status", …}], …}`;
    /// times are milliseconds since 1970.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let workflow = &self.scope().workflow;
        let states: Vec<_> = self.tasks().collect();
        let tasks: Vec<_> = states.iter().map(|(index, state)| task(self, index.get(), state)).collect();
        let failed: Vec<_> = states.iter().map(|(_, state)| *state).filter(|state| has_failed(state)).collect();
        let mut map = facts(self, workflow);
        map.insert("failedReferenceTaskNames".into(), names(&failed, |state| &state.reference_name));
        map.insert("failedTaskNames".into(), names(&failed, |state| &state.task_def_name));
        map.insert("tasks".into(), tasks.into());
        Value::Object(map)
    }
}

fn facts(run: &Execution, workflow: &WorkflowState) -> Map<String, Value> {
    let end = run.ended_ms();
    let mut map = object(json!({
        "workflowId": workflow.workflow_id,
        "workflowName": workflow.workflow_type,
        "workflowVersion": workflow.version,
        "status": workflow.status.as_str(),
        "createTime": run.started_ms(),
        "startTime": run.started_ms(),
        "endTime": end.unwrap_or(0),
        "input": workflow.input,
        "output": workflow.output,
        "variables": workflow.variables,
    }));
    put(&mut map, "reasonForIncompletion", workflow.reason_for_incompletion.as_deref());
    put(&mut map, "correlationId", workflow.correlation_id.as_deref());
    put(&mut map, "parentWorkflowId", workflow.parent_workflow_id.as_deref());
    put(&mut map, "parentWorkflowTaskId", workflow.parent_workflow_task_id.as_deref());
    map
}

fn task(run: &Execution, index: usize, state: &TaskState) -> Value {
    let workflow = &run.scope().workflow;
    let mut map = object(json!({
        "taskId": state.task_id,
        "referenceTaskName": &*state.reference_name,
        "taskType": &*state.task_type,
        "taskDefName": &*state.task_def_name,
        "status": state.status.as_str(),
        "inputData": state.input,
        "outputData": state.output,
        "retryCount": state.retry_count,
        "seq": index + 1,
        "pollCount": state.poll_count,
        "iteration": state.iteration,
        "scheduledTime": state.scheduled_time,
        "startTime": state.start_time,
        "endTime": state.end_time,
        "callbackAfterSeconds": state.callback_after_seconds,
        "workflowInstanceId": workflow.workflow_id,
        "workflowType": workflow.workflow_type,
    }));
    put(&mut map, "reasonForIncompletion", state.reason_for_incompletion.as_deref());
    put(&mut map, "correlationId", workflow.correlation_id.as_deref());
    put(&mut map, "workerId", state.worker_id.as_deref());
    if let Some(node) = node(run, index) {
        map.insert("retried".into(), is_retried(run, index, state).into());
        map.insert(
            "workflowTask".into(),
            json!({"name": &*node.name, "taskReferenceName": &*node.reference_name, "type": node.task_type.as_str()}),
        );
    }
    Value::Object(map)
}

fn node(run: &Execution, index: usize) -> Option<&Node> {
    run.node_of(TaskIndex::from(index)).map(|node| &**node)
}

/// Whether a later task object is another attempt of this one.
fn is_retried(run: &Execution, index: usize, state: &TaskState) -> bool {
    let later = run.scope().latest_index(&state.reference_name);
    state.status.is_terminal() && later.is_some_and(|later| later > index)
}

fn has_failed(state: &TaskState) -> bool {
    use TaskStatus::{Canceled, CompletedWithErrors, Failed, FailedWithTerminalError, TimedOut};
    matches!(state.status, Failed | FailedWithTerminalError | TimedOut | CompletedWithErrors | Canceled)
}

fn names(states: &[&TaskState], name: impl Fn(&TaskState) -> &str) -> Value {
    let mut names: Vec<&str> = states.iter().map(|state| name(state)).collect();
    names.dedup();
    names.into()
}

fn put(map: &mut Map<String, Value>, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        map.insert(key.to_owned(), text.into());
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
