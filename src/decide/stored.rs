//! Definitions as a server stores and shows them: with every default that its classes have.

use crate::definition::{TaskType, WorkflowDef, WorkflowTask};
use serde_json::{Map, Value, json};

/// A task.
pub(super) fn task(task: &WorkflowTask) -> Value {
    let mut shown = object(json!({
        "asyncComplete": task.async_complete, "decisionCases": {}, "defaultCase": [], "defaultExclusiveJoinTask": [],
        "forkTasks": [], "inputParameters": {}, "joinOn": [], "loopOver": [], "metadata": {}, "onStateChange": {},
        "optional": task.optional, "permissive": task.permissive, "startDelay": task.start_delay,
    }));
    for (key, value) in WorkflowTask::field_names().filter_map(|key| Some((key, field(task, key)?))) {
        shown.insert(key.to_owned(), value);
    }
    shown.insert("name".to_owned(), task.name.as_str().into());
    shown.insert("taskReferenceName".to_owned(), task.task_reference_name.as_str().into());
    shown.insert("type".to_owned(), task.task_type.as_str().into());
    Value::Object(shown)
}

/// What was written for a field, its tasks with their defaults.
fn field(this: &WorkflowTask, key: &str) -> Option<Value> {
    let list = |tasks: &[WorkflowTask]| Value::from(tasks.iter().map(task).collect::<Vec<_>>());
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    match key {
        "inputParameters" => Some(this.input_parameters.clone().into()),
        "decisionCases" => {
            Some(Value::Object(this.decision_cases.iter().map(|(name, tasks)| (name.clone(), list(tasks))).collect()))
        }
        "defaultCase" => Some(list(&this.default_case)),
        "forkTasks" => Some(this.fork_tasks.iter().map(|branch| list(branch)).collect()),
        "loopOver" => Some(list(&this.loop_over)),
        "joinOn" => Some(json!(this.join_on)),
        "defaultExclusiveJoinTask" => Some(json!(this.default_exclusive_join_task)),
        "evaluatorType" => text(&this.evaluator_type),
        "expression" => text(&this.expression),
        "loopCondition" => text(&this.loop_condition),
        "caseValueParam" => text(&this.case_value_param),
        "caseExpression" => text(&this.case_expression),
        "sink" => text(&this.sink),
        "description" => text(&this.description),
        "joinMode" => text(&this.join_mode),
        "dynamicTaskNameParam" => text(&this.dynamic_task_name_param),
        "dynamicForkTasksParam" => text(&this.dynamic_fork_tasks_param),
        "dynamicForkTasksInputParamName" => text(&this.dynamic_fork_tasks_input_param_name),
        "dynamicForkJoinTasksParam" => text(&this.dynamic_fork_join_tasks_param),
        "retryCount" => this.retry_count.map(Value::from),
        "items" => this.items.clone(),
        "taskDefinition" => this.task_definition.as_ref().map(crate::definition::TaskDef::to_value),
        "subWorkflowParam" if this.task_type == TaskType::SubWorkflow => {
            let raw = this.sub_workflow_param.as_ref().map(|param| &param.raw)?;
            Some(
                raw.iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// A workflow.
pub(super) fn workflow(value: &Value) -> Value {
    let def = WorkflowDef::from_value(value);
    let mut shown = object(json!({
        "createTime": 0, "enforceSchema": true, "inputParameters": [], "inputTemplate": {}, "maskedFields": [],
        "metadata": {}, "outputParameters": {}, "restartable": true, "schemaVersion": 2, "timeoutPolicy": "ALERT_ONLY",
        "timeoutSeconds": 0, "updateTime": 0, "variables": {}, "version": 1, "workflowStatusListenerEnabled": false,
    }));
    for key in WorkflowDef::field_names() {
        if let Some(value) = value.get(key).filter(|value| !value.is_null()) {
            shown.insert(key.to_owned(), value.clone());
        }
    }
    shown.insert("tasks".to_owned(), def.tasks.iter().map(task).collect());
    Value::Object(shown)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
