//! Stands for JavaScript in a build without the feature `script`.

use super::ScriptError;
use crate::definition::Dialect;
use serde_json::Value;
use std::time::Instant;

const WHY: &str = "JavaScript cannot be evaluated: this program was built without the feature `script`.";

pub(super) fn evaluate(_: &str, _: &Value, _: Dialect, _: Instant) -> Result<Value, ScriptError> {
    Err(ScriptError::Unsupported { why: WHY })
}

pub(super) fn check(_: &str) -> Option<String> {
    Some(WHY.to_owned())
}

pub(super) fn is_short(_: &str) -> bool {
    true
}
