//! What can go wrong with a journal's file: each a sentence of its own.

use super::FORMAT;
use std::path::PathBuf;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is no such file.
    #[error("no journal `{}`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is there, and nothing was ever written to it.
    #[error("the journal `{}` is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It is a folder.
    #[error("`{}` is a folder, not a journal", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// It holds a run already.
    #[error("the journal `{}` holds a run already", path.display())]
    Occupied {
        /// The file.
        path: PathBuf,
    },
    /// It is something else.
    #[error("`{}` is not a journal", path.display())]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// It is another program's database.
    #[error("`{}` is a database of another program, not a journal", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer version wrote it.
    #[error("the journal `{}` has format {found}, and this version reads up to {FORMAT}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
    },
    /// Another process holds it.
    #[error("the journal `{}` is in use by another process", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Something was altered, or is missing.
    #[error("the journal `{}` is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, a few words.
        what: String,
    },
    /// The disk is full, or a limit is reached.
    #[error("the journal `{}` cannot be written: there is no room left", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        said: String,
    },
    /// It may not be written.
    #[error("the journal `{}` cannot be written: the file or its folder is read-only, or not there", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        said: String,
    },
    /// The disk failed otherwise.
    #[error("the journal `{}` cannot be read or written", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        said: String,
    },
}

impl JournalError {
    /// Whether the journal was never touched by a run: what stands in it, or does not, is the user's to mend.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Full { .. } | Self::Failed { .. })
    }

    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Missing { .. } => "check the path; `legwork run FILE --journal JOURNAL` makes one".to_owned(),
            Self::Empty { .. } => {
                "its run never started and nothing was sent: start it again with `legwork run FILE --journal JOURNAL`"
                    .to_owned()
            }
            Self::Folder { .. } => "name a file in it".to_owned(),
            Self::Occupied { path } => {
                format!("go on with it: `legwork resume {}`; or name another file for a new run", path.display())
            }
            Self::NotAJournal { .. } | Self::Foreign { .. } => {
                "nothing was changed in it; name another file".to_owned()
            }
            Self::Newer { .. } => "go on with it in the version that wrote it, or a newer one".to_owned(),
            Self::Locked { .. } => {
                "wait until the other process has ended, or end it: nothing is lost when it is killed".to_owned()
            }
            Self::Damaged { .. } => {
                "take it from a backup; it cannot tell any more what was sent, so look there before you start again"
                    .to_owned()
            }
            Self::Full { path, .. } => {
                format!("make room, then go on with `legwork resume {}`: everything before is kept", path.display())
            }
            Self::ReadOnly { .. } => "name a file in a folder that is there and can be written".to_owned(),
            Self::Failed { said, .. } => format!("the system says: {said}"),
        }
    }
}
