//! A URI as the client library of a Conductor server makes it of a text: Spring's `DefaultUriBuilderFactory` in its mode
//! `URI_COMPONENT`, over the parser of Spring 6.2 (`RfcUriParser`).
//!
//! The text counts as not encoded at all: a `%` becomes `%25`. Braces are template variables, empty path segments vanish, query parameters
//! are grouped by name.

use crate::http::target::percent;
use regex::Regex;
use std::sync::LazyLock;

/// A URI, encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SpringUri {
    pub(super) scheme: Option<String>,
    pub(super) userinfo: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<String>,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) fragment: Option<String>,
}

/// A Java exception: class and message.
pub(super) type Thrown = (&'static str, String);

const ILLEGAL_ARGUMENT: &str = "java.lang.IllegalArgumentException";
const INVALID_URL: &str = "org.springframework.web.util.InvalidUrlException";
const HIERARCHICAL: &[&str] = &["ftp", "file", "http", "https", "ws", "wss"];

static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\{([^/]+?)\}").ok());

impl SpringUri {
    /// Parses, expands and encodes.
    pub(super) fn build(text: &str) -> Result<Self, Thrown> {
        let mut raw = parse(text)?;
        expand(&raw)?;
        if let Some(userinfo) = &mut raw.userinfo {
            *userinfo = encode(userinfo, b":");
        }
        if let Some(host) = raw.host.as_mut().filter(|host| !host.starts_with('[')) {
            *host = encode(host, b"");
        }
        raw.path = path(&raw.path);
        raw.query = raw.query.as_deref().and_then(query);
        raw.fragment = raw.fragment.map(|fragment| encode(&fragment, b":@/?"));
        Ok(raw)
    }

    /// The text of `URI.toString`, without the query: as messages name it.
    pub(super) fn named(&self) -> String {
        let mut text = self.scheme.as_ref().map(|scheme| format!("{scheme}:")).unwrap_or_default();
        if let Some(host) = &self.host {
            let userinfo = self.userinfo.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
            let port = self.port.as_ref().filter(|port| !port.is_empty()).map(|port| format!(":{port}"));
            text.extend(["//", &userinfo, host, &port.unwrap_or_default()]);
        }
        text.push_str(&self.path);
        if let (None, Some(fragment)) = (&self.query, &self.fragment) {
            text.extend(["#", fragment]);
        }
        text
    }

    /// Path and query as they are sent.
    pub(super) fn path_and_query(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        self.query.as_ref().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
    }
}

fn parse(text: &str) -> Result<SpringUri, Thrown> {
    let mut uri = SpringUri::default();
    let rest = match scheme_end(text) {
        None => text,
        Some(at) => {
            let (scheme, rest) = (text[..at].to_ascii_lowercase(), &text[at + 1..]);
            if !rest.starts_with('/') && !HIERARCHICAL.contains(&scheme.as_str()) {
                return Err(opaque(&scheme));
            }
            uri.scheme = Some(scheme);
            rest
        }
    };
    let (rest, fragment) = rest.split_once('#').map_or((rest, None), |(rest, fragment)| (rest, Some(fragment)));
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    uri.fragment = fragment.filter(|fragment| !fragment.is_empty()).map(str::to_owned);
    uri.query = query.map(str::to_owned);
    match rest.strip_prefix("//") {
        None => rest.clone_into(&mut uri.path),
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            read_authority(&mut uri, authority)?;
            path.clone_into(&mut uri.path);
        }
    }
    if escapes_are_whole(&uri.path, text.ends_with(&uri.path)) {
        Ok(uri)
    } else {
        Err((INVALID_URL, "Bad path".into()))
    }
}

/// Where a scheme ends: a colon before any of `/;?#`.
fn scheme_end(text: &str) -> Option<usize> {
    let at = text.find([':', '/', ';', '?', '#'])?;
    let starts = !text.starts_with(['/', ';', '.', '%', '?', '#', '*', ':']);
    (starts && text[at..].starts_with(':')).then_some(at)
}

/// The factory drops what follows an opaque scheme, and `URI.create` stumbles over what is left.
fn opaque(scheme: &str) -> Thrown {
    let illegal = scheme.char_indices().position(|(index, ch)| match index {
        0 => !ch.is_ascii_alphabetic(),
        _ => !(ch.is_ascii_alphanumeric() || matches!(ch, '+' | '-' | '.')),
    });
    let message = match illegal {
        Some(index) => format!("Illegal character in scheme name at index {index}: {scheme}:"),
        None => format!("Expected scheme-specific part at index {}: {scheme}:", scheme.chars().count() + 1),
    };
    (ILLEGAL_ARGUMENT, message)
}

fn read_authority(uri: &mut SpringUri, authority: &str) -> Result<(), Thrown> {
    let bad = || (INVALID_URL, "Bad authority".to_owned());
    let rest = match authority.rsplit_once('@') {
        Some((user, rest)) => {
            uri.userinfo = Some(user.to_owned());
            rest
        }
        None => authority,
    };
    let (host, port) = if rest.starts_with('[') {
        let end = rest.find(']').ok_or_else(bad)? + 1;
        let port = rest[end..].strip_prefix(':');
        (&rest[..end], port)
    } else {
        rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)))
    };
    let host_fits =
        host.starts_with('[') || host.chars().all(|ch| ch.is_ascii_alphanumeric() || "-._~!$&'()*+,;=%{}".contains(ch));
    let port_fits = port.is_none_or(|port| port.chars().all(|ch| ch.is_ascii_digit()) || port.contains('{'));
    if !host_fits || !port_fits {
        return Err(bad());
    }
    uri.host = (!host.is_empty()).then(|| host.to_owned());
    uri.port = port.map(str::to_owned);
    Ok(())
}

/// A `%` has to start an escape in a path, though it is encoded again later. At the very end of the text the parser has nothing left to
/// complain about; `last` says whether the path goes up to there.
fn escapes_are_whole(path: &str, last: bool) -> bool {
    let bytes = path.as_bytes();
    let hex = |from: usize, count: usize| {
        bytes.get(from..from + count).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let mut marks = memchr::memchr_iter(b'%', bytes);
    marks.all(|at| match bytes.get(at + 1) {
        None => last,
        Some(b'u') => hex(at + 2, 4),
        Some(_) => hex(at + 1, 2) || (last && bytes.len() == at + 2 && hex(at + 1, 1)),
    })
}

/// There are no values for template variables: the first one is an error.
fn expand(uri: &SpringUri) -> Result<(), Thrown> {
    let parts = [&uri.scheme, &uri.userinfo, &uri.host, &uri.port];
    let segments = uri.path.split('/');
    let query = uri.query.as_deref().unwrap_or_default().split('&').flat_map(|pair| pair.splitn(2, '='));
    let all =
        parts.into_iter().flatten().map(String::as_str).chain(segments).chain(query).chain(uri.fragment.as_deref());
    let Some(pattern) = VARIABLE.as_ref() else { return Ok(()) };
    for part in all {
        if let Some(name) = pattern.captures(part).and_then(|found| found.get(1)) {
            let name = name.as_str().split(':').next().unwrap_or_default();
            return Err((ILLEGAL_ARGUMENT, format!("Not enough variable values available to expand '{name}'")));
        }
    }
    Ok(())
}

fn path(raw: &str) -> String {
    let mut path = String::with_capacity(raw.len() + 1);
    for segment in raw.split('/').filter(|segment| !segment.is_empty()) {
        path.push('/');
        path.push_str(&encode(segment, b":@"));
    }
    if raw.ends_with('/') {
        path.push('/');
    }
    path
}

/// `name=value` pairs, those of one name together.
fn query(raw: &str) -> Option<String> {
    let mut grouped: Vec<(String, Vec<Option<String>>)> = Vec::new();
    for pair in raw.split('&') {
        let pair = pair.trim_start_matches('=');
        if pair.is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
        // In a value only, `=` and `&` are not allowed: it was split at the first one.
        let (name, value) = (encode_parameter(name), value.map(encode_parameter));
        match grouped.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => grouped.push((name, vec![value])),
        }
    }
    let pairs: Vec<String> = grouped
        .into_iter()
        .flat_map(|(name, values)| {
            values.into_iter().map(move |value| value.map_or_else(|| name.clone(), |value| format!("{name}={value}")))
        })
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

fn encode_parameter(text: &str) -> String {
    encode_but(text, |byte| !matches!(byte, b'=' | b'&') && (is_sub_delimiter(byte) || b":@/?".contains(&byte)))
}

/// Percent-encodes all but unreserved characters, sub-delimiters and `extra`.
fn encode(text: &str, extra: &[u8]) -> String {
    encode_but(text, |byte| is_sub_delimiter(byte) || extra.contains(&byte))
}

fn encode_but(text: &str, allowed: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || allowed(byte) {
            out.push(char::from(byte));
        } else {
            percent(&mut out, byte);
        }
    }
    out
}

fn is_sub_delimiter(byte: u8) -> bool {
    b"!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let got = SpringUri::build(text).map(|uri| uri.path_and_query()).map_err(|(_, message)| message);
        assert_eq!(got, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
    }

    #[test]
    fn texts_are_encoded_as_if_they_were_not() {
        check("http://h", Ok("/"));
        check("http://h/a b", Ok("/a%20b"));
        check("http://h/a%20b?q=c%20d", Ok("/a%2520b?q=c%2520d"));
        check("http://h/a+b;c=d@e:f", Ok("/a+b;c=d@e:f"));
        check("http://h/\u{fc}/\u{4e2d}", Ok("/%C3%BC/%E4%B8%AD"));
        check("http://h/a\"<>|^`\\[]", Ok("/a%22%3C%3E%7C%5E%60%5C%5B%5D"));
        check("http://h/{}", Ok("/%7B%7D"));
        check("http://h/a?ids[]=1&ids[]=2", Ok("/a?ids%5B%5D=1&ids%5B%5D=2"));
        check("http://h/a?x=y=z&e=&f", Ok("/a?x=y%3Dz&e=&f"));
        check("http://h/a?u=http://x/?y", Ok("/a?u=http://x/?y"));
        check("http://h/a?a=1&b=2&a=3", Ok("/a?a=1&a=3&b=2"));
        check("http://h/a?q=100%&r=50%25", Ok("/a?q=100%25&r=50%2525"));
        check("http://h/a?", Ok("/a"));
        check("http://h/a?b#c", Ok("/a?b"));
    }

    #[test]
    fn empty_segments_vanish_and_dots_stay() {
        check("http://h//a///b", Ok("/a/b"));
        check("http://h/a/", Ok("/a/"));
        check("http://h/a/../b/./c", Ok("/a/../b/./c"));
        check("http://h/a/b c/c?d=e&f#g/end?q=a", Ok("/a/b%20c/c?d=e&f"));
    }

    #[test]
    fn what_cannot_be_built_is_an_exception() {
        check("http://h/{id}?f={x}", Err("Not enough variable values available to expand 'id'"));
        check("http://h/a?f={\"a\":1}", Err("Not enough variable values available to expand '\"a\"'"));
        check("http://h/50%/x", Err("Bad path"));
        check("http://h/50%?x=1%", Err("Bad path"));
        check("http://h/50%2#x", Err("Bad path"));
        check("http://h/50%", Ok("/50%25"));
        check("http://a b/x", Err("Bad authority"));
        check("127.0.0.1:1/x", Err("Illegal character in scheme name at index 0: 127.0.0.1:"));
        check("localhost:8080/x", Err("Expected scheme-specific part at index 10: localhost:"));
    }

    #[test]
    fn a_text_without_scheme_is_a_path() {
        let named = |text: &str| SpringUri::build(text).map(|uri| uri.named()).unwrap_or_default();
        assert_eq!(named("5"), "/5");
        assert_eq!(named(""), "");
        assert_eq!(named("v2/users"), "/v2/users");
        assert_eq!(named("ftp://127.0.0.1/x?y"), "ftp://127.0.0.1/x");
    }
}
