//! What a worker must not forget: tasks that it has begun, and results that the server does not have yet, in one SQLite file.
//!
//! A row begins when the task's call may go out, holds the result when there is one, and goes when the server has it. After a kill at
//! any point, a row without a result is a task whose call may have been carried out; one with a result is never carried out again.
//! No input stands in it, and results are masked before they come here. One process at a time holds the file.
//!
//! **Format 1.** `application_id` is `LGWO`, `user_version` the format. One table `task (task_id, workflow_id, queue, begun_ms, result)`.
//! Write-ahead log, `synchronous = FULL`: a commit costs one flush to the disk, however many changes it holds.

use super::journal::JournalError;
use super::kill::{self, Stage};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `LGWO`, SQLite's `application_id` of such a file.
const APPLICATION: i64 = 0x4C47_574F;
/// The format that this version writes and reads.
const FORMAT: i64 = 1;

/// A file that is open. Nobody else can open it until it is dropped.
#[derive(Debug)]
pub struct Outbox {
    connection: Connection,
    path: PathBuf,
    kill: kill::Point,
}

/// A task that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The task.
    pub task_id: String,
    /// The execution it belongs to.
    pub workflow_id: String,
    /// The queue it was polled from.
    pub queue: String,
    /// When, milliseconds since 1970.
    pub begun_ms: i64,
    /// What is to be told about it, JSON; `None` while nobody knows what came of it.
    pub result: Option<String>,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The task's call may go out from now on.
    Begin(Begun),
    /// The task has its result, JSON.
    Finish {
        /// The task.
        task_id: String,
        /// What is to be told.
        result: String,
    },
    /// The server has it, or wants it no more.
    Forget {
        /// The task.
        task_id: String,
    },
}

impl Outbox {
    /// Opens a file, makes it when there is none, and gives everything in it, the oldest first.
    ///
    /// # Errors
    /// Why it cannot be used; a file that is something else was not changed.
    pub fn open(path: &Path) -> Result<(Self, Vec<Begun>), JournalError> {
        let failed = |err: rusqlite::Error| meaning(path, &err);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(Duration::from_millis(100)).map_err(failed)?;
        // Exclusive before the log is first used: the lock of a killed process is gone with it.
        let alone = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT;";
        connection.execute_batch(alone).map_err(failed)?;
        make(&connection, path)?;
        connection.execute_batch("PRAGMA journal_mode = WAL;").map_err(failed)?;
        let begun = read(&connection).map_err(failed)?;
        let kill = kill::Point::from_env("LEGWORK_KILL_WORKER_AT");
        Ok((Self { connection, path: path.to_owned(), kill }, begun))
    }

    /// Makes changes as one batch: all of them are on disk when it returns, or none is ever seen.
    ///
    /// # Errors
    /// Why they could not be written: a full disk, a failing one.
    pub fn apply<'c>(&mut self, changes: impl IntoIterator<Item = &'c Change>) -> Result<(), JournalError> {
        self.kill.pass(Stage::Before);
        let path = &self.path;
        let failed = |err: rusqlite::Error| meaning(path, &err);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        changes.into_iter().try_for_each(|change| put(&transaction, change)).map_err(failed)?;
        self.kill.pass(Stage::Within);
        transaction.commit().map_err(failed)?;
        self.kill.pass(Stage::After);
        Ok(())
    }
}

fn put(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Begin(Begun { task_id, workflow_id, queue, begun_ms, result }) => {
            let sql =
                "INSERT OR REPLACE INTO task (task_id, workflow_id, queue, begun_ms, result) VALUES (?, ?, ?, ?, ?)";
            transaction.execute(sql, params![task_id, workflow_id, queue, begun_ms, result])?;
        }
        Change::Finish { task_id, result } => {
            transaction.execute("UPDATE task SET result = ?2 WHERE task_id = ?1", [task_id, result])?;
        }
        Change::Forget { task_id } => {
            transaction.execute("DELETE FROM task WHERE task_id = ?", [task_id])?;
        }
    }
    Ok(())
}

/// Whose file it is, and its table where there is none.
fn make(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    const ASK: &str = "SELECT (SELECT application_id FROM pragma_application_id),
        (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)";
    let failed = |err: rusqlite::Error| meaning(path, &err);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let names: (i64, i64, i64) = connection.query_row(ASK, (), row).map_err(failed)?;
    match names {
        (APPLICATION, FORMAT, _) => Ok(()),
        (APPLICATION, found, _) => Err(JournalError::Newer { path: path.to_owned(), found }),
        (_, _, 0) => {
            let table = format!(
                "BEGIN EXCLUSIVE;
                 PRAGMA application_id = {APPLICATION};
                 PRAGMA user_version = {FORMAT};
                 CREATE TABLE task (
                     task_id TEXT NOT NULL PRIMARY KEY, workflow_id TEXT NOT NULL, queue TEXT NOT NULL,
                     begun_ms INTEGER NOT NULL, result TEXT
                 ) STRICT, WITHOUT ROWID;
                 COMMIT;"
            );
            connection.execute_batch(&table).map_err(failed)
        }
        _ => Err(JournalError::Foreign { path: path.to_owned() }),
    }
}

fn read(connection: &Connection) -> rusqlite::Result<Vec<Begun>> {
    let sql = "SELECT task_id, workflow_id, queue, begun_ms, result FROM task ORDER BY begun_ms, task_id";
    let mut select = connection.prepare(sql)?;
    let rows = select.query_map((), |row| {
        let (task_id, workflow_id, queue) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Begun { task_id, workflow_id, queue, begun_ms: row.get(3)?, result: row.get(4)? })
    })?;
    rows.collect()
}

/// What an error of SQLite means here.
fn meaning(path: &Path, err: &rusqlite::Error) -> JournalError {
    let (path, said) = (path.to_owned(), err.to_string());
    match err.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::Locked { path },
        Some(ErrorCode::NotADatabase) => JournalError::NotAJournal { path },
        Some(ErrorCode::DiskFull) => JournalError::Full { path, said },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            JournalError::ReadOnly { path, said }
        }
        Some(ErrorCode::DatabaseCorrupt) => JournalError::Damaged { path, what: said },
        _ => JournalError::Failed { path, said },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(task_id: &str, result: Option<&str>) -> Begun {
        let text = str::to_owned;
        Begun {
            task_id: text(task_id),
            workflow_id: text("w"),
            queue: text("q"),
            begun_ms: 7,
            result: result.map(text),
        }
    }

    fn finish(task_id: &str) -> Change {
        Change::Finish { task_id: task_id.to_owned(), result: "{}".to_owned() }
    }

    #[track_caller]
    fn check(path: &Path, changes: &[Change], expected: &[Begun]) {
        let (mut outbox, _) = Outbox::open(path).expect("an outbox");
        outbox.apply(changes).expect("written");
        drop(outbox);
        let (_, found) = Outbox::open(path).expect("an outbox");
        assert_eq!(found, expected);
    }

    #[test]
    fn what_was_begun_stays_until_it_is_forgotten() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("worker.journal");
        let begin = |id: &str| Change::Begin(begun(id, None));
        check(&path, &[begin("a"), begin("b")], &[begun("a", None), begun("b", None)]);
        check(&path, &[finish("b"), finish("unknown")], &[begun("a", None), begun("b", Some("{}"))]);
        let forget = |id: &str| Change::Forget { task_id: id.to_owned() };
        check(&path, &[forget("b"), forget("unknown")], &[begun("a", None)]);
    }

    #[test]
    fn a_second_holder_and_another_file_are_refused() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("worker.journal");
        let (_outbox, _) = Outbox::open(&path).expect("an outbox");
        assert!(matches!(Outbox::open(&path), Err(JournalError::Locked { .. })));
        let other = folder.path().join("other");
        std::fs::write(
            &other,
            "name: a workflow, and long enough to be looked at as one page of something\n".repeat(99),
        )
        .expect("written");
        assert!(matches!(Outbox::open(&other), Err(JournalError::NotAJournal { .. })));
        let database = folder.path().join("database");
        Connection::open(&database).and_then(|db| db.execute_batch("CREATE TABLE t (x)")).expect("a database");
        assert!(matches!(Outbox::open(&database), Err(JournalError::Foreign { .. })));
    }
}
