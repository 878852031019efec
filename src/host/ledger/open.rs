//! Making and opening a ledger, also when several processes do so at once.

use super::LedgerError;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::{Duration, Instant};

/// `LGWB`, SQLite's `application_id` of a ledger.
const APPLICATION: i64 = 0x4C47_5742;
/// The format that this version writes and reads.
const FORMAT: i64 = 1;
/// How long a write of somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLE: &str = "CREATE TABLE binding (
    realm TEXT NOT NULL, task TEXT NOT NULL, key TEXT NOT NULL, natural_key TEXT NOT NULL, lookup TEXT NOT NULL,
    id TEXT, kept TEXT NOT NULL DEFAULT '{}', holder TEXT, intended_ms INTEGER NOT NULL, bound_ms INTEGER,
    PRIMARY KEY (realm, task, key), UNIQUE (realm, task, natural_key), UNIQUE (realm, task, id),
    CHECK ((id IS NULL) = (bound_ms IS NULL))
) STRICT";

/// Opens a ledger, and makes it first where there is none or only an empty file.
pub(super) fn open(path: &Path, flags: OpenFlags) -> Result<Connection, LedgerError> {
    let failed = |err| meaning(path, &err);
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    make(&mut connection, path)?;
    log_ahead(&connection).map_err(failed)?;
    Ok(connection)
}

/// Whose file it is, and its table: in one transaction, so that of several processes one makes it.
fn make(connection: &mut Connection, path: &Path) -> Result<(), LedgerError> {
    let failed = |err| meaning(path, &err);
    let known = |connection: &Connection| match names(connection).map_err(failed)? {
        (APPLICATION, FORMAT, _) => Ok(true),
        (APPLICATION, found, _) => Err(LedgerError::Newer { path: path.to_owned(), found }),
        (_, _, 0) => Ok(false),
        _ => Err(LedgerError::NotALedger { path: path.to_owned() }),
    };
    if known(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if !known(&transaction)? {
        let names = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; {TABLE};");
        transaction.execute_batch(&names).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

/// The file's `application_id`, its `user_version` and how many tables it has: asked at once, since another process may make it in between.
fn names(connection: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    const ASK: &str = "SELECT (SELECT application_id FROM pragma_application_id),
        (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)";
    connection.query_row(ASK, (), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

/// The write-ahead log: a commit is one flush to the disk. SQLite does not wait by itself when several processes change to it at once.
fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;") {
            Err(err) if is_busy(&err) && start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(5)),
            result => return result,
        }
    }
}

fn is_busy(err: &rusqlite::Error) -> bool {
    matches!(err.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// What an error of SQLite means here.
pub(super) fn meaning(path: &Path, err: &rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    match err.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Locked { path },
        Some(ErrorCode::NotADatabase) => LedgerError::NotALedger { path },
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Damaged { path, what: err.to_string() },
        _ => LedgerError::Failed { path, said: err.to_string() },
    }
}
