//! The path of an operation as a URI: what may not stand in one is encoded, and a query that was written into it is a query.

use percent_encoding::percent_decode_str;
use std::fmt::Write;

/// A path as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// The path, its variables as they were written.
    pub(super) uri: String,
    /// Parameters of the query that always have the same value: `/users?view=full`.
    pub(super) fixed: Vec<(String, String)>,
    /// Parameters of the query that have a variable's value, and the variable: `/users?id={user}`.
    pub(super) variables: Vec<(String, String)>,
}

impl Path {
    pub(super) fn of(written: &str) -> Self {
        // `{?page,limit}` is how RFC 6570 writes an optional query; the parameters themselves are declared.
        let written = written.split('#').next().unwrap_or_default();
        let written = written.split("{?").next().unwrap_or_default();
        let (path, query) = written.split_once('?').unwrap_or((written, ""));
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        let mut own = Self { uri: format!("{slash}{}", encoded(path)), fixed: Vec::new(), variables: Vec::new() };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name);
            let variable = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match variable.filter(|name| !name.contains(['{', '}'])) {
                Some(variable) => own.variables.push((name, variable.to_owned())),
                None if value.contains('{') => {}
                None => own.fixed.push((name, decoded(value))),
            }
        }
        own
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A path with what may not stand in one percent-encoded, outside of its variables.
pub(super) fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut depth = 0_usize;
    for ch in path.chars() {
        match ch {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_allowed = ch.is_ascii_graphic() && !"\"<>\\^`|".contains(ch);
        if is_allowed || depth > 0 {
            text.push(ch);
            continue;
        }
        for byte in ch.encode_utf8(&mut [0; 4]).bytes() {
            // A String takes everything.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        let check = |written: &str, uri: &str, fixed: &[(&str, &str)], variables: &[(&str, &str)]| {
            let owned =
                |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            let expected = Path { uri: uri.into(), fixed: owned(fixed), variables: owned(variables) };
            assert_eq!(Path::of(written), expected, "{written}");
        };
        check("/users/{id}", "/users/{id}", &[], &[]);
        check("", "", &[], &[]);
        check("users", "/users", &[], &[]);
        check("/a b/größe/{ein Wert}", "/a%20b/gr%C3%B6%C3%9Fe/{ein Wert}", &[], &[]);
        check("/a%2Fb/{id}:undo", "/a%2Fb/{id}:undo", &[], &[]);
        check("/find?view=full%20text&id={user}&x={a}{b}", "/find", &[("view", "full text")], &[("id", "user")]);
        check("/find#by-name", "/find", &[], &[]);
        check("/users{?page,limit}", "/users", &[], &[]);
    }
}
