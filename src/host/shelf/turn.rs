//! One process at a time makes an index; the others wait for it, and take what it made.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Nobody waits longer for another process: it may have been stopped for good.
const PATIENCE: Duration = Duration::from_mins(1);

const PAUSE: Duration = Duration::from_millis(20);

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

/// Removes what processes left that were ended while they wrote this index.
fn clear(index: &Path) {
    let (Some(folder), Some(name)) = (index.parent(), index.file_name()) else { return };
    let beginning = format!(".{}.", name.to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&beginning) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}
