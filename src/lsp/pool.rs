//! A few threads that answer requests, in the order they came.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// How many threads there are: an editor has one user.
const THREADS: usize = 3;

/// The stack of a thread: as the main thread has it, for deeply nested definitions.
const STACK_BYTES: usize = 8 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that take jobs. Dropping it waits for those that have begun and forgets the others.
pub(super) struct Pool {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts the threads.
    pub(super) fn new() -> Self {
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let start = |number: usize| {
            let waiting = Arc::clone(&waiting);
            let builder = Builder::new().name(format!("request-{number}")).stack_size(STACK_BYTES);
            // With fewer threads the answers come later; with none, the first job says so.
            builder.spawn(move || work(&waiting)).ok()
        };
        Self { jobs: Some(jobs), threads: (0..THREADS).filter_map(start).collect() }
    }

    /// Takes a job.
    pub(super) fn give(&self, job: impl FnOnce() + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            // Nobody listens any more only while the process ends.
            let _ = jobs.send(Box::new(job));
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // A request says itself that it panicked; what else panics must not end the thread.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
