//! Polls one queue for as many tasks as there are free slots, and hands them out.

use super::backoff::Backoff;
use super::carry::carry_out;
use super::queue::Queue;
use super::{Phase, Shared};
use crate::conductor::{ApiError, Poll, PolledTask};
use crate::resolve::TaskStatus;
use crate::serve::State;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// The most tasks of one poll.
const MOST: usize = 100;
/// How long the server waits for the first task of an empty queue.
const LONG: Duration = Duration::from_secs(1);
/// How long it waits for further ones.
const SHORT: Duration = Duration::from_millis(20);
/// How long slots are waited for, so that one poll takes several tasks.
const GATHER: Duration = Duration::from_millis(5);
/// The pauses while the server is away.
const AWAY: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));
/// The first pause of an empty queue.
const EMPTY: Duration = Duration::from_millis(50);

/// What the last poll gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Tasks,
    Nothing,
}

/// Polls until the worker takes no more.
pub(super) async fn poll(shared: Arc<Shared>, queue: Arc<Queue>) {
    let (mut empty, mut away) = (Backoff::new(EMPTY, shared.options.idle), Backoff::new(AWAY.0, AWAY.1));
    let mut last = Last::Nothing;
    loop {
        let slots = tokio::select! {
            biased;
            () = shared.reached(Phase::Draining) => return,
            slots = free_slots(&shared, last) => slots,
        };
        let Some(slots) = slots else { return };
        let began = Instant::now();
        // To its end, also when the worker is told to stop: what the server hands out is ours.
        let polled = ask(&shared, &queue, slots.num_permits(), last).await;
        let pause = match polled {
            Ok(tasks) if tasks.is_empty() => {
                away.reset();
                last = Last::Nothing;
                empty.pause().saturating_sub(began.elapsed())
            }
            Ok(tasks) => {
                away.reset();
                empty.reset();
                last = Last::Tasks;
                hand_out(&shared, &queue, tasks, slots).await;
                continue;
            }
            Err(error) => {
                last = Last::Nothing;
                say_away(&shared, &queue, &error);
                away.pause()
            }
        };
        drop(slots);
        if !pause.is_zero() {
            // Whoever stops it is seen above.
            let _ = tokio::time::timeout(pause, shared.reached(Phase::Draining)).await;
        }
    }
}

/// Slots for the next poll: one for a queue that was empty, else as many as are free, and a moment for further ones.
async fn free_slots(shared: &Shared, last: Last) -> Option<OwnedSemaphorePermit> {
    let most = shared.options.concurrency.clamp(1, MOST);
    if last == Last::Tasks && most > 4 {
        let several = u32::try_from(most / 4).unwrap_or(1);
        let gathered = Arc::clone(&shared.slots).acquire_many_owned(several);
        if let Ok(gathered) = tokio::time::timeout(GATHER, gathered).await {
            let gathered = gathered.ok()?;
            return Some(with_more(shared, gathered, most));
        }
    }
    let first = Arc::clone(&shared.slots).acquire_owned().await.ok()?;
    Some(if last == Last::Tasks { with_more(shared, first, most) } else { first })
}

fn with_more(shared: &Shared, mut slots: OwnedSemaphorePermit, most: usize) -> OwnedSemaphorePermit {
    let more = most.saturating_sub(slots.num_permits()).min(shared.slots.available_permits());
    let more = u32::try_from(more).unwrap_or_default();
    if let Ok(more) = Arc::clone(&shared.slots).try_acquire_many_owned(more) {
        slots.merge(more);
    }
    slots
}

async fn ask(shared: &Shared, queue: &Queue, count: usize, last: Last) -> Result<Vec<PolledTask>, ApiError> {
    // A long poll holds a slot: with many queues the others would wait for it.
    let is_roomy = shared.queues.len() * 2 <= shared.options.concurrency;
    let poll = Poll {
        queue: &queue.name,
        worker_id: &shared.options.worker_id,
        domain: queue.domain.as_deref(),
        count,
        wait: if last == Last::Nothing && is_roomy { LONG } else { SHORT },
    };
    let polled = shared.server.poll(poll).await;
    let result = match &polled {
        Ok(tasks) if tasks.is_empty() => "empty",
        Ok(_) => "tasks",
        Err(_) => "failed",
    };
    shared.metrics.polled(&queue.name, result);
    if polled.is_ok() {
        shared.health.set(State::Ready);
    }
    polled
}

/// Begins each task, in a slot of its own. What came after the worker was told to stop goes back at once.
async fn hand_out(shared: &Arc<Shared>, queue: &Arc<Queue>, tasks: Vec<PolledTask>, mut slots: OwnedSemaphorePermit) {
    for task in tasks {
        if !shared.is_working() {
            give_back(shared, &task).await;
            continue;
        }
        // It is under way already, or its result waits for the server.
        if shared.kept().contains_key(&task.task_id) || !shared.running().insert(task.task_id.clone()) {
            tracing::warn!(target: "legwork::worker", { legwork.task.id = task.task_id }, "was handed out twice");
            continue;
        }
        let Some(slot) = slots.split(1) else {
            // More than was asked for.
            shared.running().remove(&task.task_id);
            give_back(shared, &task).await;
            continue;
        };
        tokio::spawn(carry_out(Arc::clone(shared), Arc::clone(queue), task, slot));
    }
    shared.metrics.working(shared.running().len());
}

async fn give_back(shared: &Shared, task: &PolledTask) {
    let update = task.update(TaskStatus::InProgress, &shared.options.worker_id);
    if let Err(error) = shared.server.update(&update).await {
        tracing::warn!(target: "legwork::worker", { legwork.task.id = task.task_id, error = %error }, "cannot be given back");
    }
}

fn say_away(shared: &Shared, queue: &Queue, error: &ApiError) {
    let before = shared.health.state();
    shared.health.set(State::Away);
    if before == State::Away {
        tracing::debug!(target: "legwork::worker", { legwork.task.name = &*queue.name, error = %error }, "the poll failed");
    } else {
        tracing::warn!(target: "legwork::worker", { legwork.task.name = &*queue.name, error = %error }, "the poll failed");
    }
}
