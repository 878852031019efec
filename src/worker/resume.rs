//! What an earlier process has left: results that the server does not have, and tasks of which nobody knows whether they were carried out.

use super::backoff::Backoff;
use super::carry::carry_out;
use super::judge::{Teller, failed_for_good};
use super::{Phase, Shared};
use crate::conductor::{ApiError, PolledTask};
use crate::host;
use crate::host::outbox::Begun;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The pauses while the server is away.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

const IN_DOUBT: &str =
    "the worker ended while the call was under way: it may have been carried out, and must not be done twice";

/// Settles what is left, one after the other.
pub(super) async fn resume(shared: Arc<Shared>, begun: Vec<Begun>) {
    let (told, open): (Vec<_>, Vec<_>) = begun.into_iter().partition(|begun| begun.result.is_some());
    for begun in told {
        match begun.result.as_deref().map(serde_json::from_str) {
            Some(Ok(update)) => shared.keep(update),
            _ => shared.keeper.forget(&begun.task_id),
        }
    }
    // None of them is begun again by a poll in the meantime.
    shared.running().extend(open.iter().map(|begun| begun.task_id.clone()));
    for begun in open {
        let stopped = shared.reached(Phase::Draining);
        tokio::select! {
            biased;
            () = stopped => return,
            () = settle(&shared, &begun) => {}
        }
    }
}

async fn settle(shared: &Arc<Shared>, begun: &Begun) {
    match asked(shared, &begun.task_id).await {
        Ok(task) if !task.is_over() => take_up(shared, begun, task).await,
        Ok(_) => give_up(shared, begun),
        Err(error) => {
            tracing::warn!(target: "legwork::worker", { legwork.task.id = begun.task_id, error = %error }, "the server does not know the task");
            give_up(shared, begun);
        }
    }
}

/// The task as the server has it, as soon as it answers.
async fn asked(shared: &Shared, task_id: &str) -> Result<PolledTask, ApiError> {
    let mut pauses = Backoff::new(PAUSES.0, PAUSES.1);
    loop {
        match shared.server.task(task_id).await {
            Err(error) if error.is_away() || error.is_unauthorized() => tokio::time::sleep(pauses.pause()).await,
            answer => return answer,
        }
    }
}

fn give_up(shared: &Shared, begun: &Begun) {
    shared.keeper.forget(&begun.task_id);
    shared.running().remove(&begun.task_id);
}

/// Carries the task out again when that does no harm; else says that nobody knows.
async fn take_up(shared: &Arc<Shared>, begun: &Begun, task: PolledTask) {
    let queue = shared.queues.iter().find(|queue| *queue.name == *begun.queue);
    let ledger = shared.services.ledger.as_ref();
    let input = task.input_data.as_ref().unwrap_or(&Value::Null);
    if let Some(queue) = queue.filter(|queue| queue.is_harmless(input, ledger)) {
        // It is never closed.
        let Ok(slot) = Arc::clone(&shared.slots).acquire_owned().await else { return };
        tokio::spawn(carry_out(Arc::clone(shared), Arc::clone(queue), task, slot));
        return;
    }
    let teller =
        Teller { worker_id: &shared.options.worker_id, redactor: &shared.services.redactor, now_ms: host::now_ms() };
    shared.keep_and_deliver(failed_for_good(&task, IN_DOUBT, teller)).await;
    shared.running().remove(&begun.task_id);
}
