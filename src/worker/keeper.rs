//! Who remembers: a thread that writes what many tasks ask for in one go, or nobody.

use crate::host::journal::JournalError;
use crate::host::outbox::{Begun, Change, Outbox};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// The most requests that are written in one go.
const MOST: usize = 1024;

/// The way to the journal; there may be none.
#[derive(Default)]
pub(super) struct Keeper {
    to: Mutex<Option<mpsc::Sender<Ask>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    keeps: bool,
}

struct Ask {
    change: Change,
    /// Who waits until it is on disk.
    told: Option<oneshot::Sender<Result<(), Arc<JournalError>>>>,
}

impl Keeper {
    /// Opens the journal, when there is one, and gives what an earlier process has left in it.
    pub(super) fn open(path: Option<&Path>) -> Result<(Self, Vec<Begun>), JournalError> {
        let Some(path) = path else { return Ok((Self::default(), Vec::new())) };
        let (outbox, begun) = Outbox::open(path)?;
        let (to, from) = mpsc::channel();
        let thread = std::thread::spawn(move || write(outbox, &from));
        Ok((Self { to: Mutex::new(Some(to)), thread: Mutex::new(Some(thread)), keeps: true }, begun))
    }

    /// Makes a change, and waits until it is on disk. Without a journal it is not even made up.
    pub(super) async fn apply(&self, change: impl FnOnce() -> Change) -> Result<(), Arc<JournalError>> {
        if !self.keeps {
            return Ok(());
        }
        let (tell, told) = oneshot::channel();
        self.ask(Ask { change: change(), told: Some(tell) });
        // Nobody answers any more when it is closed.
        told.await.unwrap_or(Ok(()))
    }

    /// Forgets a task some time soon: after a kill it is asked for once more, and found to be over.
    pub(super) fn forget(&self, task_id: &str) {
        if self.keeps {
            self.ask(Ask { change: Change::Forget { task_id: task_id.to_owned() }, told: None });
        }
    }

    /// Writes what is still to be written, and closes the file.
    pub(super) async fn close(&self) {
        drop(self.to.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It does not panic, and neither does joining it.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    fn ask(&self, ask: Ask) {
        let to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(to) = &*to {
            // The thread lives until this is dropped.
            let _ = to.send(ask);
        }
    }
}

/// Writes what is asked for, everything that waits in one transaction.
fn write(mut outbox: Outbox, from: &mpsc::Receiver<Ask>) {
    while let Ok(first) = from.recv() {
        let asks: Vec<_> = std::iter::once(first).chain(from.try_iter().take(MOST)).collect();
        let written = outbox.apply(asks.iter().map(|ask| &ask.change)).map_err(Arc::new);
        if let Err(error) = &written {
            tracing::error!(target: "legwork::worker", { error = %error }, "the journal cannot be written");
        }
        for told in asks.into_iter().filter_map(|ask| ask.told) {
            // Whoever asked may have ended.
            let _ = told.send(written.clone());
        }
    }
}
