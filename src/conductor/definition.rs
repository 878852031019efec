//! Definitions as a server keeps them, as files hold them, and what differs between the two.

use crate::catalogue::Entry;
use crate::source::Pointer;
use serde_json::{Map, Value};

/// What a definition is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionKind {
    /// A task definition.
    Task,
    /// A workflow definition.
    Workflow,
}

/// One difference between a definition in a file and the one on the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where.
    pub pointer: Pointer,
    /// What the server has; `None` for nothing, or what it puts there by itself.
    pub there: Option<Value>,
    /// What the file has.
    pub here: Option<Value>,
}

/// A typed object of a definition, whose absent fields mean the same as their defaults.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    TaskDef,
    WorkflowDef,
    WorkflowTask,
}

/// What a server writes itself, and what it does not keep.
const NOT_OURS: &[&str] = &["createTime", "updateTime", "createdBy", "updatedBy", "accessPolicy", "x-legwork"];

/// A task definition as a server takes it: without our own key, which it would drop, and with schemas that need no other file.
#[must_use]
pub fn task_definition(entry: &Entry) -> Value {
    let mut definition = entry.task_def.to_value();
    let Some(fields) = definition.as_object_mut() else { return definition };
    fields.shift_remove("x-legwork");
    for name in ["inputSchema", "outputSchema"] {
        if let Some(data) = fields.get_mut(name).and_then(|schema| schema.get_mut("data")) {
            *data = entry.self_contained(data).into_owned();
        }
    }
    definition
}

/// A definition without what a server writes itself, and without fields that say what they say when they are absent.
#[must_use]
pub fn plain(kind: DefinitionKind, definition: &Value) -> Value {
    let shape = match kind {
        DefinitionKind::Task => Shape::TaskDef,
        DefinitionKind::Workflow => Shape::WorkflowDef,
    };
    shape.plain(definition)
}

/// What differs, in the order of the file.
#[must_use]
pub fn differences(kind: DefinitionKind, here: &Value, there: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&Pointer::root(), Some(&plain(kind, here)), Some(&plain(kind, there)), &mut found);
    found
}

impl Shape {
    fn plain(self, value: &Value) -> Value {
        let Value::Object(fields) = value else { return value.clone() };
        let kept =
            fields.iter().filter(|(key, value)| !NOT_OURS.contains(&key.as_str()) && !self.is_default(key, value));
        let written = kept.map(|(key, value)| (key.clone(), self.field(key, value)));
        Value::Object(written.filter(|(key, value)| !self.is_default(key, value)).collect())
    }

    /// The value of a field: of lists of tasks, each one.
    fn field(self, key: &str, value: &Value) -> Value {
        let tasks = |value: &Value| match value {
            Value::Array(tasks) => tasks.iter().map(|task| Self::WorkflowTask.plain(task)).collect(),
            other => other.clone(),
        };
        match (self, key, value) {
            (Self::WorkflowDef, "tasks", _) | (Self::WorkflowTask, "loopOver" | "defaultCase", _) => tasks(value),
            (Self::WorkflowTask, "forkTasks", Value::Array(branches)) => branches.iter().map(tasks).collect(),
            (Self::WorkflowTask, "decisionCases", Value::Object(cases)) => {
                Value::Object(cases.iter().map(|(case, list)| (case.clone(), tasks(list))).collect())
            }
            (Self::WorkflowTask, "taskDefinition", _) => Self::TaskDef.plain(value),
            _ => value.clone(),
        }
    }

    /// Whether the field says what its absence says.
    fn is_default(self, key: &str, value: &Value) -> bool {
        let default = match (self, key) {
            (Self::TaskDef, "retryCount") => Value::from(3),
            (Self::TaskDef, "retryDelaySeconds") => Value::from(60),
            (Self::TaskDef, "responseTimeoutSeconds") => Value::from(3600),
            (Self::TaskDef, "backoffScaleFactor" | "rateLimitFrequencyInSeconds") | (Self::WorkflowDef, "version") => {
                Value::from(1)
            }
            (Self::WorkflowDef, "schemaVersion") => Value::from(2),
            (Self::TaskDef, "retryLogic") => Value::from("FIXED"),
            (Self::TaskDef, "timeoutPolicy") => Value::from("TIME_OUT_WF"),
            (Self::WorkflowDef, "timeoutPolicy") => Value::from("ALERT_ONLY"),
            (Self::WorkflowTask, "type") => Value::from("SIMPLE"),
            (Self::WorkflowDef, "restartable" | "enforceSchema") => Value::from(true),
            _ => return is_nothing(value),
        };
        value.is_null() || *value == default
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) => false,
    }
}

fn compare(at: &Pointer, here: Option<&Value>, there: Option<&Value>, found: &mut Vec<Difference>) {
    match (here, there) {
        (Some(Value::Object(here)), Some(Value::Object(there))) => {
            for key in keys(here, there) {
                compare(&at.key(key), here.get(key), there.get(key), found);
            }
        }
        (Some(Value::Array(here)), Some(Value::Array(there))) => {
            for index in 0..here.len().max(there.len()) {
                compare(&at.index(index), here.get(index), there.get(index), found);
            }
        }
        (here, there) if here == there => {}
        (here, there) => found.push(Difference { pointer: at.clone(), there: there.cloned(), here: here.cloned() }),
    }
}

fn keys<'v>(here: &'v Map<String, Value>, there: &'v Map<String, Value>) -> impl Iterator<Item = &'v str> {
    let only_there = there.keys().filter(|key| !here.contains_key(*key));
    here.keys().chain(only_there).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(kind: DefinitionKind, here: &Value, there: &Value, expected: &[(&str, Value, Value)]) {
        let found = differences(kind, here, there);
        let value = |value: Option<Value>| value.unwrap_or_default();
        let found: Vec<_> =
            found.into_iter().map(|one| (one.pointer.to_string(), value(one.there), value(one.here))).collect();
        let expected: Vec<_> =
            expected.iter().map(|(at, there, here)| ((*at).to_owned(), there.clone(), here.clone())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_a_server_fills_in_is_no_difference() {
        let here = json!({"name": "a", "retryCount": 3, "x-legwork": {"title": "A"}});
        let there = json!({"name": "a", "retryCount": 3, "createTime": 7, "timeoutSeconds": 0, "inputKeys": [],
            "timeoutPolicy": "TIME_OUT_WF", "retryLogic": "FIXED", "ownerEmail": null});
        check(DefinitionKind::Task, &here, &there, &[]);
    }

    #[test]
    fn a_default_that_was_taken_out_is_a_difference() {
        let (here, there) = (json!({"name": "a", "retryCount": 0}), json!({"name": "a", "retryDelaySeconds": 5}));
        let expected = [("/retryCount", Value::Null, json!(0)), ("/retryDelaySeconds", json!(5), Value::Null)];
        check(DefinitionKind::Task, &here, &there, &expected);
    }

    #[test]
    fn tasks_are_compared_inside_operators_and_data_exactly() {
        let workflow = |uri: &str, more: Value| {
            let mut task =
                json!({"name": "t", "taskReferenceName": "t", "inputParameters": {"uri": uri, "none": null}});
            task.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            json!({"name": "w", "tasks": [{"name": "f", "type": "FORK_JOIN", "forkTasks": [[task]]}]})
        };
        let (here, there) =
            (workflow("a", json!({})), workflow("b", json!({"optional": false, "startDelay": 0, "type": "SIMPLE"})));
        let at = "/tasks/0/forkTasks/0/0/inputParameters/uri";
        check(DefinitionKind::Workflow, &here, &there, &[(at, json!("b"), json!("a"))]);
        check(DefinitionKind::Workflow, &here, &workflow("a", json!({"optional": false})), &[]);
    }
}
