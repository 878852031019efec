//! The names of recordings: from method and URL, so that they stay the same, and a number for each call of one kind.

use crate::host::recordings::ENDING;
use std::fmt::Write;

/// The longest name without its number, in bytes.
const LONGEST: usize = 120;

/// What the names of all calls of a method and URL start with: `post-api.zoom.us-v2-users`. The query does not count.
pub(super) fn stem(method: &str, url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let mut stem = method.to_ascii_lowercase();
    let mut gap = true;
    for ch in path.chars() {
        let fits = ch.is_ascii_alphanumeric() || matches!(ch, '.' | '_');
        if fits && gap {
            stem.push('-');
        }
        gap = !fits;
        if fits {
            stem.push(ch.to_ascii_lowercase());
        }
    }
    if stem.len() > LONGEST {
        stem.truncate(LONGEST - 9);
        let _ = write!(stem, "-{:08x}", hash(path));
    }
    stem
}

/// The name of a file: `post-api.zoom.us-v2-users.1.recording.json`.
pub(super) fn name(stem: &str, number: usize) -> String {
    format!("{stem}.{number}{ENDING}")
}

/// Stem and number of a name; the number orders calls of one kind.
pub(super) fn parts(name: &str) -> (&str, usize) {
    let name = name.strip_suffix(ENDING).unwrap_or(name);
    match name.rsplit_once('.').map(|(stem, number)| (stem, number.parse())) {
        Some((stem, Ok(number))) => (stem, number),
        _ => (name, 0),
    }
}

/// FNV-1a: it has to be the same in every version of the program.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, url: &str, expected: &str) {
        assert_eq!(stem(method, url), expected);
        assert_eq!(parts(&name(expected, 12)), (expected, 12));
    }

    #[test]
    fn a_name_tells_what_was_called() {
        check("POST", "https://api.zoom.us/v2/users", "post-api.zoom.us-v2-users");
        check(
            "GET",
            "http://127.0.0.1:8080/users/jill%40example.com?x=1",
            "get-127.0.0.1-8080-users-jill-40example.com",
        );
        check("GET", "https://h/../../etc/passwd", "get-h-..-..-etc-passwd");
        check("GET", "https://h/***/", "get-h");
        assert!(stem("GET", &format!("https://h/{}", "a".repeat(500))).len() <= LONGEST);
    }
}
