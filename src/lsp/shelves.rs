//! The indexes of the folders around documents: nobody waits for one that is made, and the client shows how far it is.

use super::outbox::{Answer, Outbox};
use super::server::Event;
use crate::host::ReadError;
use crate::host::shelf::{Folders, Opening, Step};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::oneshot;

/// The indexes that were opened, or are made.
pub(super) struct Shelves {
    begun: Mutex<Vec<(Folders, Arc<Opening>)>>,
    outbox: Outbox,
    events: Sender<Event>,
    shows_progress: bool,
    count: AtomicUsize,
}

impl Shelves {
    /// None yet.
    pub(super) fn new(outbox: Outbox, events: Sender<Event>, shows_progress: bool) -> Arc<Self> {
        Arc::new(Self { begun: Mutex::default(), outbox, events, shows_progress, count: AtomicUsize::new(0) })
    }

    /// The index of some folders. When it has to be made, the main loop hears of its end.
    pub(super) fn of(self: &Arc<Self>, folders: &Folders) -> Result<Arc<Opening>, ReadError> {
        let mut begun = self.begun();
        if let Some((_, opening)) = begun.iter().find(|(known, _)| known == folders) {
            return Ok(Arc::clone(opening));
        }
        let mut progress = Progress::new(self);
        let opening = Opening::begin(folders, move |step| progress.step(step))?;
        begun.push((folders.clone(), Arc::clone(&opening)));
        Ok(opening)
    }

    /// Files have changed: every index is looked at again.
    pub(super) fn forget(&self) {
        self.begun().clear();
    }

    fn begun(&self) -> MutexGuard<'_, Vec<(Folders, Arc<Opening>)>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The progress of one index, where the client shows it.
struct Progress {
    /// A server that ends does not wait for its indexes.
    shelves: Weak<Shelves>,
    token: String,
    /// The client was asked whether it shows it, and has not answered yet.
    asked: Option<oneshot::Receiver<Answer>>,
    is_begun: bool,
    percentage: usize,
}

impl Progress {
    fn new(shelves: &Arc<Shelves>) -> Self {
        let token = format!("legwork/index/{}", shelves.count.fetch_add(1, Ordering::Relaxed));
        Self { shelves: Arc::downgrade(shelves), token, asked: None, is_begun: false, percentage: 0 }
    }

    fn step(&mut self, step: Step) {
        let Some(shelves) = self.shelves.upgrade() else { return };
        match step {
            Step::Read(done, of) => self.read(&shelves, done, of),
            Step::Made => {
                if self.is_begun {
                    self.tell(&shelves, &json!({"kind": "end"}));
                }
                // The main loop may have ended.
                let _ = shelves.events.send(Event::Indexed);
            }
        }
    }

    fn read(&mut self, shelves: &Shelves, done: usize, of: usize) {
        if !shelves.shows_progress {
            return;
        }
        if !self.is_begun {
            let ask = || shelves.outbox.ask("window/workDoneProgress/create", json!({"token": self.token}));
            if !matches!(self.asked.get_or_insert_with(ask).try_recv(), Ok(Ok(_))) {
                return;
            }
            self.is_begun = true;
            let title = "Reading task definitions";
            self.tell(shelves, &json!({"kind": "begin", "title": title, "percentage": 0, "cancellable": false}));
        }
        let percentage = done * 100 / of.max(1);
        if percentage > self.percentage {
            self.percentage = percentage;
            let message = format!("{done} of {of} files");
            self.tell(shelves, &json!({"kind": "report", "message": message, "percentage": percentage}));
        }
    }

    fn tell(&self, shelves: &Shelves, value: &Value) {
        shelves.outbox.notify("$/progress", json!({"token": self.token, "value": value}));
    }
}
