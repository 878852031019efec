//! The ledger in its file.

use super::holder::{self, Holder};
use super::open::{self, meaning};
use super::{Binding, Bound, LedgerError, Names, Reserved};
use crate::host::kill::{self, Stage};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const COLUMNS: &str = "realm, task, key, natural_key, id, kept, intended_ms, bound_ms, holder, lookup";

/// A ledger that is open. Clones are the same ledger; its calls block for as long as the disk takes.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    shared: Arc<Shared>,
    realm: Arc<str>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    holders: PathBuf,
    file: Mutex<File>,
}

#[derive(Debug)]
struct File {
    connection: Connection,
    kill: kill::Point,
}

/// A key that is held: nobody else sends for it. Dropping it leaves the intent, so that whoever comes next looks up first.
#[derive(Debug)]
pub(super) struct Hold {
    names: Names,
    realm: String,
    holder: Holder,
    /// The natural key and look-up of an earlier intent, whose call may have been made.
    before: Option<(String, Map<String, Value>)>,
}

/// A row with what only this module reads of it.
struct Kept {
    binding: Binding,
    holder: Option<String>,
    lookup: Map<String, Value>,
}

impl Ledger {
    /// Opens a ledger; makes it when there is none.
    ///
    /// # Errors
    /// Why it cannot be opened; a file that is none was not changed.
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        Self::with(path, OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a ledger that is there.
    ///
    /// # Errors
    /// [`LedgerError::Missing`] when it is not there; else as [`open`](Self::open).
    pub(super) fn open_existing(path: &Path) -> Result<Self, LedgerError> {
        if !path.is_file() {
            return Err(LedgerError::Missing { path: path.to_owned() });
        }
        Self::with(path, OpenFlags::empty())
    }

    fn with(path: &Path, flags: OpenFlags) -> Result<Self, LedgerError> {
        let connection = open::open(path, flags)?;
        let mut holders = path.as_os_str().to_owned();
        holders.push("-holders");
        let file = File { connection, kill: kill::Point::from_env("LEGWORK_KILL_LEDGER_AT") };
        let shared = Shared { path: path.to_owned(), holders: holders.into(), file: Mutex::new(file) };
        Ok(Self { shared: Arc::new(shared), realm: "".into() })
    }

    /// The same file, for calls that go elsewhere than their URIs say: a sandbox. Its keys never meet those of another realm.
    #[must_use]
    pub(super) fn in_realm(self, realm: &str) -> Self {
        Self { realm: realm.into(), ..self }
    }

    /// Asks for a key, and writes the intent down when it is free.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. Nothing must be sent then.
    pub(super) fn reserve(&self, names: &Names, now_ms: i64) -> Result<Reserved, LedgerError> {
        let realm = format!("{}{}", self.realm, names.origin);
        if let Some(known) = self.known(&realm, names)? {
            return Ok(known);
        }
        let holder = self.holder()?;
        let of = (realm.as_str(), names.task.as_str());
        let found = self.write(|transaction| {
            let row = row(transaction, of, "key", &names.key)?;
            let other = row_of_natural_key(transaction, of, names)?;
            match (row, other) {
                (Some(row), _) if row.binding.id.is_some() => Ok(Found::Bound(row.binding)),
                (Some(row), _) if self.is_held(&row) => Ok(Found::Busy),
                (_, Some(other)) => Ok(Found::Taken(other)),
                (Some(row), None) => {
                    let sql = "UPDATE binding SET holder = ?4 WHERE realm = ?1 AND task = ?2 AND key = ?3";
                    transaction.execute(sql, params![of.0, of.1, names.key, holder.name()])?;
                    Ok(Found::TakenOver(row))
                }
                (None, None) => {
                    insert(transaction, of, names, holder.name(), now_ms)?;
                    Ok(Found::New)
                }
            }
        })?;
        let held = |before| Reserved::Held(Hold { names: names.clone(), realm: realm.clone(), holder, before }.into());
        Ok(match found {
            Found::Bound(binding) => Reserved::Bound(binding),
            Found::Busy => Reserved::Busy,
            Found::Taken(key) => Reserved::Taken { key },
            Found::New => held(None),
            Found::TakenOver(row) => {
                row.holder.iter().for_each(|name| holder::bury(&self.shared.holders, name));
                held(Some((row.binding.natural_key, row.lookup)))
            }
        })
    }

    /// Writes down, before a call, that the thing is known by other names than those of the intent so far.
    ///
    /// # Errors
    /// When the ledger cannot be written, or another key has that natural key. Nothing must be sent then.
    pub(super) fn renamed(&self, hold: &mut Hold, names: &Names) -> Result<(), LedgerError> {
        self.write(|transaction| {
            let sql = "UPDATE binding SET natural_key = ?5, lookup = ?6
                       WHERE realm = ?1 AND task = ?2 AND key = ?3 AND holder = ?4 AND id IS NULL";
            let lookup = Value::Object(names.lookup.clone()).to_string();
            let (key, holder) = (&hold.names.key, hold.holder.name());
            transaction.execute(sql, params![hold.realm, names.task, key, holder, names.natural_key, lookup])
        })?;
        hold.names = names.clone();
        hold.before = None;
        Ok(())
    }

    /// Binds the key to the id, for good. When the id belongs to another key, the intent is given up.
    ///
    /// # Errors
    /// When the ledger cannot be written; the intent stays, and whoever comes next looks up first.
    pub(super) fn bind(
        &self,
        hold: Hold,
        id: &str,
        kept: &Map<String, Value>,
        now_ms: i64,
    ) -> Result<Bound, LedgerError> {
        let of = (hold.realm.as_str(), hold.names.task.as_str());
        let clash = self.write(|transaction| {
            let other = row(transaction, of, "id", id)?.map(|row| row.binding.key).filter(|key| *key != hold.names.key);
            if other.is_some() {
                delete_intent(transaction, &hold)?;
                return Ok(other);
            }
            let sql = "UPDATE binding SET id = ?4, kept = ?5, bound_ms = ?6, holder = NULL
                       WHERE realm = ?1 AND task = ?2 AND key = ?3 AND id IS NULL AND holder = ?7";
            let kept = Value::Object(kept.clone()).to_string();
            transaction.execute(sql, params![of.0, of.1, hold.names.key, id, kept, now_ms, hold.holder.name()])?;
            Ok(None)
        })?;
        // Nobody waits any longer than until it is on disk.
        drop(hold);
        Ok(clash.map_or(Bound::Bound, |key| Bound::Clash { key }))
    }

    /// Takes the intent back: it is known that nothing was made.
    ///
    /// # Errors
    /// When the ledger cannot be written; the intent stays, which does no harm.
    pub(super) fn give_up(&self, hold: Hold) -> Result<(), LedgerError> {
        self.write(|transaction| delete_intent(transaction, &hold))?;
        drop(hold);
        Ok(())
    }

    /// All bindings and intents, by realm, operation and key.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) fn list(&self) -> Result<Vec<Binding>, LedgerError> {
        let file = self.file();
        let sql = format!("SELECT {COLUMNS} FROM binding ORDER BY realm, task, key");
        let read = || -> rusqlite::Result<Vec<Binding>> {
            let mut select = file.connection.prepare(&sql)?;
            let rows = select.query_map((), read_row)?;
            rows.map(|row| row.map(|row| row.binding)).collect()
        };
        read().map_err(|err| meaning(&self.shared.path, &err))
    }

    /// Forgets every binding and intent of a key, in all realms and operations; gives how many there were. Whoever asks for the key
    /// then makes the thing again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub(super) fn forget(&self, key: &str) -> Result<usize, LedgerError> {
        self.write(|transaction| transaction.execute("DELETE FROM binding WHERE key = ?1", [key]))
    }

    /// A key that is bound, the usual case, or held by somebody who lives: neither needs a write.
    fn known(&self, realm: &str, names: &Names) -> Result<Option<Reserved>, LedgerError> {
        let found = row(&self.file().connection, (realm, &names.task), "key", &names.key);
        let Some(row) = found.map_err(|err| meaning(&self.shared.path, &err))? else { return Ok(None) };
        if row.binding.id.is_some() {
            return Ok(Some(Reserved::Bound(row.binding)));
        }
        Ok(self.is_held(&row).then_some(Reserved::Busy))
    }

    /// Whether somebody who lives holds the key.
    fn is_held(&self, row: &Kept) -> bool {
        row.holder.as_deref().is_some_and(|name| holder::is_alive(&self.shared.holders, name))
    }

    fn holder(&self) -> Result<Holder, LedgerError> {
        let folder = &self.shared.holders;
        Holder::new(folder).map_err(|source| LedgerError::Holders { path: folder.clone(), source })
    }

    fn file(&self) -> MutexGuard<'_, File> {
        self.shared.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One write: nobody else reads what it decides on until it is on disk.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, LedgerError> {
        let failed = |err| meaning(&self.shared.path, &err);
        let mut file = self.file();
        let File { connection, kill } = &mut *file;
        kill.pass(Stage::Before);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let result = work(&transaction).map_err(failed)?;
        kill.pass(Stage::Within);
        transaction.commit().map_err(failed)?;
        kill.pass(Stage::After);
        Ok(result)
    }
}

/// What the ledger says of a key that is asked for.
enum Found {
    Bound(Binding),
    Busy,
    Taken(String),
    TakenOver(Kept),
    New,
}

impl Hold {
    /// Whether a call may have been made for an earlier intent.
    #[must_use]
    pub(super) fn is_doubtful(&self) -> bool {
        self.before.is_some()
    }

    /// The input of the look-up that finds what may have been made.
    #[must_use]
    pub(super) fn lookup(&self) -> &Map<String, Value> {
        self.before.as_ref().map_or(&self.names.lookup, |(_, lookup)| lookup)
    }

    /// Whether an earlier intent was for another natural key.
    #[must_use]
    pub(super) fn is_renamed(&self, names: &Names) -> bool {
        self.before.as_ref().is_some_and(|(natural_key, _)| *natural_key != names.natural_key)
    }
}

fn row(connection: &Connection, of: (&str, &str), column: &str, value: &str) -> rusqlite::Result<Option<Kept>> {
    let sql = format!("SELECT {COLUMNS} FROM binding WHERE realm = ?1 AND task = ?2 AND {column} = ?3");
    connection.prepare(&sql)?.query_row([of.0, of.1, value], read_row).optional()
}

/// The other key that has the natural key.
fn row_of_natural_key(connection: &Connection, of: (&str, &str), names: &Names) -> rusqlite::Result<Option<String>> {
    let found = row(connection, of, "natural_key", &names.natural_key)?;
    Ok(found.map(|row| row.binding.key).filter(|key| *key != names.key))
}

fn insert(
    connection: &Connection,
    of: (&str, &str),
    names: &Names,
    holder: &str,
    now_ms: i64,
) -> rusqlite::Result<usize> {
    let sql =
        "INSERT INTO binding (realm, task, key, natural_key, lookup, holder, intended_ms) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let lookup = Value::Object(names.lookup.clone()).to_string();
    connection.execute(sql, params![of.0, of.1, names.key, names.natural_key, lookup, holder, now_ms])
}

fn delete_intent(connection: &Connection, hold: &Hold) -> rusqlite::Result<()> {
    let sql = "DELETE FROM binding WHERE realm = ?1 AND task = ?2 AND key = ?3 AND holder = ?4 AND id IS NULL";
    connection.execute(sql, params![hold.realm, hold.names.task, hold.names.key, hold.holder.name()]).map(|_| ())
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let object = |text: String| serde_json::from_str(&text).unwrap_or_default();
    let binding = Binding {
        realm: row.get(0)?,
        task: row.get(1)?,
        key: row.get(2)?,
        natural_key: row.get(3)?,
        id: row.get(4)?,
        kept: object(row.get(5)?),
        intended_ms: row.get(6)?,
        bound_ms: row.get(7)?,
    };
    Ok(Kept { binding, holder: row.get(8)?, lookup: object(row.get(9)?) })
}
