//! Making and opening a journal: first whose file it is, then the lock, then whether it is whole.

use super::{JournalFile, meaning, seal};
use crate::host::journal::{FORMAT, JournalError, OldRecord};
use crate::host::kill;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// `LGWK`, SQLite's `application_id` of a journal.
const APPLICATION: i64 = 0x4C47_574B;
/// What every SQLite file starts with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where its header holds the `application_id`, a big-endian number.
const APPLICATION_AT: usize = 68;
const HEADER: usize = 100;

/// What stands at a path.
enum Found {
    Nothing,
    Empty,
    Journal,
}

pub(super) fn create(path: &Path) -> Result<JournalFile, JournalError> {
    if matches!(look(path)?, Found::Journal) {
        match open(path) {
            Ok(_) => return Err(JournalError::Occupied { path: path.to_owned() }),
            Err(JournalError::Empty { .. }) => {}
            Err(err) => return Err(err),
        }
    }
    let failed = |err| meaning(path, &err);
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    // Before the write-ahead log: the name of the format must stand in the file itself, whenever the process is killed.
    connection.execute_batch(&make()).map_err(failed)?;
    log_ahead(&connection).map_err(failed)?;
    keep_name(path);
    Ok(JournalFile {
        connection,
        path: path.to_owned(),
        written: 0,
        last: Vec::new(),
        kill: kill::Point::from_env("LEGWORK_KILL_AT"),
    })
}

fn make() -> String {
    format!(
        "BEGIN EXCLUSIVE;
         PRAGMA application_id = {APPLICATION};
         PRAGMA user_version = {FORMAT};
         CREATE TABLE IF NOT EXISTS record (
             number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, kind TEXT NOT NULL,
             content TEXT NOT NULL, digest BLOB NOT NULL
         ) STRICT;
         COMMIT;"
    )
}

pub(super) fn open(path: &Path) -> Result<(JournalFile, Vec<OldRecord>), JournalError> {
    let own = || path.to_owned();
    match look(path)? {
        Found::Nothing => return Err(JournalError::Missing { path: own() }),
        Found::Empty => return Err(JournalError::Empty { path: own() }),
        Found::Journal => {}
    }
    let failed = |err| meaning(path, &err);
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    match found {
        // Its making was cut off.
        0 => return Err(JournalError::Empty { path: own() }),
        1..=FORMAT => {}
        _ => return Err(JournalError::Newer { path: own(), found }),
    }
    log_ahead(&connection).map_err(failed)?;
    let records = read(&connection).map_err(|err| JournalError::Damaged { path: own(), what: err.to_string() })?;
    let last = whole(&records).map_err(|what| JournalError::Damaged { path: own(), what })?;
    if records.is_empty() {
        return Err(JournalError::Empty { path: own() });
    }
    let written = i64::try_from(records.len()).unwrap_or(i64::MAX);
    let records = records.into_iter().map(|(record, _)| record).collect();
    Ok((
        JournalFile { connection, path: own(), written, last, kill: kill::Point::from_env("LEGWORK_KILL_AT") },
        records,
    ))
}

/// What stands there, by its first bytes: SQLite is not let near a file that is not ours.
fn look(path: &Path) -> Result<Found, JournalError> {
    let own = || path.to_owned();
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(JournalError::Folder { path: own() }),
        Ok(metadata) if metadata.len() == 0 => return Ok(Found::Empty),
        Ok(_) => {}
        Err(_) => return Ok(Found::Nothing),
    }
    let mut header = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
    if read.is_err() || !header.starts_with(MAGIC) {
        return Err(JournalError::NotAJournal { path: own() });
    }
    let id = header.get(APPLICATION_AT..APPLICATION_AT + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    match id.map(|bytes| i64::from(u32::from_be_bytes(bytes))) {
        Some(APPLICATION) => Ok(Found::Journal),
        _ => Err(JournalError::Foreign { path: own() }),
    }
}

/// A connection that holds the file alone until it is closed.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, JournalError> {
    let failed = |err| meaning(path, &err);
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(Duration::from_millis(100)).map_err(failed)?;
    // Exclusive before the log is first used: no shared memory is needed then, and the lock of a killed process is gone with it.
    connection
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT;")
        .map_err(failed)?;
    Ok(connection)
}

/// With a write-ahead log a commit is one flush to the disk, where a rollback journal takes three.
fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("PRAGMA journal_mode = WAL;")
}

type Sealed = (OldRecord, Vec<u8>);

fn read(connection: &Connection) -> rusqlite::Result<Vec<Sealed>> {
    let mut select = connection.prepare("SELECT number, time_ms, kind, content, digest FROM record ORDER BY number")?;
    let rows = select.query_map((), |row| {
        let record = OldRecord { number: row.get(0)?, time_ms: row.get(1)?, kind: row.get(2)?, content: row.get(3)? };
        Ok((record, row.get(4)?))
    })?;
    rows.collect()
}

/// Follows the chain of digests, and gives the last one.
fn whole(records: &[Sealed]) -> Result<Vec<u8>, String> {
    let mut last = Vec::new();
    for (at, (record, digest)) in (1..).zip(records) {
        if record.number != at {
            return Err(format!("record {at} is missing"));
        }
        last = seal(&last, at, record.time_ms, &record.kind, &record.content);
        if last != *digest {
            return Err(format!("record {at} was altered"));
        }
    }
    Ok(last)
}

/// Makes the file's name itself survive a loss of power. A system that cannot do that for folders keeps names by itself.
fn keep_name(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
