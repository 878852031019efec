//! One process at a time makes an index; the others wait for it, and take what it made.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Nobody waits longer for another process: it may have been stopped for good.
const PATIENCE: Duration = Duration::from_mins(1);

const PAUSE: Duration = Duration::from_millis(20);

/// An index that was made longer ago is made again when it is asked for: most of them are of folders that are gone.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// The turn to make an index. It ends when it is dropped, and with its process, however that ends.
pub(super) struct Turn {
    /// The system lets go of the lock with the file.
    _lock: File,
}

impl Turn {
    /// Waits for the turn; `waiting` is called again and again meanwhile. `None` where there can be none: in a cache that
    /// cannot be written to, or on a file system without locks. An index is put in its place as a whole, so that two who make it
    /// without a turn lose time alone.
    pub(super) fn wait(index: &Path, waiting: &mut dyn FnMut()) -> Option<Self> {
        fs::create_dir_all(index.parent()?).ok()?;
        let lock = File::options().create(true).truncate(false).write(true).open(index.with_extension("lock")).ok()?;
        let until = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    waiting();
                    thread::sleep(PAUSE);
                }
                Err(_) => return None,
            }
        }
        clear(index);
        Some(Self { _lock: lock })
    }
}

/// Removes what processes left that were ended while they wrote this index, and old indexes of any folders.
fn clear(index: &Path) {
    let (Some(folder), Some(name)) = (index.parent(), index.file_name()) else { return };
    let beginning = format!(".{}.", name.to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with(&beginning) || (path != index && is_old(&path)) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(&path);
            let _ = fs::remove_file(path.with_extension("lock"));
        }
    }
}

/// Whether a file is an index that was made long ago.
fn is_old(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_index = name.starts_with("catalogue-") && path.extension().is_some_and(|extension| extension == "index");
    let made = fs::metadata(path).and_then(|metadata| metadata.modified());
    let age = made.ok().and_then(|made| SystemTime::now().duration_since(made).ok());
    is_index && age.is_some_and(|age| age > KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_indexes_and_what_was_left_half_written_go() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str, age: Duration| {
            let file = File::create(folder.path().join(name)).expect("a file");
            file.set_modified(SystemTime::now() - age).expect("its time is set");
        };
        let (new, old) = (Duration::from_hours(1), KEPT + Duration::from_hours(1));
        for name in
            ["catalogue-1.index", "catalogue-2.index", "catalogue-2.lock", "other.index", ".catalogue-1.index.x"]
        {
            file(name, old);
        }
        file("catalogue-3.index", new);
        let turn = Turn::wait(&folder.path().join("catalogue-1.index"), &mut || ()).expect("the turn");
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .expect("the folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, ["catalogue-1.index", "catalogue-1.lock", "catalogue-3.index", "other.index"]);
        drop(turn);
    }
}
