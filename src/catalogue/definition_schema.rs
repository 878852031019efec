//! The JSON Schema of a task definition with its `x-legwork`.

use super::Operation;
use crate::definition::task_def_schema;
use crate::schema::generate;
use serde_json::Value;
use std::sync::LazyLock;

/// The JSON Schema of a task definition (2020-12): Conductor's own fields, and the key `x-legwork`.
#[must_use]
pub fn definition_schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        let mut schema = task_def_schema();
        let mut operation = generate::<Operation>();
        if let (Some(properties), Some(own)) = (schema["properties"].as_object_mut(), operation.as_object_mut()) {
            own.shift_remove("$schema");
            properties.insert("x-legwork".to_owned(), operation);
        }
        schema
    });
    &SCHEMA
}
