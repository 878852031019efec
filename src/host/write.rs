//! Writing files: whole or not at all.

use crate::diagnostic::{Diagnostic, codes};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is there already, and would be lost.
    #[error("`{}` is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The system refused it.
    #[error("`{}` cannot be written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<WriteError> for Diagnostic {
    fn from(err: WriteError) -> Self {
        let diagnostic = Self::new(codes::E0651, err.to_string());
        match &err {
            WriteError::Exists { .. } => diagnostic.help("give another name, or move the file away"),
            WriteError::Io { source, .. } => diagnostic.help(format!("the system says: {source}")),
        }
    }
}

/// Writes a text in the place of a file: after a crash it holds the old text or the new one, never a part. Permissions
/// stay; of a link, the file that it leads to is written.
///
/// # Errors
/// [`WriteError::Io`].
pub fn replace_text(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |source| WriteError::Io { path: path.to_owned(), source };
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let unnamed = beside(&target);
    let written = write_to(&unnamed, text.as_bytes())
        .and_then(|()| match fs::metadata(&target) {
            Ok(old) => fs::set_permissions(&unnamed, old.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&unnamed, &target));
    written.map_err(|err| {
        // What is half written is of no use to anybody.
        let _ = fs::remove_file(&unnamed);
        failed(err)
    })
}

/// Writes a file that is not there yet.
///
/// # Errors
/// [`WriteError::Exists`] when it is, and [`WriteError::Io`].
pub fn write_new_text(path: &Path, text: &str) -> Result<(), WriteError> {
    write_to(path, text.as_bytes()).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => WriteError::Exists { path: path.to_owned() },
        _ => WriteError::Io { path: path.to_owned(), source },
    })
}

fn write_to(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name beside a file that nothing else has.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{:x}", std::process::id(), fastrand::u64(..)));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("a.yaml");
        write_new_text(&path, "one").expect("a new file");
        assert!(matches!(write_new_text(&path, "two"), Err(WriteError::Exists { .. })));
        replace_text(&path, "two").expect("an old file");
        assert_eq!(fs::read_to_string(&path).expect("the file"), "two");
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
        assert!(matches!(replace_text(&folder.path().join("no/a"), ""), Err(WriteError::Io { .. })));
    }
}
