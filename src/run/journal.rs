//! A run in a file: begun, taken up again, with the texts that it is made of.

use super::record::{Started, kind, read};
use super::recorder::{Recorder, Sink};
use super::replay::ReplayError;
use super::resume::Resumed;
use super::runner::Runner;
use crate::host::journal::file::{JournalFile, content_hash};
use crate::host::journal::{JournalError, OldRecord};
use crate::plan::Plan;
use crate::secret::{Named, Redactor, Secret, SecretStore};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// A text that a run is made of: a definition. The run keeps it, so that a changed file changes no run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptText {
    /// What it is to the run, in the program's words.
    pub role: String,
    /// Its file's name.
    pub name: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub hash: String,
    /// The text.
    pub text: String,
}

impl KeptText {
    /// A text with its hash.
    #[must_use]
    pub fn new(role: &str, name: &str, text: &str) -> Self {
        Self { role: role.to_owned(), name: name.to_owned(), hash: content_hash(text), text: text.to_owned() }
    }

    /// Whether another text is the same.
    #[must_use]
    pub fn is_same(&self, text: &str) -> bool {
        content_hash(text) == self.hash
    }
}

const TEXT: &str = "text";

/// Makes a journal for a new run. `secrets` are those that its records may name.
///
/// # Errors
/// Why the file cannot be made; [`JournalError::Occupied`] when it holds a run already.
pub fn begin(path: &Path, texts: &[KeptText], secrets: Named, redactor: Redactor) -> Result<Recorder, JournalError> {
    let mut recorder = Recorder::new(sink(JournalFile::create(path)?), secrets, redactor);
    for text in texts {
        recorder.keep(TEXT, text);
    }
    Ok(recorder)
}

/// A journal that holds a run.
pub struct Journal {
    file: JournalFile,
    records: Vec<OldRecord>,
}

impl Journal {
    /// Opens the journal of a run that has begun.
    ///
    /// # Errors
    /// Why the file cannot be used; nothing was changed then.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let (file, records) = JournalFile::open(path)?;
        Ok(Self { file, records })
    }

    /// The texts that the run is made of.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn texts(&self, secrets: &dyn SecretStore) -> Result<Vec<KeptText>, ReplayError> {
        let texts = self.records.iter().filter(|record| record.kind == TEXT);
        texts.map(|record| content(record, secrets)).collect()
    }

    /// What the program noted when it began the run.
    ///
    /// # Errors
    /// When there is no start, or its record cannot be read.
    pub fn settings(&self, secrets: &dyn SecretStore) -> Result<Value, ReplayError> {
        let start = self.records.iter().find(|record| record.kind == kind::START).ok_or(ReplayError::NoStart)?;
        Ok(content::<Started>(start, secrets)?.settings)
    }

    /// Takes the run up again, as [`Runner::replay`] does.
    ///
    /// # Errors
    /// When the records do not give the run again.
    pub fn replay(self, runner: &Runner, plan: &Arc<Plan>, secrets: Named) -> Result<Resumed, ReplayError> {
        runner.replay(plan, &self.records, sink(self.file), secrets)
    }
}

/// Gives no secret: to read what is needed before they are known.
#[derive(Debug, Clone, Copy)]
pub struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

fn sink(mut file: JournalFile) -> Sink {
    Box::new(move |records| file.append(records))
}

fn content<T: serde::de::DeserializeOwned>(record: &OldRecord, secrets: &dyn SecretStore) -> Result<T, ReplayError> {
    read(&record.content, secrets).map_err(|source| ReplayError::Unreadable { number: record.number, source })
}
