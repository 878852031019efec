//! Files for the eyes of the user alone, in the user's cache.

use super::write::{WriteError, beside};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of the program in the user's cache: `legwork` in `XDG_CACHE_HOME` (`~/.cache`).
#[must_use]
pub fn cache_folder() -> Option<PathBuf> {
    base("XDG_CACHE_HOME", ".cache").map(|base| base.join("legwork"))
}

/// The folder that a variable of the environment names, or the usual one below the home folder.
pub(super) fn base(variable: &str, usual: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| std::env::home_dir().map(|home| home.join(usual)))
}

/// Writes a text in the place of a file that only the user may read, and makes its folders: whoever reads it finds the old text
/// or the new one, never a part.
///
/// # Errors
/// [`WriteError::Io`].
pub fn write_private(path: &Path, text: &str) -> Result<(), WriteError> {
    let unnamed = beside(path);
    let written = make_folders(path).and_then(|()| write(&unnamed, text)).and_then(|()| fs::rename(&unnamed, path));
    written.map_err(|source| {
        // What is half written is of no use to anybody.
        let _ = fs::remove_file(&unnamed);
        WriteError::Io { path: path.to_owned(), source }
    })
}

fn make_folders(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    path.parent().map_or(Ok(()), |folder| builder.create(folder))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn only_the_user_may_read_it_and_it_is_replaced_as_a_whole() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("a/b/c.http");
        for text in ["one", "two"] {
            write_private(&path, text).expect("a file");
            assert_eq!(fs::read_to_string(&path).expect("the file"), text);
        }
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.path().join("a"))), (0o600, 0o700));
        assert_eq!(fs::read_dir(folder.path().join("a/b")).expect("the folder").count(), 1);
    }
}
