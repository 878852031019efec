//! Which folders there are, and what is in them.

use super::super::private_file::{base, cache_folder};
use super::super::read::{ReadError, yaml_and_json_files};
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SeenFile {
    pub(super) path: PathBuf,
    length: u64,
    changed_ns: u128,
}

/// What is in the folders.
#[derive(Debug, Clone)]
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
        let version = env!("CARGO_PKG_VERSION");
        let stamp = format!("{version} {:016x} {}", hash(&files), files.len());
        Ok(Seen { files, stamp })
    }
}

fn add(paths: &[PathBuf], files: &mut Vec<SeenFile>) {
    for path in paths {
        let Ok(metadata) = fs::metadata(path) else { continue };
        let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let changed_ns = changed.unwrap_or_default().as_nanos();
        files.push(SeenFile { path: path.clone(), length: metadata.len(), changed_ns });
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
