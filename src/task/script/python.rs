//! Python scripts: not evaluated yet.

use super::ScriptError;
use serde_json::Value;
use std::time::Instant;

const WHY: &str = "Python scripts cannot be evaluated here; write the task with evaluatorType `javascript`.";

pub(super) fn evaluate(_: &str, _: &Value, _: Instant) -> Result<Value, ScriptError> {
    Err(ScriptError::Unsupported { why: WHY })
}

pub(super) fn check(_: &str) -> Option<String> {
    None
}
