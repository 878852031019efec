//! What a script failed with.

use super::TIME_LIMIT;
use thiserror::Error;

/// What a script failed with, in the words of a Conductor server.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScriptError {
    /// A JavaScript error: thrown, or of its syntax.
    #[error("Error evaluating the script `{message}`{}", place(*line))]
    Threw {
        /// The error's name and message.
        message: String,
        /// The line, from 1, where it is known.
        line: Option<u32>,
    },
    /// A jq program or a Python script failed.
    #[error("{message}")]
    Failed {
        /// Why.
        message: String,
    },
    /// It took too long.
    #[error("Script not evaluated within {} seconds, interrupted.", TIME_LIMIT.as_secs())]
    TimedOut,
    /// It used too much memory.
    #[error("Script used more than 64 MiB of memory, interrupted.")]
    OutOfMemory,
    /// Its result is too large, too deep, or refers to itself.
    #[error("Script gave a result that is {what}.")]
    Result {
        /// What is wrong with it.
        what: &'static str,
    },
    /// This program cannot evaluate it.
    #[error("{why}")]
    Unsupported {
        /// Why not.
        why: &'static str,
    },
}

impl ScriptError {
    /// Whether evaluating it again gives the same, so that a server does not retry it.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        *self != Self::TimedOut
    }

    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed { message: message.into() }
    }
}

fn place(line: Option<u32>) -> String {
    line.map(|line| format!(" at line {line}")).unwrap_or_default()
}
