//! Where a request goes: an absolute http or https URI, taken apart.

use std::fmt;

/// `http` or `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Plain text.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Scheme, host and port: what a connection is opened to, and what credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    /// The host in lower case; an IPv6 address has no brackets.
    pub host: Box<str>,
    /// The port, the scheme's own when the URI has none.
    pub port: u16,
}

impl Origin {
    /// `host` or `host:port` as the Host header has it: no port when it is the scheme's own, brackets around IPv6.
    #[must_use]
    pub fn authority(&self) -> String {
        let mut authority = String::with_capacity(self.host.len() + 8);
        // A String takes everything.
        let _ = self.write_authority(&mut authority);
        authority
    }

    fn write_authority(&self, out: &mut impl fmt::Write) -> fmt::Result {
        if self.host.contains(':') {
            write!(out, "[{}]", self.host)?;
        } else {
            out.write_str(&self.host)?;
        }
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(out, ":{}", self.port) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme.as_str())?;
        self.write_authority(f)
    }
}

/// An absolute URI whose characters may all be sent as they are. It has neither user information nor a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Scheme, host and port.
    pub origin: Origin,
    /// Path and query, starting with a slash.
    pub path_and_query: Box<str>,
}

/// Why a text is not a [`Target`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing but white space.
    #[error("the URI is empty")]
    Empty,
    /// No `scheme://`.
    #[error("the URI has no scheme")]
    Relative,
    /// A scheme other than http and https.
    #[error("only http and https can be called")]
    Scheme,
    /// No host after `//`, or one that cannot be a host.
    #[error("the URI has no valid host")]
    Host,
    /// A port that is no number up to 65535.
    #[error("the URI has no valid port")]
    Port,
    /// `user:password@`.
    #[error("the URI holds credentials")]
    Userinfo,
    /// A control character.
    #[error("the URI holds a control character")]
    Control,
}

impl Target {
    /// Reads an absolute URI. Characters that may not stand in one are percent-encoded (a space, a quote, `ü`, a `%` that starts no escape);
    /// what is encoded already stays. The fragment is dropped.
    ///
    /// # Errors
    /// [`TargetError`] says what is missing or not allowed.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(TargetError::Empty);
        }
        if has_control(text) {
            return Err(TargetError::Control);
        }
        let (scheme, rest) = split_scheme(text)?;
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let origin = origin(scheme, authority)?;
        Ok(Self { origin, path_and_query: sendable(path) })
    }

    /// Resolves a `Location` against this URI (RFC 3986, section 5.2).
    ///
    /// # Errors
    /// As [`Target::parse`].
    pub fn join(&self, location: &str) -> Result<Self, TargetError> {
        let location = location.trim();
        if has_scheme(location) {
            return Self::parse(location);
        }
        if let Some(rest) = location.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.origin.scheme.as_str()));
        }
        let path = self.path();
        let reference = location.split('#').next().unwrap_or_default();
        let joined = match reference.chars().next() {
            None => self.path_and_query.to_string(),
            Some('/') => reference.to_owned(),
            Some('?') => format!("{path}{reference}"),
            Some(_) => format!("{}{reference}", &path[..=path.rfind('/').unwrap_or_default()]),
        };
        Ok(Self { origin: self.origin.clone(), path_and_query: sendable(&without_dots(&joined)) })
    }

    /// Gives a parameter of the query a value: in the place of the one that is there, else at the end.
    pub(crate) fn set_parameter(&mut self, name: &str, value: &str) {
        let encoded = |text: &str| {
            text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
                if byte.is_ascii_alphanumeric() || b"-._~*".contains(&byte) {
                    out.push(char::from(byte));
                } else {
                    percent(&mut out, byte);
                }
                out
            })
        };
        let own = format!("{}={}", encoded(name), encoded(value));
        let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(&encoded(name));
        let others = self.query().unwrap_or_default().split('&').filter(is_other);
        let query = others.chain([own.as_str()]).collect::<Vec<_>>().join("&");
        self.path_and_query = format!("{}?{query}", self.path()).into();
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }

    /// The query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.path_and_query.split_once('?').map(|(_, query)| query)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path_and_query)
    }
}

/// Whether a text holds a control character. All of ASCII is looked at without taking characters apart.
pub(super) fn has_control(text: &str) -> bool {
    let is_ascii = text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    !is_ascii && text.chars().any(char::is_control)
}

fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && scheme.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '+' | '-' | '.'))
}

fn split_scheme(text: &str) -> Result<(Scheme, &str), TargetError> {
    // As nearly every URI is written.
    for (start, scheme) in [("https://", Scheme::Https), ("http://", Scheme::Http)] {
        if let Some(rest) = text.strip_prefix(start) {
            return Ok((scheme, rest));
        }
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        // `localhost:8080/x` looks like a scheme and is a host.
        let scheme = text.split(':').next().unwrap_or_default();
        let known = ["mailto", "data", "javascript", "urn", "file"].contains(&scheme.to_ascii_lowercase().as_str());
        return Err(if known && has_scheme(text) { TargetError::Scheme } else { TargetError::Relative });
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Scheme::Http, rest)),
        "https" => Ok((Scheme::Https, rest)),
        _ if has_scheme(text) => Err(TargetError::Scheme),
        _ => Err(TargetError::Relative),
    }
}

fn origin(scheme: Scheme, authority: &str) -> Result<Origin, TargetError> {
    if authority.contains('@') {
        return Err(TargetError::Userinfo);
    }
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or(TargetError::Host)?;
        address.parse::<std::net::Ipv6Addr>().map_err(|_| TargetError::Host)?;
        (address.to_ascii_lowercase(), port.strip_prefix(':').or(port.is_empty().then_some("")))
    } else {
        let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
        (host_name(name)?, Some(port))
    };
    let port = match port.ok_or(TargetError::Port)? {
        "" => scheme.default_port(),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().map_err(|_| TargetError::Port)?,
        _ => return Err(TargetError::Port),
    };
    Ok(Origin { scheme, host: host.into(), port })
}

fn host_name(name: &str) -> Result<String, TargetError> {
    let ascii = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii(name).map_err(|_| TargetError::Host)?
    };
    let fits = ascii.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~'));
    if ascii.is_empty() || !fits { Err(TargetError::Host) } else { Ok(ascii) }
}

/// The path and query as they are sent: a leading slash, no fragment, nothing unsendable.
fn sendable(text: &str) -> Box<str> {
    let text = text.split('#').next().unwrap_or_default();
    let slash = if text.starts_with('/') { "" } else { "/" };
    let mut out = String::with_capacity(slash.len() + text.len());
    out.push_str(slash);
    let bytes = text.as_bytes();
    if bytes.iter().fold(true, |so_far, byte| so_far & is_plain(*byte)) {
        out.push_str(text);
        return out.into();
    }
    for (index, byte) in bytes.iter().enumerate() {
        let escape = || bytes.get(index + 1..index + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let keep = is_plain(*byte) || (*byte == b'%' && escape());
        if keep { out.push(char::from(*byte)) } else { percent(&mut out, *byte) }
    }
    out.into()
}

/// Whether a byte stands for itself in a path or query.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b'!' | b'#' | b'$' | b'&'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~')
}

/// Appends a byte percent-encoded.
pub(super) fn percent(out: &mut String, byte: u8) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

/// Removes `.` and `..` steps of the path (RFC 3986, section 5.2.4).
fn without_dots(path_and_query: &str) -> String {
    let (path, query) = path_and_query.split_at(path_and_query.find('?').unwrap_or(path_and_query.len()));
    let mut steps: Vec<&str> = Vec::new();
    let mut all = path.split('/').skip(1).peekable();
    while let Some(step) = all.next() {
        let last = all.peek().is_none();
        match step {
            "." | ".." => {
                if step == ".." {
                    steps.pop();
                }
                if last {
                    steps.push("");
                }
            }
            other => steps.push(other),
        }
    }
    format!("/{}{query}", steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, TargetError>) {
        assert_eq!(Target::parse(text).map(|target| target.to_string()), expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn absolute_uris_are_read() {
        check("http://example.com", Ok("http://example.com/"));
        check("HTTPS://Example.COM:443/a?b=c#d", Ok("https://example.com/a?b=c"));
        check("http://example.com:8080?x", Ok("http://example.com:8080/?x"));
        check("http://[::1]:9/x", Ok("http://[::1]:9/x"));
        check("http://h/a b/ü?q=\"x\"&r={y}", Ok("http://h/a%20b/%C3%BC?q=%22x%22&r=%7By%7D"));
        check("http://h/a%20b%zz%", Ok("http://h/a%20b%25zz%25"));
        check("http://h//a/../b", Ok("http://h//a/../b"));
        check("http://bücher.example/", Ok("http://xn--bcher-kva.example/"));
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        check("", Err(TargetError::Empty));
        check("/v2/users", Err(TargetError::Relative));
        check("localhost:8080/x", Err(TargetError::Relative));
        check("file:///etc/passwd", Err(TargetError::Scheme));
        check("ftp://h/x", Err(TargetError::Scheme));
        check("http:///x", Err(TargetError::Host));
        check("http://a b/x", Err(TargetError::Host));
        check("http://h:port/", Err(TargetError::Port));
        check("http://h:70000/", Err(TargetError::Port));
        check("http://user:secret@h/", Err(TargetError::Userinfo));
        check("http://h/a\r\nX: y", Err(TargetError::Control));
    }

    #[test]
    fn a_parameter_takes_the_place_of_its_name() {
        let set = |uri: &str, name: &str, value: &str| {
            let mut target = Target::parse(uri).expect("a valid URI");
            target.set_parameter(name, value);
            target.to_string()
        };
        assert_eq!(set("http://h/x", "t", "a&b=c d"), "http://h/x?t=a%26b%3Dc%20d");
        assert_eq!(set("http://h/x?t=1&u=2&t=3", "t", "4"), "http://h/x?u=2&t=4");
        assert_eq!(set("http://h/x?t", "t", "="), "http://h/x?t=%3D");
    }

    #[test]
    fn a_location_is_resolved_against_the_uri() {
        let base = Target::parse("http://h:1/a/b/c?q").expect("a valid URI");
        let join = |location: &str| base.join(location).map(|target| target.to_string()).unwrap_or_default();
        assert_eq!(join("/x?y#z"), "http://h:1/x?y");
        assert_eq!(join("x"), "http://h:1/a/b/x");
        assert_eq!(join("../x/./y"), "http://h:1/a/x/y");
        assert_eq!(join("../../../.."), "http://h:1/");
        assert_eq!(join("?z"), "http://h:1/a/b/c?z");
        assert_eq!(join("//other/x"), "http://other/x");
        assert_eq!(join("https://other/x"), "https://other/x");
    }
}
