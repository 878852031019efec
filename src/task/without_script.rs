//! Stands for the evaluators of scripts in a build without the feature `script`.

use crate::decide::ScriptKind;
use crate::definition::Dialect;
use serde_json::Value;
use std::sync::Arc;

/// Scripts cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Scripts cannot be evaluated: this program was built without the feature `script`.")]
pub struct ScriptError;

/// Evaluates nothing.
///
/// # Errors
/// [`ScriptError`], always.
#[expect(clippy::unused_async, reason = "the evaluators of the feature `script` take their time")]
pub async fn evaluate(_: ScriptKind, _: Arc<str>, _: Value, _: Dialect) -> Result<Value, ScriptError> {
    Err(ScriptError)
}

/// Why a text is no script of its language: none can be read.
#[must_use]
pub fn problem(language: &str, _: &str) -> Option<String> {
    matches!(language, "javascript" | "graaljs" | "python" | "jq").then(|| ScriptError.to_string())
}
