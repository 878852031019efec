//! `file:` URIs and paths.

use super::protocol::Uri;
use crate::report::uri_path::uri_path;
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};

/// The path of a `file:` URI; `None` for any other (`untitled:`, `git:`).
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let decoded = percent_decode_str(rest).decode_utf8().ok()?;
    let text = decoded.strip_prefix('/').filter(|drive| starts_with_drive(drive)).unwrap_or(&decoded);
    Some(PathBuf::from(text))
}

/// The URI of a path; a relative one counts from the current folder.
pub(super) fn uri(path: &Path) -> Uri {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = uri_path(&absolute.to_string_lossy());
    let slash = if path.starts_with('/') { "" } else { "/" };
    Uri(format!("file://{slash}{path}"))
}

fn starts_with_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(path(text).as_deref(), expected.map(Path::new), "{text}");
    }

    #[test]
    fn a_file_has_a_path_and_nothing_else_has() {
        check("file:///a/b.yaml", Some("/a/b.yaml"));
        check("file://localhost/a/b.yaml", Some("/a/b.yaml"));
        check("file:///a%20b/%C3%A9%23.yaml", Some("/a b/é#.yaml"));
        check("file:///c%3A/b.yaml", Some("c:/b.yaml"));
        check("untitled:Untitled-1", None);
        check("git:/a/b.yaml", None);
    }

    #[test]
    #[cfg(unix)]
    fn a_path_comes_back() {
        for text in ["/a/b.yaml", "/a b/é#[1].yaml", "/50%/x"] {
            assert_eq!(path(&uri(Path::new(text)).0).as_deref(), Some(Path::new(text)), "{text}");
        }
    }
}
