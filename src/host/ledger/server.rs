//! The ledger in a database.
//!
//! Each step is one statement, and the table's own uniqueness decides between those who come at once. A hold belongs to a session of the
//! database; when the session is gone, others take over once it has been gone for the database's grace
//! ([`Database::grace`], 15 seconds): a process that lives has opened it again by then, or knows that it could not
//! ([`Hold::sure_for`], after two thirds of that time), and gives up what it was doing. No clocks of different machines are compared.

mod rows;

use super::{Binding, Bound, LedgerError, Names, Reserved};
use crate::host::{self, database};
use database::{Cell, Database, DatabaseError};
use rows::{Kept, Standing};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// A ledger that is open. Clones are the same ledger; its calls block until the database has answered.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    database: Database,
    realm: Arc<str>,
}

/// A key that is held: nobody else sends for it. Dropping it leaves the intent, so that whoever comes next looks up first.
#[derive(Debug)]
pub(super) struct Hold {
    database: Database,
    names: Names,
    realm: String,
    name: String,
    /// The natural key and look-up of an earlier intent, whose call may have been made.
    before: Option<(String, Map<String, Value>)>,
    /// The epoch of the session that it belongs to.
    epoch: u64,
    /// Whether there is nothing to let go.
    is_over: bool,
}

impl Ledger {
    /// The ledger of a database.
    #[must_use]
    pub(super) fn new(database: Database) -> Self {
        Self { database, realm: "".into() }
    }

    /// The same tables, for calls that go elsewhere than their URIs say: a sandbox. Its keys never meet those of another realm.
    #[must_use]
    pub(super) fn in_realm(self, realm: &str) -> Self {
        Self { realm: realm.into(), ..self }
    }

    /// Asks for a key, and writes the intent down when it is free.
    ///
    /// # Errors
    /// When the database does not answer, or refuses. Nothing must be sent then.
    pub(super) fn reserve(&self, names: &Names, now_ms: i64) -> Result<Reserved, LedgerError> {
        let (realm, name) = (format!("{}{}", self.realm, names.origin), host::new_id());
        let hold = Hold {
            database: self.database.clone(),
            names: names.clone(),
            realm,
            name,
            before: None,
            epoch: self.database.epoch(),
            is_over: true,
        };
        Ok(self.database.wait_for(reserved(hold, now_ms))?)
    }

    /// Writes down, before a call, that the thing is known by other names than those of the intent so far.
    ///
    /// # Errors
    /// When the database does not answer, another key has that natural key, or somebody else has taken over. Nothing must be sent then.
    pub(super) fn renamed(&self, hold: &mut Hold, names: &Names) -> Result<(), LedgerError> {
        let lookup = Value::Object(names.lookup.clone()).to_string();
        let [realm, task, key, name] = hold.cells();
        let cells = [realm, task, key, name, names.natural_key.as_str().into(), lookup.as_str().into()];
        let database = self.database.clone();
        let changed = self.database.wait_for(async move { database.change(rows::RENAME, &cells).await })?;
        if changed == 0 {
            return Err(LedgerError::TakenOver { key: hold.names.key.clone() });
        }
        hold.names = names.clone();
        hold.before = None;
        Ok(())
    }

    /// Binds the key to the id, for good, also when the session was lost in between. When the id belongs to another key, the intent is given up.
    ///
    /// # Errors
    /// When the database does not answer; the intent stays, and whoever comes next looks up first.
    pub(super) fn bind(
        &self,
        mut hold: Hold,
        id: &str,
        kept: &Map<String, Value>,
        now_ms: i64,
    ) -> Result<Bound, LedgerError> {
        let database = self.database.clone();
        let (id, kept) = (id.to_owned(), Value::Object(kept.clone()).to_string());
        let of = hold.cells();
        let lookup = Value::Object(hold.names.lookup.clone()).to_string();
        let [realm, task, key, _] = &of;
        let cells = [
            realm.clone(),
            task.clone(),
            key.clone(),
            hold.names.natural_key.as_str().into(),
            lookup.as_str().into(),
            id.as_str().into(),
            kept.as_str().into(),
            now_ms.into(),
        ];
        let own = hold.names.key.clone();
        let bound = self.database.wait_for(async move { bound(&database, &cells, &of, (&own, &id)).await })?;
        hold.is_over = true;
        Ok(bound)
    }

    /// Takes the intent back: it is known that nothing was made.
    ///
    /// # Errors
    /// When the database does not answer; the intent stays, which does no harm.
    pub(super) fn give_up(&self, mut hold: Hold) -> Result<(), LedgerError> {
        let (database, cells) = (self.database.clone(), hold.cells());
        self.database.wait_for(async move { database.change(rows::GIVE_UP, &cells).await })?;
        hold.is_over = true;
        Ok(())
    }

    /// All bindings and intents, by realm, operation and key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) fn list(&self) -> Result<Vec<Binding>, LedgerError> {
        let database = self.database.clone();
        let rows = self.database.wait_for(async move { database.rows(rows::LIST, &[]).await })?;
        Ok(rows.iter().map(|row| Kept::read(row).binding).collect())
    }

    /// Forgets every binding and intent of a key, in all realms and operations; gives how many there were. Whoever asks for the key
    /// then makes the thing again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) fn forget(&self, key: &str) -> Result<usize, LedgerError> {
        let (database, key) = (self.database.clone(), Cell::from(key));
        let count = self.database.wait_for(async move { database.change(rows::FORGET, &[key]).await })?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

/// Asks until it is decided who has the key. The hold is nobody's until then.
async fn reserved(mut hold: Hold, now_ms: i64) -> Result<Reserved, DatabaseError> {
    let database = hold.database.clone();
    let [realm, task, key, name] = hold.cells();
    let of = [realm, task, key];
    loop {
        let row = database.rows(rows::BY_KEY, &of).await?.first().map(Kept::read);
        match row {
            Some(row) if row.binding.id.is_some() => return Ok(Reserved::Bound(row.binding)),
            // It was taken, and the answer was lost.
            Some(row) if row.hold.as_deref() == Some(&hold.name) => {
                hold.is_over = false;
                return Ok(Reserved::Held(hold.into()));
            }
            Some(row) if row.is_held(&database, &of).await? => return Ok(Reserved::Busy),
            row => {
                if let Some(key) = taken(&database, &of, &hold.names).await? {
                    return Ok(Reserved::Taken { key });
                }
                let session = Cell::from(database.session());
                hold.is_over = false;
                let changed = match row {
                    None => {
                        hold.before = None;
                        let lookup = Value::Object(hold.names.lookup.clone()).to_string();
                        let names = [hold.names.natural_key.as_str().into(), lookup.as_str().into(), now_ms.into()];
                        let cells: Vec<_> = of.iter().chain(&names).chain([&session, &name]).cloned().collect();
                        database.change(rows::INSERT, &cells).await?
                    }
                    Some(row) => {
                        let seen = Cell::from(row.hold.as_deref());
                        hold.before = Some((row.binding.natural_key, row.lookup));
                        let cells: Vec<_> = of.iter().chain([&session, &name, &seen]).cloned().collect();
                        database.change(rows::TAKE_OVER, &cells).await?
                    }
                };
                if changed == 1 {
                    return Ok(Reserved::Held(hold.into()));
                }
                hold.is_over = true;
            }
        }
    }
}

/// The other key that has the natural key.
async fn taken(database: &Database, of: &[Cell; 3], names: &Names) -> Result<Option<String>, DatabaseError> {
    let [realm, task, _] = of;
    let cells = [realm.clone(), task.clone(), names.natural_key.as_str().into()];
    let found = database.rows(rows::BY_NATURAL_KEY, &cells).await?;
    Ok(found.first().map(|row| row.text(0)).filter(|key| *key != names.key))
}

/// Binds, or finds whose the id is.
async fn bound(
    database: &Database,
    cells: &[Cell],
    of: &[Cell; 4],
    (own, id): (&str, &str),
) -> Result<Bound, DatabaseError> {
    let [realm, task, key, _] = of;
    match database.change(rows::BIND, cells).await {
        Ok(0) | Err(DatabaseError::Taken { .. }) => {}
        Ok(_) => return Ok(Bound::Bound),
        Err(err) => return Err(err),
    }
    let bound = database.rows(rows::BY_KEY, &[realm.clone(), task.clone(), key.clone()]).await?;
    // Somebody who took over has found the same.
    if bound.first().is_some_and(|row| Kept::read(row).binding.id.as_deref() == Some(id)) {
        return Ok(Bound::Bound);
    }
    database.change(rows::GIVE_UP, of).await?;
    let whose = database.rows(rows::BY_ID, &[realm.clone(), task.clone(), id.into()]).await?;
    Ok(Bound::Clash { key: whose.first().map_or_else(|| own.to_owned(), |row| row.text(0)) })
}

impl Kept {
    /// Whether somebody holds the key who lives, or may still come back.
    async fn is_held(&self, database: &Database, of: &[Cell; 3]) -> Result<bool, DatabaseError> {
        let Some(hold) = &self.hold else { return Ok(false) };
        let grace = i64::try_from(database.grace().as_millis()).unwrap_or(i64::MAX);
        let cells = || of.iter().cloned().chain([Cell::from(hold.as_str())]).collect::<Vec<_>>();
        match self.standing {
            Standing::Alive => Ok(true),
            Standing::Back => database.jot(rows::BACK, &cells()).await.map(|_| true),
            Standing::Gone => database.jot(rows::GONE, &cells()).await.map(|_| true),
            Standing::GoneFor(milliseconds) => Ok(milliseconds < grace),
        }
    }
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

    /// How long it is sure that nobody takes over; nothing when it may have happened already.
    #[must_use]
    pub(super) fn sure_for(&self) -> Duration {
        if self.database.epoch() != self.epoch {
            return Duration::ZERO;
        }
        (self.database.grace() * 2 / 3).saturating_sub(self.database.silent_for())
    }

    /// Realm, operation, key, and the hold's own name.
    fn cells(&self) -> [Cell; 4] {
        [&*self.realm, &*self.names.task, &*self.names.key, &*self.name].map(Cell::from)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if !self.is_over {
            self.database.later(rows::LET_GO, self.cells().to_vec());
        }
    }
}
