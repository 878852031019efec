//! What is known from outside the text: names, example values, and what runs gave.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Facts that the text does not hold, given by whoever can read environments and has made runs.
///
/// No secret's value may ever come in here: secrets are names. Every other value is masked before it comes in
/// ([`Redactor`](crate::secret::Redactor)), as it may be shown anywhere.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The environment that is chosen, by its name.
    pub environment: Option<String>,
    /// Values of `workflow.env`.
    pub env: Vec<EnvValue>,
    /// Secrets that there is a source for.
    pub secrets: Vec<SecretName>,
    /// Inputs of the workflow: those of the environment.
    pub inputs: Map<String, Value>,
    /// What tasks gave when they last ran, by reference name: their output, as `${ref.output}` reads it.
    pub outputs: BTreeMap<String, Value>,
    /// What became of tasks when they last ran, by reference name.
    pub outcomes: BTreeMap<String, Outcome>,
}

/// A value of `workflow.env`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvValue {
    /// Its name.
    pub name: String,
    /// Its value, masked; `None` when it is not set.
    pub value: Option<String>,
    /// Where it comes from, in words: `.env, line 3`.
    pub source: Option<String>,
}

/// A secret by its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretName {
    /// Its name.
    pub name: String,
    /// Where it comes from, in words: `secrets.env, line 1`.
    pub source: Option<String>,
}

/// What became of a task when it last ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// A line about it: `201 · 42 ms · 3 min ago`.
    pub title: String,
    /// How it ended.
    pub state: OutcomeState,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeState {
    /// It is under way.
    Running,
    /// It completed.
    Completed,
    /// It failed, or was refused before anything was sent.
    Failed,
}

impl OutcomeState {
    /// A word for it, so that no sign stands alone.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}
