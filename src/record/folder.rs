//! A folder of recordings, read.

use super::exchange::{Malformed, Recorded};
use super::name;
use crate::host::ReadError;
use crate::host::recordings;
use std::io;
use std::path::{Path, PathBuf};

/// Why a folder of recordings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It holds none.
    #[error("there are no recordings in `{}`", folder.display())]
    Empty {
        /// The folder.
        folder: PathBuf,
    },
    /// One cannot be read.
    #[error("a recording cannot be read")]
    Read(#[from] ReadError),
    /// One is none.
    #[error("`{}` is no recording: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Malformed,
    },
    /// One cannot be written.
    #[error("a recording cannot be written to `{}`", folder.display())]
    Write {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FolderError {
    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Empty { .. } => "make them with `legwork run FILE --record DIR`".to_owned(),
            Self::Read(err) => format!("{err}; {}", err.help()),
            Self::Malformed { .. } => "record it again, or take the file away".to_owned(),
            Self::Write { source, .. } => format!("the system says: {source}"),
        }
    }
}

/// Sees that recordings can be written to a folder, which is made when there is none. Ask before the first call is made.
///
/// # Errors
/// [`FolderError::Write`] when they cannot.
pub fn prepare(folder: &Path) -> Result<(), FolderError> {
    recordings::make_folder(folder).map_err(|source| FolderError::Write { folder: folder.to_owned(), source })
}

/// The recordings of a folder: calls of one kind in the order in which they were made.
///
/// # Errors
/// [`FolderError`] when there is none, or one cannot be used.
pub fn load(folder: &Path) -> Result<Vec<Recorded>, FolderError> {
    let mut names = recordings::names(folder)?;
    names.sort_by(|left, right| name::parts(left).cmp(&name::parts(right)));
    let read = |name: &String| {
        let text = recordings::read(folder, name)?;
        let malformed = |problem| FolderError::Malformed { path: folder.join(name), problem };
        Recorded::parse(name, &text).map_err(malformed)
    };
    let all: Vec<Recorded> = names.iter().map(read).collect::<Result<_, FolderError>>()?;
    if all.is_empty() { Err(FolderError::Empty { folder: folder.to_owned() }) } else { Ok(all) }
}
