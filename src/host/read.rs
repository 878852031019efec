//! Reading files: what can go wrong is named once, here.

use crate::diagnostic::{Diagnostic, codes};
use crate::source::{MAX_BYTES, Problem, SourceFile};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("no file `{}`", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// A file beside it with nearly this name.
        nearest: Option<String>,
    },
    /// It is a folder.
    #[error("`{}` is a folder", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// It is larger than [`MAX_BYTES`].
    #[error("`{}` is larger than {} MiB", path.display(), MAX_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is not UTF-8 text.
    #[error("`{}` cannot be read as text: {}", path.display(), problem.message)]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that is wrong.
        problem: Problem,
    },
    /// The system refused it.
    #[error("`{}` cannot be read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ReadError {
    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NotFound { nearest: Some(name), .. } => format!("there is `{name}` beside it"),
            Self::NotFound { .. } => "check the path; it counts from the current folder".to_owned(),
            Self::Folder { .. } => "name one file in it".to_owned(),
            Self::TooLarge { .. } => "split it, or take large data from the workflow's input".to_owned(),
            Self::NotUtf8 { .. } => "save it as UTF-8".to_owned(),
            Self::Io { source, .. } => format!("the system says: {source}"),
        }
    }
}

impl From<ReadError> for Diagnostic {
    fn from(err: ReadError) -> Self {
        let code = match &err {
            ReadError::TooLarge { .. } => codes::E0104,
            ReadError::NotUtf8 { .. } => codes::E0110,
            _ => codes::E0601,
        };
        Self::new(code, err.to_string()).help(err.help())
    }
}

/// Reads a definition file; `-` reads standard input.
///
/// # Errors
/// Any [`ReadError`].
pub fn load_source(path: &Path) -> Result<SourceFile, ReadError> {
    let is_stdin = path == Path::new("-");
    let bytes = if is_stdin { read_limited(path, io::stdin().lock(), 0)? } else { read_file(path)? };
    let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
    SourceFile::from_bytes(name, bytes).map_err(|problem| ReadError::NotUtf8 { path: path.to_owned(), problem })
}

/// Reads a text, without its byte order mark; `-` reads standard input.
///
/// # Errors
/// Any [`ReadError`].
pub fn load_text(path: &Path) -> Result<String, ReadError> {
    let file = load_source(path)?;
    Ok(file.text().strip_prefix('\u{feff}').unwrap_or(file.text()).to_owned())
}

fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let metadata = file.metadata().map_err(|source| io_error(path, source))?;
    if metadata.is_dir() {
        return Err(ReadError::Folder { path: path.to_owned() });
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(ReadError::TooLarge { path: path.to_owned() });
    }
    let expected = usize::try_from(metadata.len()).unwrap_or(0);
    read_limited(path, file, expected)
}

/// Reads to the end, of which `expected` bytes are most likely there.
fn read_limited(path: &Path, from: impl Read, expected: usize) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::with_capacity(expected + 1);
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|source| io_error(path, source))?;
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}

fn io_error(path: &Path, source: io::Error) -> ReadError {
    match source.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound { path: path.to_owned(), nearest: nearest(path) },
        io::ErrorKind::IsADirectory => ReadError::Folder { path: path.to_owned() },
        _ => ReadError::Io { path: path.to_owned(), source },
    }
}

/// The files of a folder itself that definitions beside them need: `_provider.yaml` and schemas (`*.schema.json`), sorted.
///
/// # Errors
/// [`ReadError::Io`] when the folder cannot be read.
pub fn beside_definitions(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).map_err(|source| io_error(folder, source))?;
    let is_needed = |name: &str| name == "_provider.yaml" || name.ends_with(".schema.json");
    let mut files: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_needed))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    Ok(files)
}

/// The files of a folder that may hold definitions (`.yaml`, `.yml`, `.json`), at any depth, sorted; names that start with a dot are left out.
///
/// # Errors
/// [`ReadError::NotFound`] and [`ReadError::Io`].
pub fn yaml_and_json_files(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|source| io_error(&folder, source))? {
            let entry = entry.map_err(|source| io_error(&folder, source))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // A link to a folder is not followed: it may lead back here.
            let kind = entry.file_type().map_err(|source| io_error(&entry.path(), source))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if has_ending(&entry.path(), &["yaml", "yml", "json"]) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The file of the same folder whose name differs least, when it differs little.
fn nearest(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<_> = names.collect();
    crate::diagnostic::nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn check(bytes: &[u8], expected: Result<&str, &str>) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("a.yaml");
        fs::write(&path, bytes).expect("a scratch file");
        let got = load_text(&path).map_err(|err| Diagnostic::from(err).message);
        match expected {
            Ok(text) => assert_eq!(got.as_deref(), Ok(text)),
            Err(words) => assert!(got.as_ref().is_err_and(|message| message.contains(words)), "{got:?}"),
        }
    }

    #[test]
    fn text_comes_without_its_byte_order_mark() {
        check(b"a: 1\r\n", Ok("a: 1\r\n"));
        check(b"\xef\xbb\xbfa: 1", Ok("a: 1"));
        check(b"", Ok(""));
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_named() {
        check(b"a: \xff", Err("byte 3"));
        check(b"\xff\xfea\0", Err("UTF-16"));
    }

    #[test]
    fn a_missing_file_names_its_neighbour() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::write(folder.path().join("create-user.yaml"), "").expect("a scratch file");
        let err = load_source(&folder.path().join("create-usr.yaml")).expect_err("no such file");
        assert_eq!(err.help(), "there is `create-user.yaml` beside it");
        let err = load_source(&folder.path().join("other.json")).expect_err("no such file");
        assert!(matches!(err, ReadError::NotFound { nearest: None, .. }));
    }

    #[test]
    fn a_folder_and_a_large_file_are_told_apart() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        assert!(matches!(load_source(folder.path()), Err(ReadError::Folder { .. })));
        let path = folder.path().join("large.json");
        File::create(&path).and_then(|file| file.set_len(50 << 20)).expect("a scratch file");
        assert!(matches!(load_source(&path), Err(ReadError::TooLarge { .. })));
    }

    #[test]
    fn definition_files_are_found_at_any_depth_in_order() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::create_dir_all(folder.path().join("b/.git")).expect("folders");
        for name in ["b/z.yml", "a.json", "note.txt", "b/.git/c.json"] {
            fs::write(folder.path().join(name), "").expect("a scratch file");
        }
        let files = yaml_and_json_files(folder.path()).expect("a listing");
        assert_eq!(files, [folder.path().join("a.json"), folder.path().join("b/z.yml")]);
    }
}
