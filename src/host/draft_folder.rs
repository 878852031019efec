//! Writing what an import made: all or nothing, and never over what a person changed.

use crate::draft::{DraftFile, Seal, seal_of};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why the files of a draft could not be written. Nothing was changed, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The system refused a file or folder.
    #[error("`{}` cannot be written", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused a file after others were put into their places.
    #[error("`{}` cannot be written, after {written} others were", path.display())]
    Half {
        /// The file.
        path: PathBuf,
        /// How many were written before it.
        written: usize,
        /// What the system said.
        source: io::Error,
    },
}

impl DraftError {
    /// What the system said.
    #[must_use]
    pub fn cause(&self) -> &io::Error {
        match self {
            Self::Io { source, .. } | Self::Half { source, .. } => source,
        }
    }
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is written, and was not there before.
    New,
    /// It is written in place of what an import wrote before, or what `force` gives up.
    Replaced,
    /// It is there with the same text.
    Same,
    /// A person wrote or changed it: it stays.
    Kept,
}

/// Whether what a person changed is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// Only what an import wrote and nobody changed is replaced.
    #[default]
    Untouched,
    /// Everything of the same name is replaced.
    Everything,
}

/// The files of a draft on their way below a folder: they are put aside one by one, and moved to their places by
/// [`commit`](Self::commit). When it is dropped before, nothing has changed.
#[derive(Debug)]
pub struct DraftFolder {
    folder: PathBuf,
    overwrite: Overwrite,
    aside: PathBuf,
    waiting: Vec<(PathBuf, PathBuf)>,
    made: Vec<PathBuf>,
    committed: bool,
}

impl DraftFolder {
    /// Nothing is made before the first file is put aside.
    #[must_use]
    pub fn new(folder: &Path, overwrite: Overwrite) -> Self {
        let aside = folder.join(format!(".legwork-import-{}", std::process::id()));
        let (waiting, made) = (Vec::new(), Vec::new());
        Self { folder: folder.to_owned(), overwrite, aside, waiting, made, committed: false }
    }

    /// What becomes of a file; nothing is written.
    ///
    /// # Errors
    /// [`DraftError::Io`] when what is there cannot be read.
    pub fn fate(&self, file: &DraftFile) -> Result<Fate, DraftError> {
        let path = self.folder.join(&file.path);
        let old = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Fate::New),
            Err(source) => return Err(DraftError::Io { path, source }),
        };
        Ok(match std::str::from_utf8(&old) {
            Ok(old) if old == file.text => Fate::Same,
            _ if self.overwrite == Overwrite::Everything => Fate::Replaced,
            Ok(old) if seal_of(old) == Seal::Whole => Fate::Replaced,
            _ => Fate::Kept,
        })
    }

    /// Puts a file aside, if it is to be written.
    ///
    /// # Errors
    /// [`DraftError::Io`].
    pub fn put(&mut self, file: &DraftFile) -> Result<Fate, DraftError> {
        let fate = self.fate(file)?;
        if matches!(fate, Fate::New | Fate::Replaced) {
            if self.waiting.is_empty() {
                self.make_folder(&self.aside.clone())?;
            }
            let aside = self.aside.join(self.waiting.len().to_string());
            fs::write(&aside, &file.text).map_err(|source| DraftError::Io { path: self.folder.clone(), source })?;
            self.waiting.push((aside, self.folder.join(&file.path)));
        }
        Ok(fate)
    }

    /// Moves every file to its place.
    ///
    /// # Errors
    /// [`DraftError::Io`] when nothing was changed yet, else [`DraftError::Half`].
    pub fn commit(mut self) -> Result<(), DraftError> {
        let waiting = std::mem::take(&mut self.waiting);
        for folder in waiting.iter().filter_map(|(_, path)| path.parent()) {
            self.make_folder(folder)?;
        }
        for (written, (aside, path)) in waiting.into_iter().enumerate() {
            if let Err(source) = fs::rename(&aside, &path) {
                return Err(match written {
                    0 => DraftError::Io { path, source },
                    _ => DraftError::Half { path, written, source },
                });
            }
            self.committed = true;
        }
        Ok(())
    }

    /// Makes a folder and those above it, and remembers which were not there.
    fn make_folder(&mut self, folder: &Path) -> Result<(), DraftError> {
        let missing = folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists());
        let missing: Vec<_> = missing.map(Path::to_owned).collect();
        fs::create_dir_all(folder).map_err(|source| DraftError::Io { path: folder.to_owned(), source })?;
        self.made.extend(missing.into_iter().rev());
        Ok(())
    }
}

impl Drop for DraftFolder {
    fn drop(&mut self) {
        // Best effort: what is left of it is a hidden folder, which no command reads.
        let _ = fs::remove_dir_all(&self.aside);
        if !self.committed {
            self.made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
        }
    }
}

/// The files of a provider's folder that an import wrote, nobody changed, and a later import did not write again.
#[must_use]
pub fn stale_draft_files(folder: &Path, is_written: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let files = super::yaml_and_json_files(folder).unwrap_or_default();
    let is_sealed = |path: &PathBuf| fs::read_to_string(path).is_ok_and(|text| seal_of(&text) == Seal::Whole);
    files.into_iter().filter(|path| !is_written(path)).filter(is_sealed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{Draft, OperationDraft, ProviderDraft};

    fn files(uri: &str) -> Vec<DraftFile> {
        let operation = OperationDraft {
            resource: "contacts".into(),
            verb: "get".into(),
            method: "GET".into(),
            uri: uri.into(),
            ..OperationDraft::default()
        };
        let provider = ProviderDraft { name: "crm".into(), ..ProviderDraft::default() };
        Draft { provider, operations: vec![operation], ..Draft::default() }.files().collect()
    }

    fn write(folder: &Path, overwrite: Overwrite, files: &[DraftFile]) -> Vec<Fate> {
        let mut target = DraftFolder::new(folder, overwrite);
        let fates = files.iter().map(|file| target.put(file).expect("it can be written")).collect();
        target.commit().expect("it can be moved");
        fates
    }

    #[test]
    fn what_a_person_changed_is_kept() {
        use Fate::{Kept, New, Replaced, Same};
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let folder = scratch.path().join("definitions");
        let (first, second) = (files("https://a.example.com"), files("https://b.example.com"));
        assert_eq!(write(&folder, Overwrite::Untouched, &first), [New, New]);
        assert_eq!(write(&folder, Overwrite::Untouched, &first), [Same, Same]);
        assert_eq!(write(&folder, Overwrite::Untouched, &second), [Same, Replaced]);
        let path = folder.join("crm/contacts.get.yaml");
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(&path, format!("{text}# mine\n")).expect("a file");
        assert_eq!(write(&folder, Overwrite::Untouched, &first), [Same, Kept]);
        assert_eq!(write(&folder, Overwrite::Everything, &first), [Same, Replaced]);
        let left: Vec<_> = fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["crm"]);
        assert_eq!(stale_draft_files(&folder, &|path| path.ends_with("_provider.yaml")), [path]);
    }

    #[test]
    fn nothing_changes_before_the_commit() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let folder = scratch.path().join("a/b");
        let mut target = DraftFolder::new(&folder, Overwrite::Untouched);
        for file in files("https://a.example.com") {
            assert_eq!(target.put(&file).expect("it can be written"), Fate::New);
        }
        drop(target);
        assert!(!scratch.path().join("a").exists());
        fs::write(scratch.path().join("a"), "a file").expect("a file");
        let mut target = DraftFolder::new(&folder, Overwrite::Untouched);
        assert!(files("https://a.example.com").iter().any(|file| target.put(file).is_err()));
    }
}
