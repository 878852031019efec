//! The index's file: a head, the search index, and the pieces that entries are read from.
//!
//! Layout: magic, the lengths of the head and of the search index (64 bits each), the head as JSON, the search index, the pieces.

use super::super::write::beside;
use super::folders::{Seen, SeenFile, VERSION};
use crate::catalogue::search::{Index, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

const MAGIC: &[u8; 8] = b"LWSHELF3";
const START: usize = MAGIC.len() + 16;

/// A piece: where it starts behind the search index, and its length.
pub(super) type Piece = (u64, u64);

/// Where an entry is read from.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub(super) enum Origin {
    /// One inside the program.
    Builtin,
    /// A file of a folder, with the group of its folder.
    File(PathBuf, usize),
    /// A document's operation, with the name of its file below the group's folder, and the group of its document.
    Piece(String, Piece, usize),
}

/// What the files of one folder share, or the operations of one document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Group {
    /// The name of the folder, with its last slash.
    pub(super) folder: String,
    /// Providers and schemas, by name: the text is a piece.
    pub(super) files: Vec<(String, Piece)>,
    /// Schemas with many definitions, by name: a piece with the piece of each definition.
    pub(super) shared: Vec<(String, Piece)>,
}

/// A document that was read for the index: as long as it stays as it is, it is not read again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its file, and those that it refers to.
    pub(super) files: Vec<SeenFile>,
    /// What it would be called if no other were, and what it is called.
    pub(super) names: [String; 2],
    pub(super) group: usize,
    /// Its operations: a list of [`KeptOperation`].
    pub(super) operations: Piece,
}

/// One operation of a document that was read for the index.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptOperation {
    pub(super) path: String,
    pub(super) record: Record,
    pub(super) piece: Piece,
}

/// What is known without reading a piece.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) stamp: String,
    /// Where each operation of the search index is, in its order.
    pub(super) origins: Vec<Origin>,
    pub(super) groups: Vec<Group>,
    pub(super) documents: Vec<Kept>,
    pub(super) problems: Vec<String>,
}

/// The head, and where the pieces are.
#[derive(Debug)]
pub(super) struct Pieces {
    pub(super) head: Head,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Memory(Vec<u8>),
    /// The file, and where the pieces start in it.
    File(Mutex<File>, u64),
}

impl Pieces {
    pub(super) fn in_memory(head: Head, bytes: Vec<u8>) -> Self {
        Self { head, source: Source::Memory(bytes) }
    }

    /// Opens a file; `None` when it is not there, damaged, or of another version.
    pub(super) fn open(path: &Path) -> Option<(Self, Index)> {
        let mut file = File::open(path).ok()?;
        let mut start = [0; START];
        file.read_exact(&mut start).ok()?;
        let number = |at: usize| start.get(at..at + 8)?.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
        let (head_length, index_length) = (number(8)?, number(16)?);
        let size = file.metadata().ok()?.len();
        let pieces_at = (START as u64).checked_add(head_length)?.checked_add(index_length)?;
        if !start.starts_with(MAGIC) || pieces_at > size {
            return None;
        }
        let read = |file: &mut File, length: u64| {
            let mut bytes = vec![0; usize::try_from(length).ok()?];
            file.read_exact(&mut bytes).ok()?;
            Some(bytes)
        };
        let head: Head = serde_json::from_slice(&read(&mut file, head_length)?).ok()?;
        let index = Index::from_bytes(read(&mut file, index_length)?).ok()?;
        let is_of_this_version = head.stamp.split(' ').next() == Some(VERSION) && head.origins.len() == index.len();
        is_of_this_version.then(|| (Self { head, source: Source::File(Mutex::new(file), pieces_at) }, index))
    }

    /// Whether the folders, and the files outside of them that documents refer to, are still as they were.
    pub(super) fn is_fresh(&self, seen: &Seen) -> bool {
        let others = self.head.documents.iter().flat_map(|document| document.files.iter().skip(1));
        self.head.stamp == seen.stamp && others.into_iter().all(SeenFile::is_unchanged)
    }

    /// The document of a file, when neither it nor what it refers to has changed.
    pub(super) fn document(&self, file: &SeenFile) -> Option<&Kept> {
        let known = self.head.documents.iter().find(|document| document.files.first() == Some(file))?;
        known.files.iter().skip(1).all(SeenFile::is_unchanged).then_some(known)
    }

    /// Writes the file whole, in the place of what was there.
    pub(super) fn write(&self, path: &Path, index: &Index) -> io::Result<()> {
        let Source::Memory(bytes) = &self.source else { return Ok(()) };
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let unnamed = beside(path);
        let head = serde_json::to_vec(&self.head)?;
        let written = File::create_new(&unnamed).and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(&(head.len() as u64).to_le_bytes())?;
            file.write_all(&(index.as_bytes().len() as u64).to_le_bytes())?;
            file.write_all(&head)?;
            file.write_all(index.as_bytes())?;
            file.write_all(bytes)?;
            fs::rename(&unnamed, path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&unnamed);
        }
        written
    }

    pub(super) fn problems(&self) -> &[String] {
        &self.head.problems
    }

    /// The text of a piece.
    pub(super) fn text(&self, (start, length): Piece) -> Option<String> {
        let length = usize::try_from(length).ok()?;
        match &self.source {
            Source::Memory(bytes) => {
                let start = usize::try_from(start).ok()?;
                let piece = bytes.get(start..start.checked_add(length)?)?;
                String::from_utf8(piece.to_vec()).ok()
            }
            Source::File(file, pieces_at) => {
                let mut file = file.lock().ok()?;
                let mut bytes = vec![0; length];
                file.seek(SeekFrom::Start(pieces_at + start)).ok()?;
                file.read_exact(&mut bytes).ok()?;
                String::from_utf8(bytes).ok()
            }
        }
    }

    /// The definitions of a shared schema.
    pub(super) fn definitions(&self, piece: Piece) -> BTreeMap<String, Piece> {
        self.text(piece).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }
}
