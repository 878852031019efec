//! jq programs of `JSON_JQ_TRANSFORM`, as the server's jackson-jq 0.0.13 evaluates them.
//!
//! That library knows a part of jq 1.5, counts in 64 bits, and has words of its own for every error, which end up in outputs;
//! a query that runs here runs there, with the same result. An evaluator made for it is also bounded: it counts steps, depth
//! and bytes, where a general one can only be abandoned. There is no environment, no input, no clock and no way to halt.
//! Start with [`evaluate`]; `parse` makes a [`filter::Filter`] of the text, `run` evaluates it.

mod access;
mod builtin;
mod collect;
mod expected;
mod filter;
mod format;
mod json;
mod limit;
mod object;
mod operate;
mod parse;
mod pattern;
mod regexp;
mod run;
mod scalar;
mod search;
mod token;
mod update;

use super::ScriptError;
use limit::{Limits, Stop};
use serde_json::Value;
use std::time::Instant;

/// All results of a program over its input, in order.
pub(super) fn evaluate(text: &str, input: &Value, deadline: Instant) -> Result<Vec<Value>, ScriptError> {
    let program = parse::parse(text).map_err(ScriptError::failed)?;
    let limits = Limits::until(deadline);
    let results = json::Json::from_value(input).and_then(|input| run::run(&program, &input, &limits));
    match results {
        Ok(results) => Ok(results.iter().map(json::Json::to_value).collect()),
        Err(Stop::Error(message)) => Err(ScriptError::failed(message)),
        Err(Stop::Break) => Err(ScriptError::failed("break")),
        Err(Stop::TimedOut) => Err(ScriptError::TimedOut),
        Err(Stop::OutOfMemory) => Err(ScriptError::OutOfMemory),
        Err(Stop::TooDeep) => Err(ScriptError::Result { what: "nested too deeply, or refers to itself" }),
    }
}

/// Why a text is no jq program, in jackson-jq's words.
pub(super) fn check(text: &str) -> Option<String> {
    parse::parse(text).err()
}
