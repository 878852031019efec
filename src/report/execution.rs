//! The execution as Conductor's `GET /api/workflow/{id}` prints it.

use crate::decide::Execution;
use serde_json::Value;

/// The execution with its tasks, not masked yet; see [`Execution::to_value`].
#[must_use]
pub fn execution(run: &Execution) -> Value {
    run.to_value()
}
