//! Task definitions that nobody named: those of the project's folder and the user's, and documents that are used in place.

use super::exit::Stop;
use super::out;
use legwork::catalogue::Catalogue;
use legwork::host::shelf::{self, Folders, Shelf};
use legwork::setup;
use legwork::source::SourceFile;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A bar is shown when the index takes longer than this.
const PATIENCE: Duration = Duration::from_millis(150);

/// The width of the bar, in characters.
const WIDTH: usize = 30;

/// Reads the task definitions of these names into a catalogue that does not have them, from these paths and from the
/// folders beside or above `near`, with the operations that they look things up with.
pub(crate) fn complete(catalogue: &mut Catalogue, names: &[&str], given: &[PathBuf], near: &Path) -> Result<(), Stop> {
    let folders = Folders::of(given, near);
    let is_searched = !given.is_empty() || !folders.only_named();
    setup::shelf::complete(catalogue, names, || is_searched.then(|| open(&folders)))
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

/// Opens the index of some folders; shows a bar while it is made.
pub(crate) fn open(folders: &Folders) -> Result<Shelf, Stop> {
    let start = Instant::now();
    let is_shown = stderr().is_terminal();
    let mut drawn = false;
    let shelf = Shelf::open(folders, &mut |done, of| {
        if is_shown && start.elapsed() > PATIENCE {
            drawn = true;
            let filled = done * WIDTH / of.max(1);
            let bar: String = (0..WIDTH).map(|at| if at < filled { '#' } else { '.' }).collect();
            out::write_raw(&format!("\r[{bar}] {done} of {of} files are read for the index"));
        }
    })?;
    if drawn {
        out::write_raw("\r\u{1b}[K");
    }
    Ok(shelf)
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
