//! Scripts of INLINE, LAMBDA, SWITCH, DECISION, `DO_WHILE` and jq tasks: text and input in, a value out.
//!
//! A script gets its input and nothing else: no file, network, environment, clock of the run or other script's leavings, and
//! never more than 4 seconds and 64 MiB. What it gives, and the words in which it fails, are a Conductor server's.
//! Start with [`evaluate`]; one folder a language.

mod error;
mod javascript;
mod jq;
mod python;
#[cfg(test)]
mod tests;
mod workers;

pub use error::ScriptError;

use crate::decide::ScriptKind;
use crate::definition::Dialect;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a script may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(4);

/// How much memory a script may use, in bytes.
const MEMORY_LIMIT: usize = 64 << 20;

/// Evaluates a script. A jq program gives the list of all its results.
///
/// A script that is short by construction - no loops, calls of bounded methods only - is evaluated in place, in some
/// microseconds; any other goes to a thread of its own kind, and the caller's is free meanwhile.
///
/// # Errors
/// [`ScriptError`] when the script fails, or when it goes beyond its limits.
///
/// # Cancel safety
/// Dropping the future leaves the script to its end, which is 4 seconds away at most; its result is lost.
pub async fn evaluate(kind: ScriptKind, text: Arc<str>, input: Value, dialect: Dialect) -> Result<Value, ScriptError> {
    let job = Job { kind, text, input, dialect };
    if job.is_short() { job.run(Instant::now() + TIME_LIMIT) } else { workers::run(job).await }
}

/// Why a text is no script of its language; `None` when it is one.
///
/// Shape: a JavaScript problem is in the words of GraalJS, `SyntaxError: inline:1:3 Expected an operand but found eof\n…`.
#[must_use]
pub fn check(kind: ScriptKind, text: &str) -> Option<String> {
    match kind {
        ScriptKind::Javascript | ScriptKind::Graaljs => javascript::check(text),
        ScriptKind::Jq => jq::check(text),
        ScriptKind::Python => python::check(text),
    }
}

/// As [`check`], by the language's name in definitions: what [`plan::Options`](crate::plan::Options) takes. A language that nobody
/// knows has no problem here; its task fails when it runs.
#[must_use]
pub fn problem(language: &str, text: &str) -> Option<String> {
    let kind = match language {
        "javascript" => ScriptKind::Javascript,
        "graaljs" => ScriptKind::Graaljs,
        "python" => ScriptKind::Python,
        "jq" => ScriptKind::Jq,
        _ => return None,
    };
    check(kind, text)
}

/// A script to evaluate.
struct Job {
    kind: ScriptKind,
    text: Arc<str>,
    input: Value,
    dialect: Dialect,
}

impl Job {
    fn is_short(&self) -> bool {
        matches!(self.kind, ScriptKind::Javascript | ScriptKind::Graaljs) && javascript::is_short(&self.text)
    }

    /// Evaluates it on this thread.
    fn run(&self, deadline: Instant) -> Result<Value, ScriptError> {
        match self.kind {
            ScriptKind::Javascript | ScriptKind::Graaljs => {
                javascript::evaluate(&self.text, &self.input, self.dialect, deadline)
            }
            ScriptKind::Jq => jq::evaluate(&self.text, &self.input, deadline).map(Value::Array),
            ScriptKind::Python => python::evaluate(&self.text, &self.input, deadline),
        }
    }
}
