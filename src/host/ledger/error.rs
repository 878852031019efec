//! What can go wrong with a ledger.

use crate::host::database::DatabaseError;
use std::path::PathBuf;

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The program was built without it.
    #[error("`{}` cannot be used: this legwork was built without ledgers", path.display())]
    NotBuilt {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("no ledger `{}`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It is something else.
    #[error("`{}` is not a ledger", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// A newer version wrote it.
    #[error("the ledger `{}` has format {found}, which this version does not read", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
    },
    /// Somebody else is writing, for longer than anybody should.
    #[error("the ledger `{}` is locked by another process", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file of a holder cannot be made.
    #[error("the folder `{}` of the ledger's holders cannot be written", path.display())]
    Holders {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The disk is full or fails, or the file cannot be written.
    #[error("the ledger `{}` cannot be read or written: {said}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the system said.
        said: String,
    },
    /// Somebody else holds the key by now: the session with the database was lost for too long.
    #[error("somebody else has taken over the key `{key}`")]
    TakenOver {
        /// Our key.
        key: String,
    },
    /// The database that it is kept in cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// It holds what this program never writes.
    #[error("the ledger `{}` is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl LedgerError {
    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotBuilt { .. } => "build it with the feature `journal`, which the default build has",
            Self::Missing { .. } => "check the path; `--ledger FILE` of `legwork run` makes one",
            Self::NotALedger { .. } => "nothing was changed in it; name another file",
            Self::Newer { .. } => "use the version that wrote it, or a newer one",
            Self::Locked { .. } => "try again; when it stays so, end the process that holds it: nothing is lost",
            Self::Holders { .. } | Self::Failed { .. } => "name a file in a folder of a local disk that can be written",
            Self::TakenOver { .. } => "try again: it is looked up then",
            Self::Database(err) => err.help(),
            Self::Damaged { .. } => "take it from a backup: without it a second user may be made for a key",
        }
    }
}
