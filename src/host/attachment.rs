//! Files that a request sends: only those in the current folder and below it, since a request may be made of what others wrote.

use std::io;
use std::path::{Component, Path};

/// Why a file is not sent.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// An absolute path, one with `..`, or a link that leads away.
    #[error("it lies outside the current folder")]
    Outside,
    /// There is none.
    #[error("there is no such file")]
    NotFound,
    /// The system refused it.
    #[error("the system says: {0}")]
    Io(#[source] io::Error),
}

impl From<io::Error> for AttachmentError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::NotFound } else { Self::Io(error) }
    }
}

/// The bytes of a file in the current folder or below it.
///
/// # Errors
/// [`AttachmentError`] says why it is not sent.
pub fn read_attachment(path: &Path) -> Result<Vec<u8>, AttachmentError> {
    let below = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !path.components().all(below) {
        return Err(AttachmentError::Outside);
    }
    // A link below the folder may lead out of it.
    let (folder, file) = (std::env::current_dir()?.canonicalize()?, path.canonicalize()?);
    if !file.starts_with(folder) {
        return Err(AttachmentError::Outside);
    }
    Ok(std::fs::read(file)?)
}
