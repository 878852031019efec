//! What is known, as expressions read it.

use super::Known;
use super::task::Task;
use crate::plan::is_secret_text;
use crate::resolve::{Scope, TaskState, WorkflowState};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The inputs, environment values and outputs that are known. What the file itself gives as defaults is known too, unless it
/// looks like a secret.
pub(super) fn scope(known: &Known, definition: &Value, tasks: &[Task]) -> Scope {
    let mut input = plain(definition.get("inputTemplate"));
    input.extend(known.inputs.clone());
    let variables = Value::Object(plain(definition.get("variables")));
    let workflow = WorkflowState { input: Arc::new(Value::Object(input)), variables, ..WorkflowState::default() };
    let env = known.env.iter().filter_map(|one| Some((one.name.clone(), one.value.clone()?)));
    let mut scope = Scope::new(workflow, Arc::new(env.collect()));
    for (name, output) in &known.outputs {
        let task = tasks.iter().find(|task| task.reference_name == *name);
        scope.push(state(name, task, output));
    }
    scope
}

fn plain(defaults: Option<&Value>) -> Map<String, Value> {
    let defaults = defaults.and_then(Value::as_object).into_iter().flatten();
    let is_plain = |key: &str, value: &Value| !value.as_str().is_some_and(|text| is_secret_text(key, text));
    defaults.filter(|(key, value)| is_plain(key, value)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn state(name: &str, task: Option<&Task>, output: &Value) -> TaskState {
    TaskState {
        task_type: task.map_or("", |task| task.task_type.as_str()).into(),
        task_def_name: task.map_or("", |task| &task.name).into(),
        ..TaskState::completed(name, output.clone())
    }
}
