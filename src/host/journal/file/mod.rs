//! The file that a durable run writes: numbered records in one SQLite database, each batch on disk before the call returns.
//!
//! It knows nothing of workflows: a record is a kind, a time and a text. Records are only ever added. One process at a time holds
//! the file; after a kill at any point it holds every batch that was acknowledged, and no part of one that was not.
//! Start with [`JournalFile::create`] and [`JournalFile::open`].
//!
//! **Format 1.** `application_id` is `LGWK`, `user_version` the format. One table `record (number, time_ms, kind, content, digest)`, numbered
//! from 1 without gaps. `digest` is the SHA-256 of the digest before it and the record, so that an altered, missing or exchanged
//! record is noticed. Write-ahead log, `synchronous = FULL`: a commit costs one flush to the disk.

mod open;

use super::{JournalError, NewRecord, OldRecord};
use crate::host::kill::{self, Stage};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const INSERT: &str = "INSERT INTO record (number, time_ms, kind, content, digest) VALUES (?, ?, ?, ?, ?)";

/// An open journal. Nobody else can open it until it is dropped.
#[derive(Debug)]
pub struct JournalFile {
    connection: Connection,
    path: PathBuf,
    written: i64,
    last: Vec<u8>,
    kill: kill::Point,
}

impl JournalFile {
    /// Makes a journal where there is none, or only an empty file.
    ///
    /// # Errors
    /// [`JournalError::Occupied`] when it holds records, whose run must be gone on with; else why it cannot be made.
    pub fn create(path: &Path) -> Result<Self, JournalError> {
        open::create(path)
    }

    /// Opens a journal, and reads all its records.
    ///
    /// # Errors
    /// Any [`JournalError`] but [`JournalError::Occupied`]; nothing was changed then.
    pub fn open(path: &Path) -> Result<(Self, Vec<OldRecord>), JournalError> {
        open::open(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes records as one batch: all of them are on disk when it returns, or none is ever seen.
    ///
    /// # Errors
    /// Why they could not be written: a full disk, a failing one.
    pub fn append(&mut self, records: &[NewRecord]) -> Result<(), JournalError> {
        self.kill.pass(Stage::Before);
        let mut last = self.last.clone();
        let mut number = self.written;
        let path = &self.path;
        let failed = |err: rusqlite::Error| meaning(path, &err);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut insert = transaction.prepare(INSERT).map_err(failed)?;
        for record in records {
            number += 1;
            last = seal(&last, number, record.time_ms, record.kind, &record.content);
            insert.execute((number, record.time_ms, record.kind, &record.content, &last)).map_err(failed)?;
        }
        drop(insert);
        self.kill.pass(Stage::Within);
        transaction.commit().map_err(failed)?;
        (self.last, self.written) = (last, number);
        self.kill.pass(Stage::After);
        Ok(())
    }
}

/// A name for a text by what it holds: its SHA-256 in hexadecimal digits.
#[must_use]
pub fn content_hash(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::with_capacity(64), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

/// What an error of SQLite means here.
fn meaning(path: &Path, err: &rusqlite::Error) -> JournalError {
    let (path, said) = (path.to_owned(), err.to_string());
    let extended = err.sqlite_error().map_or(0, |err| err.extended_code);
    match err.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::Locked { path },
        Some(ErrorCode::NotADatabase) => JournalError::NotAJournal { path },
        Some(ErrorCode::DiskFull) => JournalError::Full { path, said },
        // A limit of the system on the size of files (EFBIG) comes as a failed write.
        Some(ErrorCode::SystemIoFailure) if extended == rusqlite::ffi::SQLITE_IOERR_WRITE => {
            JournalError::Full { path, said }
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            JournalError::ReadOnly { path, said }
        }
        Some(ErrorCode::DatabaseCorrupt) => JournalError::Damaged { path, what: said },
        _ => JournalError::Failed { path, said },
    }
}

/// The digest of a record and everything before it.
fn seal(last: &[u8], number: i64, time_ms: i64, kind: &str, content: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(last.len() + kind.len() + content.len() + 17);
    bytes.extend_from_slice(last);
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend_from_slice(&time_ms.to_le_bytes());
    bytes.extend_from_slice(kind.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(content.as_bytes());
    digest(&SHA256, &bytes).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn record(content: &str) -> NewRecord {
        NewRecord { time_ms: 7, kind: "event", content: content.to_owned() }
    }

    fn folder() -> TempDir {
        tempfile::tempdir().expect("a scratch folder")
    }

    fn written(path: &Path, contents: &[&str]) {
        let mut file = JournalFile::create(path).expect("a new journal");
        for content in contents {
            file.append(&[record(content)]).expect("written");
        }
    }

    fn contents(path: &Path) -> Vec<String> {
        let (_, records) = JournalFile::open(path).expect("a journal");
        records.into_iter().map(|record| record.content).collect()
    }

    /// Alters the file by SQL, as nobody should.
    fn alter(path: &Path, sql: &str) {
        let connection = Connection::open(path).expect("a database");
        connection.execute_batch(sql).expect("altered");
    }

    /// The word of the error that opening the file gives.
    #[track_caller]
    fn check(path: &Path, expected: &str) {
        let err = JournalFile::open(path).map(|_| ()).expect_err("an error");
        let shown = format!("{err:?}");
        assert!(shown.starts_with(expected), "{shown}, not {expected}");
    }

    #[test]
    fn what_was_written_is_read_again_in_order() {
        let folder = folder();
        let path = folder.path().join("a.journal");
        written(&path, &["one", "two"]);
        let (mut file, records) = JournalFile::open(&path).expect("a journal");
        assert_eq!(records.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 2]);
        file.append(&[record("three"), record("four")]).expect("written");
        drop(file);
        assert_eq!(contents(&path), ["one", "two", "three", "four"]);
    }

    #[test]
    fn a_journal_is_one_file_when_it_is_closed() {
        let folder = folder();
        written(&folder.path().join("a.journal"), &["one"]);
        let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn a_second_holder_is_refused() {
        let folder = folder();
        let path = folder.path().join("a.journal");
        let mut file = JournalFile::create(&path).expect("a new journal");
        check(&path, "Locked");
        file.append(&[record("one")]).expect("written");
        check(&path, "Locked");
        assert!(matches!(JournalFile::create(&path), Err(JournalError::Locked { .. })));
        drop(file);
        assert!(matches!(JournalFile::create(&path), Err(JournalError::Occupied { .. })));
    }

    #[test]
    fn a_file_that_is_no_journal_is_refused_and_kept() {
        let folder = folder();
        let path = folder.path().join("a.journal");
        check(&path, "Missing");
        std::fs::write(&path, "").expect("written");
        check(&path, "Empty");
        std::fs::write(&path, "name: a workflow\n").expect("written");
        check(&path, "NotAJournal");
        assert!(matches!(JournalFile::create(&path), Err(JournalError::NotAJournal { .. })));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "name: a workflow\n");
        check(folder.path(), "Folder");
    }

    #[test]
    fn another_program_s_database_is_refused_and_kept() {
        let folder = folder();
        let path = folder.path().join("a.db");
        alter(&path, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
        let before = std::fs::read(&path).expect("read");
        check(&path, "Foreign");
        assert!(matches!(JournalFile::create(&path), Err(JournalError::Foreign { .. })));
        assert_eq!(std::fs::read(&path).expect("read"), before);
    }

    #[test]
    fn a_newer_format_is_refused_with_its_number() {
        let folder = folder();
        let path = folder.path().join("a.journal");
        written(&path, &["one"]);
        alter(&path, "PRAGMA user_version = 9");
        check(&path, "Newer { path");
    }

    #[test]
    fn damage_is_noticed() {
        let folder = folder();
        for (name, sql) in [
            ("altered", "UPDATE record SET content = 'uno' WHERE number = 1"),
            ("missing", "DELETE FROM record WHERE number = 2"),
            ("exchanged", "UPDATE record SET time_ms = 8 WHERE number = 3"),
            ("without its table", "DROP TABLE record"),
        ] {
            let path = folder.path().join(name);
            written(&path, &["one", "two", "three"]);
            alter(&path, sql);
            check(&path, "Damaged");
        }
        let path = folder.path().join("cut");
        written(&path, &["one", &"two ".repeat(5000), "three"]);
        let bytes = std::fs::read(&path).expect("read");
        std::fs::write(&path, bytes.get(..bytes.len() / 2).expect("half of it")).expect("written");
        check(&path, "Damaged");
    }

    #[test]
    fn a_full_disk_loses_nothing_that_was_acknowledged() {
        let folder = folder();
        let path = folder.path().join("a.journal");
        let mut file = JournalFile::create(&path).expect("a new journal");
        file.append(&[record("one")]).expect("written");
        file.connection.execute_batch("PRAGMA max_page_count = 3").expect("a small disk");
        let failed = file.append(&[record(&"two ".repeat(50_000))]).expect_err("no room");
        assert!(matches!(failed, JournalError::Full { .. }), "{failed:?}");
        file.append(&[record("three")]).expect("a small one fits");
        drop(file);
        assert_eq!(contents(&path), ["one", "three"]);
    }
}
