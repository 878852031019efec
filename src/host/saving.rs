//! Answers that are kept in a file: below the current folder, whole or not at all, and never over a file that is there.

use super::new_id;
use ring::digest::{Context, SHA256};
use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// A file that is being written. Until [`Saving::finish`] it has another name, and dropping it removes it.
pub struct Saving {
    file: File,
    temporary: PathBuf,
    hash: Context,
    size: u64,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Where it is, as it was asked for: relative to the current folder.
    pub path: PathBuf,
    /// How many bytes it has.
    pub size: u64,
    /// Their SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// Whether a folder is named by a path that stays in the current folder; links are looked at when it is used.
#[must_use]
pub fn is_below(folder: &Path) -> bool {
    folder.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Makes a folder in the current folder or below it, and sees that a file can be made there.
///
/// # Errors
/// When it leads out of the current folder, or the system refuses it.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let outside = || io::Error::new(io::ErrorKind::PermissionDenied, "it lies outside the current folder");
    if !is_below(folder) {
        return Err(outside());
    }
    let here = std::env::current_dir()?.canonicalize()?;
    // A link on the way may lead out: what is there already is looked at before anything is made.
    let wanted = here.join(folder);
    let there = wanted.ancestors().find_map(|above| above.canonicalize().ok()).ok_or_else(outside)?;
    if !there.starts_with(&here) {
        return Err(outside());
    }
    std::fs::create_dir_all(&wanted)?;
    Saving::begin(folder).map(drop)
}

impl Saving {
    /// A file in a folder that [`make_folder`] made. Only the user who runs this may read it.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let temporary = folder.join(format!(".legwork-{}.part", new_id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&temporary)?;
        Ok(Self { file, temporary, hash: Context::new(&SHA256), size: 0 })
    }

    /// Writes more of it.
    ///
    /// # Errors
    /// What the system says: the disk is full, above all.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Gives it its name, once all of it is on the disk; when a file has that name already, a number is added: `report-2.pdf`.
    ///
    /// # Errors
    /// What the system says; nothing is left behind then.
    pub fn finish(self, name: &str) -> io::Result<Saved> {
        self.file.sync_all()?;
        let folder = self.temporary.parent().unwrap_or(Path::new("")).to_owned();
        let mut number = 1;
        let path = loop {
            let path = folder.join(numbered(name, number));
            match publish(&self.temporary, &path) {
                Ok(()) => break path,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        };
        let digest = self.hash.clone().finish();
        let mut sha256 = String::with_capacity(64);
        for byte in digest.as_ref() {
            // A String takes everything.
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(Saved { path, size: self.size, sha256 })
    }
}

impl fmt::Debug for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saving").field("temporary", &self.temporary).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        // After `finish` it is a second name of the file, or none.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Gives a file a name that no other has, in one step.
fn publish(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // A file system without links: the name is taken first, and the file put in its place.
            OpenOptions::new().write(true).create_new(true).open(to)?;
            std::fs::rename(from, to)
        }
        linked => linked,
    }
}

/// `report.pdf`, `report-2.pdf`, `report-3.pdf`.
fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, extension))) if !stem.is_empty() => format!("{stem}-{number}.{extension}"),
        _ => format!("{name}-{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, number: u32, expected: &str) {
        assert_eq!(numbered(name, number), expected);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        check("report.pdf", 1, "report.pdf");
        check("report.pdf", 2, "report-2.pdf");
        check("a.tar.gz", 3, "a.tar-3.gz");
        check("report", 2, "report-2");
        check(".hidden", 2, ".hidden-2");
    }

    #[test]
    fn a_folder_stays_below_the_current_one() {
        for (folder, expected) in
            [("a/b", true), ("./a", true), ("", true), ("../a", false), ("a/../../b", false), ("/tmp", false)]
        {
            assert_eq!(is_below(Path::new(folder)), expected, "{folder}");
        }
    }

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let begun = |bytes: &[u8]| {
            let mut saving = Saving::begin(folder.path()).expect("a file can be made");
            saving.write(bytes).expect("it can be written");
            saving
        };
        drop(begun(b"half of it"));
        assert_eq!(std::fs::read_dir(folder.path()).map(Iterator::count).ok(), Some(0));
        let saved = begun(b"abc").finish("a.txt").expect("it has a name");
        assert_eq!((saved.size, saved.path.clone()), (3, folder.path().join("a.txt")));
        assert_eq!(saved.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let second = begun(b"abd").finish("a.txt").expect("it has another name");
        assert_eq!(second.path, folder.path().join("a-2.txt"));
        assert_eq!(std::fs::read(saved.path).ok().as_deref(), Some(&b"abc"[..]));
        assert_eq!(std::fs::read_dir(folder.path()).map(Iterator::count).ok(), Some(2));
    }
}
