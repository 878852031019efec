//! Which folders there are, and what is in them.

use super::super::private_file::{base, cache_folder};
use super::super::read::{ReadError, yaml_and_json_files};
use serde::{Deserialize, Serialize};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The folder beside a workflow, or above it, that holds a project's task definitions.
const PROJECT: &str = "task-definitions";

/// Folders with task definitions, the first goes before the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    /// Folders and files that were named.
    named: Vec<PathBuf>,
    /// Folders that are looked at because of where they are.
    found: Vec<PathBuf>,
    cache: Option<PathBuf>,
}

/// A file, and what tells whether it has changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct SeenFile {
    pub(super) path: PathBuf,
    length: u64,
    /// Nanoseconds since 1970; 0 for a file that is not there.
    changed_ns: u64,
}

impl SeenFile {
    /// The file as it is now; `None` when it is not there.
    fn look(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let changed_ns = u64::try_from(changed.unwrap_or_default().as_nanos()).unwrap_or(u64::MAX);
        Some(Self { path: path.to_owned(), length: metadata.len(), changed_ns })
    }

    /// The file as it is now, also when it is not there.
    pub(super) fn now(path: &Path) -> Self {
        Self::look(path).unwrap_or_else(|| Self { path: path.to_owned(), length: 0, changed_ns: 0 })
    }

    /// Whether it is still as it was seen.
    pub(super) fn is_unchanged(&self) -> bool {
        Self::now(&self.path) == *self
    }
}

/// The program's version, with which every stamp begins.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is in the folders.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) files: Vec<SeenFile>,
    /// Differs when anything of it does, or the program's version.
    pub(super) stamp: String,
}

impl Folders {
    /// Those that were named, the project's beside or above `near`, and the user's: `task-definitions` in `legwork` of
    /// `XDG_DATA_HOME` (`~/.local/share`).
    #[must_use]
    pub fn of(named: &[PathBuf], near: &Path) -> Self {
        let near = std::path::absolute(near).unwrap_or_else(|_| near.to_owned());
        let project = near.ancestors().map(|folder| folder.join(PROJECT)).find(|folder| folder.is_dir());
        let user = base("XDG_DATA_HOME", ".local/share").map(|base| base.join("legwork").join(PROJECT));
        let found = project.into_iter().chain(user.filter(|folder| folder.is_dir())).collect();
        let cache = cache_folder();
        Self { named: named.to_vec(), found, cache }
    }

    /// These folders, with the index in that one.
    #[must_use]
    pub fn with_cache(named: &[PathBuf], cache: &Path) -> Self {
        Self { named: named.to_vec(), found: Vec::new(), cache: Some(cache.to_owned()) }
    }

    /// Whether there is none beside those that were named.
    #[must_use]
    pub fn only_named(&self) -> bool {
        self.found.is_empty()
    }

    /// The file of the index; each set of folders has its own.
    pub(super) fn index_path(&self) -> Option<PathBuf> {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let paths: Vec<_> = self.named.iter().chain(&self.found).map(absolute).collect();
        Some(self.cache.as_ref()?.join(format!("catalogue-{:016x}.index", hash(&paths))))
    }

    pub(super) fn look(&self) -> Result<Seen, ReadError> {
        let mut files = Vec::new();
        for path in &self.named {
            if path.is_dir() {
                add(&yaml_and_json_files(path)?, &mut files);
            } else {
                add(std::slice::from_ref(path), &mut files);
            }
        }
        for folder in &self.found {
            // Nobody named it: one that cannot be listed is as one that is not there.
            add(&yaml_and_json_files(folder).unwrap_or_default(), &mut files);
        }
        let stamp = format!("{VERSION} {:016x} {}", hash(&files), files.len());
        Ok(Seen { files, stamp })
    }
}

fn add(paths: &[PathBuf], files: &mut Vec<SeenFile>) {
    files.extend(paths.iter().filter_map(|path| SeenFile::look(path)));
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
