//! A ledger, wherever it is kept.

use super::{Binding, Bound, LedgerError, Names, Reserved, file, server};
use crate::host::database::Database;
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Duration;

/// A ledger that is open. Clones are the same ledger; its calls block for as long as the disk or the database takes.
#[derive(Debug, Clone)]
pub struct Ledger(Kept);

#[derive(Debug, Clone)]
enum Kept {
    File(file::Ledger),
    Server(server::Ledger),
}

/// A key that is held: nobody else sends for it. Dropping it leaves the intent, so that whoever comes next looks up first.
#[derive(Debug)]
pub struct Hold(Held);

#[derive(Debug)]
enum Held {
    File(file::Hold),
    Server(server::Hold),
}

/// What every step says of a hold that it is given.
const OWN: &str = "a hold comes back to the ledger that gave it";

impl Ledger {
    /// Opens a ledger in a file; makes it when there is none.
    ///
    /// # Errors
    /// Why it cannot be opened; a file that is none was not changed.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        file::Ledger::open(path).map(|ledger| Self(Kept::File(ledger)))
    }

    /// Opens a ledger in a file that is there.
    ///
    /// # Errors
    /// [`LedgerError::Missing`] when it is not there; else as [`open`](Self::open).
    pub fn open_existing(path: &Path) -> Result<Self, LedgerError> {
        file::Ledger::open_existing(path).map(|ledger| Self(Kept::File(ledger)))
    }

    /// The ledger of a database, which several machines share.
    #[must_use]
    pub fn of(database: Database) -> Self {
        Self(Kept::Server(server::Ledger::new(database)))
    }

    /// The same ledger, for calls that go elsewhere than their URIs say: a sandbox. Its keys never meet those of another realm.
    #[must_use]
    pub fn in_realm(self, realm: &str) -> Self {
        Self(match self.0 {
            Kept::File(ledger) => Kept::File(ledger.in_realm(realm)),
            Kept::Server(ledger) => Kept::Server(ledger.in_realm(realm)),
        })
    }

    /// Asks for a key, and writes the intent down when it is free.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. Nothing must be sent then.
    pub fn reserve(&self, names: &Names, now_ms: i64) -> Result<Reserved, LedgerError> {
        match &self.0 {
            Kept::File(ledger) => ledger.reserve(names, now_ms),
            Kept::Server(ledger) => ledger.reserve(names, now_ms),
        }
    }

    /// Writes down, before a call, that the thing is known by other names than those of the intent so far.
    ///
    /// # Errors
    /// When the ledger cannot be written, or another key has that natural key. Nothing must be sent then.
    pub fn renamed(&self, hold: &mut Hold, names: &Names) -> Result<(), LedgerError> {
        match (&self.0, &mut hold.0) {
            (Kept::File(ledger), Held::File(hold)) => ledger.renamed(hold, names),
            (Kept::Server(ledger), Held::Server(hold)) => ledger.renamed(hold, names),
            _ => unreachable!("{OWN}"),
        }
    }

    /// Binds the key to the id, for good. When the id belongs to another key, the intent is given up.
    ///
    /// # Errors
    /// When the ledger cannot be written; the intent stays, and whoever comes next looks up first.
    pub fn bind(&self, hold: Hold, id: &str, kept: &Map<String, Value>, now_ms: i64) -> Result<Bound, LedgerError> {
        match (&self.0, hold.0) {
            (Kept::File(ledger), Held::File(hold)) => ledger.bind(hold, id, kept, now_ms),
            (Kept::Server(ledger), Held::Server(hold)) => ledger.bind(hold, id, kept, now_ms),
            _ => unreachable!("{OWN}"),
        }
    }

    /// Takes the intent back: it is known that nothing was made.
    ///
    /// # Errors
    /// When the ledger cannot be written; the intent stays, which does no harm.
    pub fn give_up(&self, hold: Hold) -> Result<(), LedgerError> {
        match (&self.0, hold.0) {
            (Kept::File(ledger), Held::File(hold)) => ledger.give_up(hold),
            (Kept::Server(ledger), Held::Server(hold)) => ledger.give_up(hold),
            _ => unreachable!("{OWN}"),
        }
    }

    /// All bindings and intents, by realm, operation and key.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list(&self) -> Result<Vec<Binding>, LedgerError> {
        match &self.0 {
            Kept::File(ledger) => ledger.list(),
            Kept::Server(ledger) => ledger.list(),
        }
    }

    /// Forgets every binding and intent of a key, in all realms and operations; gives how many there were. Whoever asks for the key
    /// then makes the thing again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn forget(&self, key: &str) -> Result<usize, LedgerError> {
        match &self.0 {
            Kept::File(ledger) => ledger.forget(key),
            Kept::Server(ledger) => ledger.forget(key),
        }
    }
}

impl Hold {
    /// Whether a call may have been made for an earlier intent.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        match &self.0 {
            Held::File(hold) => hold.is_doubtful(),
            Held::Server(hold) => hold.is_doubtful(),
        }
    }

    /// The input of the look-up that finds what may have been made.
    #[must_use]
    pub fn lookup(&self) -> &Map<String, Value> {
        match &self.0 {
            Held::File(hold) => hold.lookup(),
            Held::Server(hold) => hold.lookup(),
        }
    }

    /// Whether an earlier intent was for another natural key.
    #[must_use]
    pub fn is_renamed(&self, names: &Names) -> bool {
        match &self.0 {
            Held::File(hold) => hold.is_renamed(names),
            Held::Server(hold) => hold.is_renamed(names),
        }
    }

    /// Waits until it is not sure any more that nobody takes the key over: what is done for it must be given up then. With a file that
    /// is never: the lock lasts as long as the process.
    pub async fn lost(&self) {
        let Held::Server(hold) = &self.0 else { return std::future::pending().await };
        loop {
            let sure = hold.sure_for();
            if sure == Duration::ZERO {
                return;
            }
            tokio::time::sleep(sure).await;
        }
    }
}

impl From<file::Hold> for Hold {
    fn from(hold: file::Hold) -> Self {
        Self(Held::File(hold))
    }
}

impl From<server::Hold> for Hold {
    fn from(hold: server::Hold) -> Self {
        Self(Held::Server(hold))
    }
}
