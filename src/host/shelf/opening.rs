//! An index that is opened at once, or made on a thread of its own.

use super::folders::{Folders, Seen};
use super::{ReadError, Shelf};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// The stack of the thread: as the main thread has it, for deeply nested documents.
const STACK_BYTES: usize = 8 << 20;

/// How far the making of an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many files are read, of so many.
    Read(usize, usize),
    /// It is made, and everything is known.
    Made,
}

/// The index of some folders, of which more and more is known until it is made.
///
/// What a name stands for is known as soon as its file was read: the files are taken in their order, and the first definition of
/// a name counts. So nobody who asks for a name waits for files behind it.
#[derive(Debug)]
pub struct Opening {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The best that there is: an old index, the beginning of the new one, or all of it.
    known: Option<Arc<Shelf>>,
    is_made: bool,
    /// What somebody waits for.
    wanted: Vec<String>,
    /// What of that was found: it is in `known`.
    found: Vec<String>,
}

impl Opening {
    /// Opens the index of these folders when it is fresh, else has it made; `tell` hears how far that is, on another thread.
    ///
    /// # Errors
    /// When a folder that was named cannot be listed.
    pub fn begin(folders: &Folders, tell: impl FnMut(Step) + Send + 'static) -> Result<Arc<Self>, ReadError> {
        let seen = folders.look()?;
        let path = folders.index_path();
        let known = path.as_deref().and_then(Shelf::found).map(Arc::new);
        let is_made = known.as_ref().is_some_and(|known| known.is_fresh(&seen));
        let state = Mutex::new(State { known, is_made, ..State::default() });
        let opening = Arc::new(Self { state, changed: Condvar::new() });
        if !is_made {
            let end = End(Arc::clone(&opening));
            // Where the system gives no thread, `end` says that no more will be known.
            let _ = Builder::new()
                .name("index".into())
                .stack_size(STACK_BYTES)
                .spawn(move || end.make(path.as_deref(), &seen, tell));
        }
        Ok(opening)
    }

    /// The index with everything that these names stand for; waits until each was found, or there is nothing more to read.
    #[must_use]
    pub fn knowing(&self, names: &[String]) -> Arc<Shelf> {
        let mut state = self.state();
        state.wanted.extend(names.iter().cloned());
        let waits = |state: &mut State| !state.is_made && !names.iter().all(|name| state.found.contains(name));
        known(&self.changed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner))
    }

    /// The whole index; waits until it is made.
    #[must_use]
    pub fn whole(&self) -> Arc<Shelf> {
        let state = self.changed.wait_while(self.state(), |state| !state.is_made);
        known(&state.unwrap_or_else(PoisonError::into_inner))
    }

    /// The whole index when it is made within that time, else the best that there is: an old one, or the definitions inside the
    /// program. Says whether it is the whole.
    #[must_use]
    pub fn within(&self, time: Duration) -> (Arc<Shelf>, bool) {
        let until = Instant::now() + time;
        let mut state = self.state();
        while !state.is_made {
            let rest = until.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
        (known(&state), state.is_made)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn known(state: &State) -> Arc<Shelf> {
    state.known.clone().unwrap_or_else(|| Arc::new(Shelf::builtin()))
}

/// Says, however the thread ends, that no more will be known: nobody waits for ever.
struct End(Arc<Opening>);

impl End {
    fn make(self, path: Option<&Path>, seen: &Seen, mut tell: impl FnMut(Step)) {
        let whole = Shelf::made(path, seen, &mut |done, of| tell(Step::Read(done, of)), &mut |part| {
            let mut state = self.0.state();
            let found: Vec<String> = state.wanted.extract_if(.., |name| part.knows(name)).collect();
            if !found.is_empty() {
                state.known = Some(Arc::new(part.shelf()));
                state.found.extend(found);
                self.0.changed.notify_all();
            }
        });
        self.0.state().known = Some(Arc::new(whole));
        drop(self);
        tell(Step::Made);
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.0.state().is_made = true;
        self.0.changed.notify_all();
    }
}
