//! One task: begun, carried out with its lease renewed, and told about.

use super::judge::{Teller, failed_for_good, judge};
use super::queue::Queue;
use super::{Phase, Shared};
use crate::conductor::{PolledTask, TaskUpdate};
use crate::decide;
use crate::definition::Dialect;
use crate::host;
use crate::host::outbox::{Begun, Change};
use crate::resolve::{Resolved, TaskStatus};
use crate::task::Attempt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Interval, MissedTickBehavior, interval_at};
use tracing::Instrument;

/// After how long a task is handed out again that could not be written down.
const NO_JOURNAL_SECONDS: i64 = 10;

/// Carries a task out and tells the server, unless the worker is stopped first.
pub(super) async fn carry_out(shared: Arc<Shared>, queue: Arc<Queue>, task: PolledTask, slot: OwnedSemaphorePermit) {
    let span = tracing::info_span!(
        target: "legwork::worker",
        "task",
        legwork.task.name = &*queue.name,
        legwork.task.id = task.task_id,
        legwork.workflow.id = task.workflow_instance_id
    );
    let task_id = task.task_id.clone();
    let work = async {
        tokio::select! {
            biased;
            () = begin_and_tell(&shared, &queue, task) => {
                shared.running().remove(&task_id);
            }
            // What became of it is unknown: it stays among those under way.
            () = shared.reached(Phase::Stopped) => {}
        }
    };
    work.instrument(span).await;
    shared.metrics.working(shared.running().len());
    drop(slot);
}

async fn begin_and_tell(shared: &Arc<Shared>, queue: &Queue, task: PolledTask) {
    let start = Instant::now();
    let begin = || {
        Change::Begin(Begun {
            task_id: task.task_id.clone(),
            workflow_id: task.workflow_instance_id.clone(),
            queue: queue.name.to_string(),
            begun_ms: host::now_ms(),
            result: None,
        })
    };
    let update = match shared.keeper.apply(begin).await {
        Ok(()) => with_lease(shared, queue, task).await,
        // What cannot be written down is not begun.
        Err(_) => TaskUpdate {
            callback_after_seconds: NO_JOURNAL_SECONDS,
            ..task.update(TaskStatus::InProgress, &shared.options.worker_id)
        },
    };
    let status = update.status.as_str();
    shared.metrics.worked(&queue.name, status, start.elapsed());
    tracing::info!(
        target: "legwork::worker",
        { legwork.task.status = status, reason = update.reason_for_incompletion, duration_ms = milliseconds(start) },
        "the task ended"
    );
    shared.keep_and_deliver(update).await;
}

/// Carries the task out; the server is told in time, and again, that somebody still works at it.
async fn with_lease(shared: &Arc<Shared>, queue: &Queue, task: PolledTask) -> TaskUpdate {
    let lease = TaskUpdate { extend_lease: true, ..task.update(TaskStatus::InProgress, &shared.options.worker_id) };
    let mut renewals = renewals(task.response_timeout_seconds);
    let mut call = std::pin::pin!(execute(shared, queue, task));
    loop {
        tokio::select! {
            biased;
            update = &mut call => return update,
            () = next(&mut renewals) => renew(shared, lease.clone()),
        }
    }
}

/// When the lease is renewed: twice in the time that the server waits.
fn renewals(response_timeout_seconds: i64) -> Option<Interval> {
    let seconds = u64::try_from(response_timeout_seconds).ok().filter(|seconds| *seconds > 0)?;
    let half = Duration::from_secs(seconds) / 2;
    let mut renewals = interval_at(tokio::time::Instant::now().checked_add(half)?, half);
    renewals.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Some(renewals)
}

async fn next(renewals: &mut Option<Interval>) {
    match renewals {
        Some(renewals) => {
            renewals.tick().await;
        }
        None => std::future::pending().await,
    }
}

fn renew(shared: &Arc<Shared>, lease: TaskUpdate) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        if let Err(error) = shared.server.update(&lease).await {
            tracing::warn!(target: "legwork::worker", { legwork.task.id = lease.task_id, error = %error }, "the lease cannot be renewed");
        }
    });
}

/// The same walk as in a run: the request is rendered and judged, and sent when nothing stands against it.
async fn execute(shared: &Shared, queue: &Queue, mut task: PolledTask) -> TaskUpdate {
    let services = &shared.services;
    let teller =
        || Teller { worker_id: &shared.options.worker_id, redactor: &services.redactor, now_ms: host::now_ms() };
    let input = queue.with_defaults(task.input_data.take());
    let request = match decide::request(&queue.node, Resolved::plain(input), Dialect::Legwork) {
        Ok(request) => request,
        Err(refusal) => return failed_for_good(&task, &refusal.sentence(), teller()),
    };
    let attempt = Attempt {
        plan: Arc::clone(&queue.plan),
        node: Arc::clone(&queue.node),
        task_id: task.task_id.clone(),
        request,
        services,
    };
    let with = shared.registry.worker(&queue.name).unwrap_or_else(|| shared.registry.http());
    let outcome = with.execute(attempt).await;
    judge(&task, queue, outcome, teller())
}

fn milliseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
