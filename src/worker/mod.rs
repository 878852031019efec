//! A worker of a Conductor server: polls for tasks by reference, carries each out as a run does, and tells the server what came of it.
//!
//! It polls only for tasks that it has a free slot for. A wait that somebody else asked for (`Retry-After`, a rate limit) is not slept
//! through: the task goes back to the server, which hands it out again when its time has come. What no retry can mend is told so; all
//! other retries are the server's. Every result is kept until the server has it, in a journal when there is one: a task whose result is
//! kept is never carried out again, and one whose call may have been carried out when its process was killed is carried out again only
//! when that does no harm. Secrets never go to the server: everything that is told is masked. Start with [`Worker::run`].

mod backoff;
mod carry;
mod deliver;
mod judge;
mod keeper;
mod options;
mod poll;
mod queue;
mod register;
mod resume;

pub use options::{Options, Register};
pub use queue::Queue;

use crate::conductor::{Server, TaskUpdate};
use crate::host::journal::JournalError;
use crate::host::outbox::Begun;
use crate::metrics::Metrics;
use crate::serve::{Health, State};
use crate::task::{Registry, Services};
use keeper::Keeper;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;

/// What a worker is made of.
pub struct Setup {
    /// The server.
    pub server: Server,
    /// What is polled for.
    pub queues: Vec<Queue>,
    /// What calls use. Its limits should not be patient ([`Limits::patient_for`](crate::http::limit::Limits::patient_for)).
    pub services: Services,
    /// Who carries tasks out: the HTTP task, and tasks of your own by their names.
    pub registry: Registry,
    /// How it works.
    pub options: Options,
    /// Who counts.
    pub metrics: Arc<Metrics>,
    /// Who is told how it is.
    pub health: Arc<Health>,
}

/// A worker that has not begun.
pub struct Worker {
    shared: Arc<Shared>,
    /// What an earlier process has begun and not settled.
    begun: Vec<Begun>,
}

/// What was left when a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Tasks that were still under way: what became of their calls is not known.
    pub under_way: usize,
    /// Results that the server does not have. With a journal they are delivered by the next process.
    pub results: usize,
}

/// What everything that a worker does shares.
struct Shared {
    server: Server,
    queues: Vec<Arc<Queue>>,
    services: Services,
    registry: Registry,
    options: Options,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    keeper: Keeper,
    slots: Arc<Semaphore>,
    phase: watch::Sender<Phase>,
    /// Tasks that are under way, by id.
    running: Mutex<HashSet<String>>,
    /// Results that the server does not have yet, by task.
    kept: Mutex<BTreeMap<String, TaskUpdate>>,
    /// Told when there is one.
    undelivered: Notify,
}

/// How far a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// It takes tasks.
    Working,
    /// It takes no more, and ends those it has.
    Draining,
    /// It ends at once.
    Stopped,
}

impl Worker {
    /// A worker. With a journal it takes up what an earlier process has left there.
    ///
    /// # Errors
    /// When the journal cannot be used.
    pub fn new(setup: Setup) -> Result<Self, JournalError> {
        let Setup { server, queues, services, registry, options, metrics, health } = setup;
        let (keeper, begun) = Keeper::open(options.journal.as_deref())?;
        let shared = Shared {
            server,
            queues: queues.into_iter().map(Arc::new).collect(),
            services,
            registry,
            slots: Arc::new(Semaphore::new(options.concurrency.max(1))),
            options,
            metrics,
            health,
            keeper,
            phase: watch::Sender::new(Phase::Working),
            running: Mutex::default(),
            kept: Mutex::default(),
            undelivered: Notify::new(),
        };
        Ok(Self { shared: Arc::new(shared), begun })
    }

    /// Works until `stop` ends; then ends what is under way, for as long as its options say, and tells what is left.
    ///
    /// # Cancel safety
    /// Dropping the future ends it as a kill would: with a journal nothing is forgotten.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Left {
        let Self { shared, begun } = self;
        let _ends_with_this = StopOnDrop(Arc::clone(&shared));
        let mut loops = JoinSet::new();
        loops.spawn(resume::resume(Arc::clone(&shared), begun));
        loops.spawn(register::register(Arc::clone(&shared)));
        for queue in &shared.queues {
            loops.spawn(poll::poll(Arc::clone(&shared), Arc::clone(queue)));
        }
        let mut delivering = JoinSet::new();
        delivering.spawn(deliver::deliver_kept(Arc::clone(&shared)));
        stop.await;
        shared.health.set(State::Draining);
        shared.phase.send_replace(Phase::Draining);
        tracing::info!(target: "legwork::worker", { under_way = shared.running().len() }, "takes no more tasks");
        let drained = async {
            while loops.join_next().await.is_some() {}
            shared.is_idle().await;
            shared.has_delivered().await;
        };
        // What is left is counted below.
        let _ = tokio::time::timeout(shared.options.drain, drained).await;
        let left = Left { under_way: shared.running().len(), results: shared.kept().len() };
        shared.phase.send_replace(Phase::Stopped);
        shared.keeper.close().await;
        left
    }
}

/// Ends everything when a worker's future is dropped.
struct StopOnDrop(Arc<Shared>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.phase.send_replace(Phase::Stopped);
    }
}

impl Shared {
    /// Waits until the worker is that far.
    async fn reached(&self, phase: Phase) {
        // The sender lives as long as this.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    fn is_working(&self) -> bool {
        *self.phase.borrow() == Phase::Working
    }

    /// Waits until every slot is free.
    async fn is_idle(&self) {
        let all = u32::try_from(self.options.concurrency.max(1)).unwrap_or(u32::MAX);
        // It is never closed.
        let _ = self.slots.acquire_many(all).await;
    }

    /// Waits until the server has every result.
    async fn has_delivered(&self) {
        let mut looks = tokio::time::interval(deliver::BETWEEN_LOOKS);
        while !self.kept().is_empty() {
            looks.tick().await;
        }
    }

    fn running(&self) -> MutexGuard<'_, HashSet<String>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, TaskUpdate>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
