//! The task definitions of folders: what is in them is found by an index, and read one by one when it is asked for.
//!
//! Folders hold task definitions as Legwork reads them, and OpenAPI documents, which are used where they are. The index is one
//! file of the user's cache. It is made when it is missing, damaged, of another version, or older than what it is about; a
//! process that makes it writes it beside the old one and puts it in its place, so any number of them can. Without a cache that
//! can be written to, it is made in memory. Start with [`Folders`] and [`Shelf::open`].

mod build;
mod documents;
mod folders;
mod pieces;
mod read;

pub use documents::{begins_as_document, is_document};
pub use folders::Folders;

use super::read::ReadError;
use crate::catalogue::search::Index;
use folders::Seen;
use pieces::Pieces;
use std::path::Path;

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
        let known = path.as_deref().and_then(|path| Self::fresh(path, &seen));
        Ok(known.unwrap_or_else(|| Self::make(path.as_deref(), &seen, progress)))
    }

    fn fresh(path: &Path, seen: &Seen) -> Option<Self> {
        let (pieces, index) = Pieces::open(path, &seen.stamp)?;
        let problems = pieces.problems().to_vec();
        Some(Self { index, pieces, problems })
    }

    fn make(path: Option<&Path>, seen: &Seen, progress: &mut Progress<'_>) -> Self {
        let (pieces, index) = build::build(seen, progress);
        if let Some(path) = path {
            // A cache that cannot be written to costs time alone.
            let _ = pieces.write(path, &index);
        }
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
