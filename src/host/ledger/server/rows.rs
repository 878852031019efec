//! The statements, and what their rows say. `$1`, `$2` and `$3` are realm, operation and key.

use super::Binding;
use crate::host::database::Row;
use serde_json::{Map, Value};

macro_rules! columns {
    () => {
        "realm, task, key, natural_key, id, kept, intended_ms, bound_ms, hold, lookup"
    };
}

/// What stands in a row, whether the session of its hold lives, and for how long it has been gone.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid::bigint = session >> 32 AND objid::bigint = (session & 4294967295)),
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint - gone_ms FROM legwork_binding ",
            $rest
        )
    };
}

pub(super) const BY_KEY: &str = select!("WHERE realm = $1 AND task = $2 AND key = $3");
pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    r#" FROM legwork_binding ORDER BY realm COLLATE "C", task COLLATE "C", key COLLATE "C""#
);
pub(super) const BY_NATURAL_KEY: &str =
    "SELECT key FROM legwork_binding WHERE realm = $1 AND task = $2 AND natural_key = $3";
pub(super) const BY_ID: &str = "SELECT key FROM legwork_binding WHERE realm = $1 AND task = $2 AND id = $3";
pub(super) const INSERT: &str =
    "INSERT INTO legwork_binding (realm, task, key, natural_key, lookup, intended_ms, session, hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
/// From the hold that was seen: of those who come at once, one does.
pub(super) const TAKE_OVER: &str = "UPDATE legwork_binding SET session = $4, hold = $5, gone_ms = NULL
    WHERE realm = $1 AND task = $2 AND key = $3 AND id IS NULL AND hold IS NOT DISTINCT FROM $6";
pub(super) const RENAME: &str = "UPDATE legwork_binding SET natural_key = $5, lookup = $6
    WHERE realm = $1 AND task = $2 AND key = $3 AND hold = $4 AND id IS NULL";
/// Whoever has the id binds it, whoever holds the key by now: it is known what was made.
pub(super) const BIND: &str =
    "INSERT INTO legwork_binding (realm, task, key, natural_key, lookup, id, kept, intended_ms, bound_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
    ON CONFLICT (realm, task, key) DO UPDATE SET id = excluded.id, kept = excluded.kept, bound_ms = excluded.bound_ms,
        session = NULL, hold = NULL, gone_ms = NULL
    WHERE legwork_binding.id IS NULL";
pub(super) const GIVE_UP: &str =
    "DELETE FROM legwork_binding WHERE realm = $1 AND task = $2 AND key = $3 AND hold = $4 AND id IS NULL";
pub(super) const LET_GO: &str = "UPDATE legwork_binding SET session = NULL, hold = NULL, gone_ms = NULL
    WHERE realm = $1 AND task = $2 AND key = $3 AND hold = $4";
pub(super) const FORGET: &str = "DELETE FROM legwork_binding WHERE key = $1";
pub(super) const GONE: &str =
    "UPDATE legwork_binding SET gone_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    WHERE realm = $1 AND task = $2 AND key = $3 AND hold = $4 AND gone_ms IS NULL";
pub(super) const BACK: &str = "UPDATE legwork_binding SET gone_ms = NULL
    WHERE realm = $1 AND task = $2 AND key = $3 AND hold = $4";

/// A row with what only the ledger reads of it.
pub(super) struct Kept {
    pub(super) binding: Binding,
    pub(super) hold: Option<String>,
    pub(super) lookup: Map<String, Value>,
    pub(super) standing: Standing,
}

/// How the session of a hold is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It lives.
    Alive,
    /// It lives, and was thought to be gone.
    Back,
    /// It is gone; nobody has noticed yet.
    Gone,
    /// It has been gone for so many milliseconds.
    GoneFor(i64),
}

impl Kept {
    /// Reads a row of [`BY_KEY`] or [`LIST`].
    pub(super) fn read(row: &Row) -> Self {
        let object = |at| serde_json::from_str(&row.text(at)).unwrap_or_default();
        let binding = Binding {
            realm: row.text(0),
            task: row.text(1),
            key: row.text(2),
            natural_key: row.text(3),
            id: row.text_or_none(4),
            kept: object(5),
            intended_ms: row.number(6).unwrap_or_default(),
            bound_ms: row.number(7),
        };
        let standing = match (row.number(10) == Some(1), row.number(11)) {
            (true, None) => Standing::Alive,
            (true, Some(_)) => Standing::Back,
            (false, None) => Standing::Gone,
            (false, Some(milliseconds)) => Standing::GoneFor(milliseconds),
        };
        Self { binding, hold: row.text_or_none(8), lookup: object(9), standing }
    }
}
