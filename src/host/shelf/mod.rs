//! The task definitions of folders: what is in them is found by an index, and read one by one when it is asked for.
//!
//! Folders hold task definitions as Legwork reads them, and OpenAPI documents, which are used where they are. The index is one
//! file of the user's cache. It is made when it is missing, damaged, of another version, or older than what it is about; a
//! document that has not changed since, nor what it refers to, is taken from the old one. Of several processes one makes it, and
//! puts it in the place of the old one as a whole; the others wait for that. Without a cache that can be written to, it is made in
//! memory. [`Opening`] makes it on a thread of its own and knows ever more; [`Shelf::open`] waits. Start with [`Folders`].

mod build;
mod documents;
mod folders;
mod opening;
mod pieces;
mod read;
mod turn;

pub use documents::{begins_as_document, is_document};
pub use folders::Folders;
pub use opening::{Opening, Step};

use super::read::ReadError;
use crate::catalogue::search::Index;
use build::Part;
use folders::Seen;
use pieces::Pieces;
use std::path::Path;
use turn::Turn;

/// How far the making of an index is: files that are read, of how many.
pub type Progress<'p> = dyn FnMut(usize, usize) + 'p;

/// The task definitions of some folders, and those inside the program.
#[derive(Debug)]
pub struct Shelf {
    index: Index,
    pieces: Pieces,
    problems: Vec<String>,
}

impl Shelf {
    /// Opens the index of these folders, or makes it.
    ///
    /// # Errors
    /// When a folder that was named cannot be listed.
    pub fn open(folders: &Folders, progress: &mut Progress<'_>) -> Result<Self, ReadError> {
        let seen = folders.look()?;
        let path = folders.index_path();
        let known = path.as_deref().and_then(Self::found).filter(|known| known.is_fresh(&seen));
        Ok(known.unwrap_or_else(|| Self::made(path.as_deref(), &seen, progress, &mut |_| {})))
    }

    /// The definitions inside the program alone.
    fn builtin() -> Self {
        Self::of(build::build(&Seen::default(), None, &mut |_, _| {}, &mut |_| {}))
    }

    /// The index as it was made last, whatever has happened since.
    fn found(path: &Path) -> Option<Self> {
        Pieces::open(path).map(Self::of)
    }

    fn is_fresh(&self, seen: &Seen) -> bool {
        self.pieces.is_fresh(seen)
    }

    /// Makes the index, or takes it from the process that made it meanwhile. `step` is called after each file, in their order,
    /// with what is known by then.
    fn made(path: Option<&Path>, seen: &Seen, progress: &mut Progress<'_>, step: &mut dyn FnMut(&Part<'_>)) -> Self {
        let _turn = path.and_then(|path| Turn::wait(path, &mut || progress(0, seen.files.len())));
        let old = path.and_then(Self::found);
        match old {
            Some(known) if known.is_fresh(seen) => known,
            old => {
                let (pieces, index) = build::build(seen, old.as_ref().map(|old| &old.pieces), progress, step);
                if let Some(path) = path {
                    // A cache that cannot be written to costs time alone.
                    let _ = pieces.write(path, &index);
                }
                Self::of((pieces, index))
            }
        }
    }

    fn of((pieces, index): (Pieces, Index)) -> Self {
        let problems = pieces.problems().to_vec();
        Self { index, pieces, problems }
    }

    /// The index, to be searched.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// What of the folders could not be used, each in a sentence that names the file.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

#[cfg(test)]
mod tests;
