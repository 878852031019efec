//! Whether the holder of a key lives: each keeps a file of its own locked, and the system takes the lock away with the process.

use crate::host;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A locked file; dropping it, or the end of the process, tells everybody that its holder is gone.
#[derive(Debug)]
pub(super) struct Holder {
    name: String,
    path: PathBuf,
    /// Closed last: the lock lasts until then.
    _locked: File,
}

impl Holder {
    /// A new one. Under its final name it is locked from the first moment on.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let name = host::new_id();
        let (path, unnamed) = (folder.join(&name), folder.join(format!("{name}.new")));
        let locked = File::create_new(&unnamed)?;
        locked.lock()?;
        fs::rename(&unnamed, &path)?;
        Ok(Self { name, path, _locked: locked })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // What a killed process leaves behind is removed by whoever takes over from it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the holder of that name lives. One that cannot be asked about counts as alive: waiting does no harm.
pub(super) fn is_alive(folder: &Path, name: &str) -> bool {
    match File::open(folder.join(name)) {
        Ok(file) => matches!(file.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_))),
        Err(err) => err.kind() != io::ErrorKind::NotFound,
    }
}

/// Removes what a holder that is gone left behind.
pub(super) fn bury(folder: &Path, name: &str) {
    let _ = fs::remove_file(folder.join(name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_lives_until_it_is_dropped() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let holder = Holder::new(folder.path()).expect("a holder");
        let name = holder.name().to_owned();
        assert!(is_alive(folder.path(), &name));
        drop(holder);
        assert!(!is_alive(folder.path(), &name));
    }

    #[test]
    fn one_whose_process_was_killed_does_not_live() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::write(folder.path().join("killed"), "").expect("its file, without its lock");
        assert!(!is_alive(folder.path(), "killed"));
        bury(folder.path(), "killed");
        assert!(!is_alive(folder.path(), "killed"));
    }
}
