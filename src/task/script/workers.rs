//! The threads that scripts run on: few, started when needed, and given up when a script cannot be stopped.
//!
//! A script's own engine ends it at its deadline. What cannot be interrupted - one endless step inside native code - keeps its
//! thread: the caller gets its time-out, the thread is given up and another takes its place.

use super::{Job, ScriptError, TIME_LIMIT};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How many scripts are evaluated at a time.
const THREADS: usize = 4;

/// What a script's thread may be late by, before it is given up.
const GRACE: Duration = Duration::from_millis(500);

/// For the deepest jq program; only what is used is ever taken.
pub(super) const STACK_BYTES: usize = 64 << 20;

static QUEUE: LazyLock<Queue> = LazyLock::new(Queue::default);

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    ready: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Ticket>,
    idle: usize,
    threads: usize,
}

/// A job on its way, and where its caller listens.
struct Ticket {
    job: Job,
    started: oneshot::Sender<Instant>,
    done: oneshot::Sender<Result<Value, ScriptError>>,
    given_up: Arc<AtomicBool>,
}

/// Evaluates a job on one of the threads.
pub(super) async fn run(job: Job) -> Result<Value, ScriptError> {
    let (started, has_started) = oneshot::channel();
    let (done, is_done) = oneshot::channel();
    let given_up = Arc::new(AtomicBool::new(false));
    QUEUE.push(Ticket { job, started, done, given_up: Arc::clone(&given_up) });
    let Ok(deadline) = has_started.await else { return Err(ScriptError::TimedOut) };
    let limit = tokio::time::Instant::from_std(deadline + GRACE);
    match tokio::time::timeout_at(limit, is_done).await {
        Ok(Ok(result)) => result,
        // The evaluator itself failed, which no script should bring about: its thread lives on.
        Ok(Err(_)) => Err(ScriptError::OutOfMemory),
        Err(_) => {
            QUEUE.give_up(&given_up);
            Err(ScriptError::TimedOut)
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&'static self, ticket: Ticket) {
        let mut state = self.lock();
        state.waiting.push_back(ticket);
        if state.idle < state.waiting.len() && state.threads < THREADS {
            state.threads += 1;
            drop(state);
            self.start_thread();
        } else {
            self.ready.notify_one();
        }
    }

    fn start_thread(&'static self) {
        let thread = std::thread::Builder::new().name("legwork-script".to_owned()).stack_size(STACK_BYTES);
        if thread.spawn(|| self.work()).is_err() {
            // No thread to be had: whoever waits is told so, unless another thread takes the job.
            let mut state = self.lock();
            state.threads -= 1;
            if state.threads == 0 {
                state.waiting.clear();
            }
        }
    }

    fn give_up(&'static self, given_up: &AtomicBool) {
        let mut state = self.lock();
        if !given_up.swap(true, Ordering::AcqRel) {
            state.threads -= 1;
            let needs_thread = !state.waiting.is_empty();
            state.threads += usize::from(needs_thread);
            drop(state);
            if needs_thread {
                self.start_thread();
            }
        }
    }

    fn next(&self) -> Ticket {
        let mut state = self.lock();
        state.idle += 1;
        loop {
            if let Some(ticket) = state.waiting.pop_front() {
                state.idle -= 1;
                return ticket;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work(&self) {
        loop {
            let Ticket { job, started, done, given_up } = self.next();
            let deadline = Instant::now() + TIME_LIMIT;
            if started.send(deadline).is_ok() {
                // Nothing that a script does should panic; if it does, the caller sees a closed channel.
                let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.run(deadline)));
                if let Ok(result) = result {
                    let _ = done.send(result);
                }
            }
            // Swapped under the lock, so that either side sees the other.
            let _state = self.lock();
            if given_up.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }
}
