//! Paths of files as they stand in URIs.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What cannot stand in the path of a URI reference (RFC 3986, section 3.3).
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The path of a file as it stands in a URI: slashes part its folders on every system, and nothing in it ends it.
#[must_use]
pub fn uri_path(path: &str) -> String {
    utf8_percent_encode(&path.replace('\\', "/"), ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_ends_the_path() {
        let check = |path: &str, expected: &str| assert_eq!(uri_path(path), expected, "{path}");
        check("a/b.yaml", "a/b.yaml");
        check("50% off?/#1 [x].yaml", "50%25%20off%3F/%231%20%5Bx%5D.yaml");
        check("C:\\w\\é.json", "C:/w/%C3%A9.json");
    }
}
