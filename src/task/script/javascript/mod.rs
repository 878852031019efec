//! JavaScript by QuickJS: one engine per thread, a fresh global scope for each script.
//!
//! Scripts that are short by construction share one global scope, since they cannot change it. All others get one of their own:
//! nothing that a script does to `Array.prototype` or `globalThis` is seen by the next.
//! Source of the rules: `ScriptEvaluator.java` (conductor-oss 3.32) and GraalJS 25, by running them.

mod callee;
mod engine;
mod failure;
mod result;
mod short;
mod syntax;

pub(super) use short::is_short;

use super::ScriptError;
use crate::definition::Dialect;
use engine::Engine;
use serde_json::Value;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// How long a text may be parsed when it is only checked.
const CHECK_LIMIT: Duration = Duration::from_secs(1);

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

/// Evaluates a script on this thread.
pub(super) fn evaluate(text: &str, input: &Value, dialect: Dialect, deadline: Instant) -> Result<Value, ScriptError> {
    with_engine(|engine| engine.evaluate(text, input, dialect, deadline))
}

/// Why a text is no JavaScript, in the words of GraalJS.
pub(super) fn check(text: &str) -> Option<String> {
    let report = with_engine(|engine| engine.check(text, Instant::now() + CHECK_LIMIT)).ok()??;
    Some(format!("SyntaxError: {report}"))
}

/// Uses this thread's engine; one that went beyond its limits is thrown away.
fn with_engine<T>(step: impl FnOnce(&mut Engine) -> Result<T, ScriptError>) -> Result<T, ScriptError> {
    ENGINE.with_borrow_mut(|slot| {
        let engine = match slot {
            Some(engine) => engine,
            None => slot.insert(Engine::new()?),
        };
        let result = step(engine);
        if matches!(result, Err(ScriptError::TimedOut | ScriptError::OutOfMemory)) {
            *slot = None;
        }
        result
    })
}
