//! Python scripts: the statements that compute a value from texts, numbers and truth values, and nothing more.
//!
//! The server shows a script its lists and objects as foreign values that Python cannot look into, so that what works there is
//! little more than this. Anything else is refused by name. Source: `PythonEvaluator.java`, by running it.

mod evaluate;
mod value;

use super::ScriptError;
use evaluate::Statements;
use serde_json::Value;
use std::time::Instant;

/// What a script returns.
pub(super) fn evaluate(text: &str, input: &Value, deadline: Instant) -> Result<Value, ScriptError> {
    let result = Statements::new(text, input, deadline).run();
    match result {
        Ok(value) => Ok(value.to_value()),
        Err(_) if Instant::now() >= deadline => Err(ScriptError::TimedOut),
        Err(message) => Err(ScriptError::failed(message)),
    }
}

pub(super) fn check(_: &str) -> Option<String> {
    None
}
