//! jq stub.
use super::ScriptError;
use serde_json::Value;
use std::time::Instant;

pub(super) fn evaluate(_: &str, _: &Value, _: Instant) -> Result<Vec<Value>, ScriptError> {
    Err(ScriptError::failed("no jq yet"))
}

pub(super) fn check(_: &str) -> Option<String> {
    None
}
