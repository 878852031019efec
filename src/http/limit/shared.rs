//! Rate limits that several machines keep to together, in a database.
//!
//! The state of a limit is one row: it is read, counted on here, and written back if nobody else has done so meanwhile. All go by the clock of
//! the database. Only rates are shared, with what answers tell of them; how many calls are under way, locks, breakers and budgets are each process's own.

use super::Quota;
use super::learn::Told;
use super::rate::{Allowance, KeptRate, Rate};
use crate::host;
use crate::host::database::{Cell, Database, DatabaseError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const READ: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, state, turn
    FROM (SELECT 1) AS one LEFT JOIN legwork_rate ON label = $1";
const INSERT: &str =
    "INSERT INTO legwork_rate (label, state, turn, used) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING";
const UPDATE: &str = "UPDATE legwork_rate SET state = $2, turn = $3, used = now() WHERE label = $1 AND turn = $4";
/// Limits of credentials that nobody has any more: the longest window is a day.
const TIDY: &str = "DELETE FROM legwork_rate WHERE used < now() - interval '2 days'";

/// How many labels are known before those that nobody waits for are forgotten.
const ROOM: usize = 1000;

/// The limits in a database. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    database: Database,
    /// Goes before each label: those of a sandbox are its own.
    realm: Box<str>,
    /// The calls of this process come one after the other, so that only those of others can come in between.
    turns: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
}

/// A rate limit as it was read.
struct Read {
    rate: Rate,
    now_ms: i64,
    turn: Option<i64>,
}

impl Shared {
    pub(super) fn new(database: Database, realm: &str) -> Self {
        Self { database, realm: realm.into(), turns: Arc::default() }
    }

    /// Takes the next moment of a limit, by this machine's clock, unless it is more than `patience_ms` away: then gives that moment as an error.
    pub(super) async fn take(
        &self,
        label: &str,
        quota: Quota,
        patience_ms: i64,
    ) -> Result<Result<i64, i64>, DatabaseError> {
        if quota == Quota::default() {
            let Read { rate, now_ms, .. } = self.read(&self.label(label), quota).await?;
            // No answer has told anything that could hold a call back.
            if rate.is_open(now_ms) {
                return Ok(Ok(i64::MIN));
            }
        }
        self.change(label, quota, |rate, now_ms| rate.take(now_ms, patience_ms)).await
    }

    /// The moment that was taken, or a later one when an answer has closed the limit since.
    pub(super) async fn closed_since(&self, label: &str, quota: Quota, taken_ms: i64) -> Result<i64, DatabaseError> {
        let Read { rate, now_ms, .. } = self.read(&self.label(label), quota).await?;
        let skew_ms = host::now_ms() - now_ms;
        Ok(rate.closed_since(taken_ms - skew_ms) + skew_ms)
    }

    /// Takes in what an answer says, some time soon.
    pub(super) fn learn(&self, label: String, quota: Quota, told: Told) {
        let (own, Told { left, closed_until_ms, .. }) = (self.clone(), told);
        let learning = async move {
            let learned = own.change(&label, quota, |rate, now_ms| {
                let skew_ms = host::now_ms() - now_ms;
                if let Some((span, Allowance { left, until_ms })) = left {
                    rate.observe(span, Allowance { left, until_ms: until_ms - skew_ms }, now_ms);
                }
                if let Some(until_ms) = closed_until_ms {
                    rate.close_until(until_ms - skew_ms);
                }
                Ok(now_ms)
            });
            // The next answer says it again.
            let _ = learned.await;
        };
        tokio::spawn(learning);
    }

    fn label(&self, label: &str) -> Cell {
        Cell::Text(format!("{}{label}", self.realm))
    }

    async fn read(&self, label: &Cell, quota: Quota) -> Result<Read, DatabaseError> {
        let rows = self.database.rows(READ, std::slice::from_ref(label)).await?;
        let row = rows.into_iter().next().unwrap_or_default();
        let kept: KeptRate = serde_json::from_str(&row.text(1)).unwrap_or_default();
        let now_ms = row.number(0).unwrap_or_else(host::now_ms);
        Ok(Read { rate: Rate::restore(quota, &kept), now_ms, turn: row.number(2) })
    }

    /// Changes a limit; moments that the change gives are those of the database's clock, and become those of this machine's.
    async fn change(
        &self,
        label: &str,
        quota: Quota,
        mut change: impl FnMut(&mut Rate, i64) -> Result<i64, i64>,
    ) -> Result<Result<i64, i64>, DatabaseError> {
        let label = self.label(label);
        let own = self.turn_of(&label);
        let _turn = own.lock().await;
        loop {
            let Read { mut rate, now_ms, turn } = self.read(&label, quota).await?;
            let skew_ms = host::now_ms() - now_ms;
            let changed = match change(&mut rate, now_ms) {
                Ok(at) => at,
                Err(at) => return Ok(Err(at + skew_ms)),
            };
            let state = serde_json::to_string(&rate.keep(now_ms)).unwrap_or_default();
            // A number that nobody else writes: a statement that is repeated because its answer was lost is not carried out twice.
            let next = Cell::from(fastrand::i64(..));
            let cells = [label.clone(), state.as_str().into(), next];
            let written = match turn {
                None => {
                    self.database.jot(TIDY, &[]).await?;
                    self.database.jot(INSERT, &cells).await?
                }
                Some(turn) => self.database.jot(UPDATE, &[&cells[..], &[turn.into()]].concat()).await?,
            };
            if written == 1 {
                return Ok(Ok(changed + skew_ms));
            }
            // Somebody else was faster; those who come at once go on at different times.
            tokio::time::sleep(Duration::from_micros(fastrand::u64(0..2000))).await;
        }
    }

    fn turn_of(&self, label: &Cell) -> Arc<tokio::sync::Mutex<()>> {
        let Cell::Text(label) = label else { return Arc::default() };
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() > ROOM {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(turns.entry(label.clone()).or_default())
    }
}
