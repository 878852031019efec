//! Task definitions that nobody named: those of the project's folder and the user's, and documents that are used in place.

use super::exit::Stop;
use super::out;
use legwork::catalogue::Catalogue;
use legwork::host::shelf::{self, Folders, Opening, Shelf, Step};
use legwork::setup;
use legwork::source::SourceFile;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A bar is shown when somebody waits longer than this.
const PATIENCE: Duration = Duration::from_millis(150);

/// The width of the bar, in characters.
const WIDTH: usize = 30;

/// The indexes that this process has opened, or has begun to make.
static OPEN: Mutex<Vec<(Folders, Arc<Opening>)>> = Mutex::new(Vec::new());

/// The bar that is shown while a thread makes an index.
static BAR: Mutex<Bar> = Mutex::new(Bar { waiting_since: None, is_drawn: false });

/// Reads the task definitions of these names into a catalogue that does not have them, from these paths and from the
/// folders beside or above `near`, with the operations that they look things up with.
pub(crate) fn complete(catalogue: &mut Catalogue, names: &[&str], given: &[PathBuf], near: &Path) -> Result<(), Stop> {
    let folders = Folders::of(given, near);
    let is_searched = !given.is_empty() || !folders.only_named();
    let known = |names: &[String]| begun(&folders).map(|opening| waiting(&opening, |one| one.knowing(names)));
    setup::shelf::complete(catalogue, names, |names| is_searched.then(|| known(names)))
}

/// Reads everything of these paths and of the folders beside or above the current one into a catalogue.
pub(crate) fn complete_all(catalogue: &mut Catalogue, given: &[PathBuf]) -> Result<(), Stop> {
    let folders = Folders::of(given, Path::new("."));
    if given.is_empty() && folders.only_named() {
        return Ok(());
    }
    let told = open(&folders)?.load_all(catalogue);
    if told.iter().any(legwork::diagnostic::Diagnostic::is_error) { Err(told.into()) } else { Ok(()) }
}

/// Whether the beginning of a long file says that it is such a document.
pub(crate) fn begins_as_document(path: &Path) -> bool {
    shelf::begins_as_document(path)
}

/// Whether a file is a document whose operations are used in place.
pub(crate) fn is_document(file: &SourceFile) -> bool {
    shelf::is_document(file)
}

/// The whole index of some folders; waits while it is made, and shows a bar.
pub(crate) fn open(folders: &Folders) -> Result<Arc<Shelf>, Stop> {
    begun(folders).map(|opening| waiting(&opening, Opening::whole))
}

/// Waits for the indexes that are still being made: the next command then finds them.
pub(crate) fn finish() {
    for (_, opening) in open_ones().iter() {
        waiting(opening, Opening::whole);
    }
}

/// The index of some folders, opened or begun to be made.
fn begun(folders: &Folders) -> Result<Arc<Opening>, Stop> {
    let mut open = open_ones();
    if let Some((_, opening)) = open.iter().find(|(known, _)| known == folders) {
        return Ok(Arc::clone(opening));
    }
    let opening = Opening::begin(folders, |step| bar().step(step))?;
    open.push((folders.clone(), Arc::clone(&opening)));
    Ok(opening)
}

fn open_ones() -> MutexGuard<'static, Vec<(Folders, Arc<Opening>)>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for something of an index, with the bar.
fn waiting(opening: &Opening, wait: impl FnOnce(&Opening) -> Arc<Shelf>) -> Arc<Shelf> {
    bar().waiting_since = Some(Instant::now());
    let shelf = wait(opening);
    bar().end();
    shelf
}

/// A line on standard error; only while somebody waits, else it would stand between what commands print.
struct Bar {
    waiting_since: Option<Instant>,
    is_drawn: bool,
}

fn bar() -> MutexGuard<'static, Bar> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bar {
    fn step(&mut self, step: Step) {
        let is_long = self.waiting_since.is_some_and(|since| since.elapsed() > PATIENCE);
        let Step::Read(done, of) = step else { return };
        if is_long && stderr().is_terminal() {
            self.is_drawn = true;
            let filled = done * WIDTH / of.max(1);
            let bar: String = (0..WIDTH).map(|at| if at < filled { '#' } else { '.' }).collect();
            out::write_raw(&format!("\r[{bar}] {done} of {of} files are read for the index"));
        }
    }

    fn end(&mut self) {
        self.waiting_since = None;
        if std::mem::take(&mut self.is_drawn) {
            out::write_raw("\r\u{1b}[K");
        }
    }
}

/// Says what of the folders could not be used.
pub(crate) fn tell(shelf: &Shelf) {
    const SHOWN: usize = 5;
    let problems = shelf.problems();
    for problem in problems.iter().take(SHOWN) {
        out::say(&format!("warning: {problem}"));
    }
    if let Some(more) = problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        out::say(&format!("warning: {more} more; `legwork check` tells them file by file"));
    }
}
