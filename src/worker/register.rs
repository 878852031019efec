//! Registers task definitions that the server does not have: retries, time-outs and schemas of the tasks that are polled for.

use super::backoff::Backoff;
use super::options::Register;
use super::{Phase, Shared};
use crate::conductor::ApiError;
use std::sync::Arc;
use std::time::Duration;

/// The pauses while the server is away.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));

/// Registers what is missing. Tasks without a definition are polled for all the same, so nothing waits for this.
pub(super) async fn register(shared: Arc<Shared>) {
    if shared.options.registers == Register::Nothing {
        return;
    }
    let mut pauses = Backoff::new(PAUSES.0, PAUSES.1);
    while let Err(error) = register_missing(&shared).await {
        if !error.is_away() && !error.is_unauthorized() {
            tracing::warn!(target: "legwork::worker", { error = %error }, "task definitions cannot be registered");
            return;
        }
        let stopped = tokio::time::timeout(pauses.pause(), shared.reached(Phase::Draining)).await;
        if stopped.is_ok() {
            return;
        }
    }
}

async fn register_missing(shared: &Shared) -> Result<(), ApiError> {
    let mut missing = Vec::new();
    for queue in &shared.queues {
        let Some(definition) = &queue.definition else { continue };
        if shared.server.task_definition(&queue.name).await?.is_none() {
            missing.push(definition.clone());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let count = missing.len();
    shared.server.create_task_definitions(missing).await?;
    tracing::info!(target: "legwork::worker", { count }, "registered task definitions");
    Ok(())
}
