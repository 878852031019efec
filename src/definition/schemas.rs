//! The JSON Schemas of the definition files themselves, for editors and other tools.

use serde_json::Value;

/// The JSON Schema of a workflow definition (2020-12). It is for typing aids: [`Document::parse`](super::Document::parse) knows more.
#[must_use]
pub fn workflow_schema() -> Value {
    read(include_str!("schemas/workflow.schema.json"))
}

/// The JSON Schema of a task definition (2020-12), Conductor's own fields.
#[must_use]
pub fn task_def_schema() -> Value {
    read(include_str!("schemas/task-definition.schema.json"))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("the schemas inside the program are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{TaskDef, TaskType, WorkflowDef, WorkflowTask};

    fn names(schema: &Value, pointer: &str) -> Vec<String> {
        let properties = schema.pointer(pointer).and_then(Value::as_object);
        properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
    }

    #[test]
    fn every_field_of_the_schemas_is_known_to_the_reader() {
        for name in names(&workflow_schema(), "/properties") {
            assert!(WorkflowDef::field_names().any(|known| known == name), "{name}");
        }
        for name in names(&workflow_schema(), "/$defs/task/properties") {
            assert!(WorkflowTask::field_names().any(|known| known == name), "{name}");
        }
        for name in names(&task_def_schema(), "/properties") {
            assert!(TaskDef::field_names().any(|known| known == name), "{name}");
        }
    }

    #[test]
    fn every_task_type_is_offered() {
        let schema = workflow_schema();
        let offered = schema.pointer("/$defs/task/properties/type/anyOf/0/enum");
        assert_eq!(offered, Some(&TaskType::names().collect::<Value>()));
    }
}
