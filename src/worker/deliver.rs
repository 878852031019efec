//! Results on their way to the server: told at once, and kept until it has them.

use super::backoff::Backoff;
use super::{Phase, Shared};
use crate::conductor::{ApiError, TaskUpdate};
use crate::host::outbox::Change;
use std::sync::Arc;
use std::time::Duration;

/// The pauses while the server is away.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));
/// How often a worker that ends looks whether everything is delivered.
pub(super) const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What became of telling the server.
enum Told {
    /// It has it.
    Taken,
    /// It will never take it: the task is over, or not known.
    Dropped,
    /// It is away.
    Kept,
}

impl Shared {
    /// Keeps a result, and tells the server. When it does not have it in the end, it is kept and told later.
    pub(super) async fn keep_and_deliver(&self, update: TaskUpdate) {
        let finish = || Change::Finish {
            task_id: update.task_id.clone(),
            result: serde_json::to_string(&update).unwrap_or_default(),
        };
        // A failing disk is told of where it is written; the server still gets the result.
        let _ = self.keeper.apply(finish).await;
        match self.tell(&update).await {
            Told::Taken | Told::Dropped => self.keeper.forget(&update.task_id),
            Told::Kept => self.keep(update),
        }
    }

    /// Keeps a result that the server does not have.
    pub(super) fn keep(&self, update: TaskUpdate) {
        let count = {
            let mut kept = self.kept();
            kept.insert(update.task_id.clone(), update);
            kept.len()
        };
        self.metrics.kept_results(count);
        self.undelivered.notify_one();
    }

    async fn tell(&self, update: &TaskUpdate) -> Told {
        match self.server.update(update).await {
            Ok(()) => Told::Taken,
            Err(error) => judged(&error, update),
        }
    }

    /// Tells the server a result that was kept, unless the task is over.
    async fn tell_again(&self, update: &TaskUpdate) -> Told {
        match self.server.task(&update.task_id).await {
            Ok(task) if task.is_over() => {
                tracing::info!(target: "legwork::worker", { legwork.task.id = update.task_id }, "the task is over: its result is dropped");
                Told::Dropped
            }
            Ok(_) => self.tell(update).await,
            Err(error) => judged(&error, update),
        }
    }
}

fn judged(error: &ApiError, update: &TaskUpdate) -> Told {
    if error.is_away() || error.is_unauthorized() {
        tracing::warn!(target: "legwork::worker", { legwork.task.id = update.task_id, error = %error }, "the result is kept");
        return Told::Kept;
    }
    tracing::error!(target: "legwork::worker", { legwork.task.id = update.task_id, error = %error }, "the result is dropped");
    Told::Dropped
}

/// Tells the server what was kept, whenever there is something, until the worker stops.
pub(super) async fn deliver_kept(shared: Arc<Shared>) {
    let mut pauses = Backoff::new(PAUSES.0, PAUSES.1);
    loop {
        if shared.kept().is_empty() {
            pauses.reset();
            shared.undelivered.notified().await;
        }
        // A worker that ends has no time to lose.
        let pause = if shared.is_working() { pauses.pause() } else { BETWEEN_LOOKS };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.reached(Phase::Draining), if shared.is_working() => {}
        }
        if deliver_some(&shared).await {
            pauses.reset();
        }
    }
}

/// Goes through what is kept, until the server is found away. Says whether anything was settled.
async fn deliver_some(shared: &Shared) -> bool {
    let updates: Vec<TaskUpdate> = shared.kept().values().cloned().collect();
    let mut settled = false;
    for update in updates {
        match shared.tell_again(&update).await {
            Told::Taken | Told::Dropped => {
                shared.keeper.forget(&update.task_id);
                let left = {
                    let mut kept = shared.kept();
                    kept.remove(&update.task_id);
                    kept.len()
                };
                shared.metrics.kept_results(left);
                settled = true;
            }
            Told::Kept => return settled,
        }
    }
    settled
}
