//! The folder that recordings stand in: one file for each call.

use super::read::{ReadError, load_text};
use std::io;
use std::path::Path;

/// What the names of recordings end with.
pub const ENDING: &str = ".recording.json";

/// The names of the recordings in a folder, sorted; none when there is no such folder.
///
/// # Errors
/// [`ReadError`] when the folder cannot be read.
pub fn names(folder: &Path) -> Result<Vec<String>, ReadError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(ReadError::Io { path: folder.to_owned(), source }),
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(ENDING)).collect();
    names.sort();
    Ok(names)
}

/// The text of one.
///
/// # Errors
/// [`ReadError`] when it cannot be read.
pub fn read(folder: &Path, name: &str) -> Result<String, ReadError> {
    load_text(&folder.join(name))
}

/// Makes the folder when there is none, and sees that a file can be made in it: what cannot be kept need not be asked for.
///
/// # Errors
/// What the system says.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let unfinished = folder.join(".recording.unfinished");
    std::fs::write(&unfinished, "")?;
    std::fs::remove_file(unfinished)
}

/// Writes one, and makes the folder when there is none. Whoever reads at the same time sees the old text or the new one.
///
/// # Errors
/// What the system says.
pub fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{name}.unfinished"));
    std::fs::write(&unfinished, text)?;
    std::fs::rename(unfinished, folder.join(name))
}

/// Takes one away.
///
/// # Errors
/// What the system says.
pub fn remove(folder: &Path, name: &str) -> io::Result<()> {
    std::fs::remove_file(folder.join(name))
}
