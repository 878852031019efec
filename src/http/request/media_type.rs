//! Media types, read as Spring's `MimeTypeUtils` reads them.

use std::borrow::Cow;
use std::fmt;

/// `type/subtype;name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    kind: Cow<'static, str>,
    subtype: Cow<'static, str>,
    parameters: Vec<(String, String)>,
}

/// Whether a Content-Type is JSON: `application/json` or `application/*+json`.
#[must_use]
pub fn is_json(content_type: &str) -> bool {
    // Nearly every answer says exactly this.
    content_type.eq_ignore_ascii_case("application/json")
        || MediaType::parse(content_type).is_ok_and(|media| media.is_json())
}

/// The charset parameter of a Content-Type, without quotes.
pub(crate) fn charset_of(content_type: &str) -> Option<String> {
    content_type.contains(';').then(|| MediaType::parse(content_type).ok()?.parameter("charset"))?
}

impl MediaType {
    /// `application/json`.
    pub(crate) const JSON: Self =
        Self { kind: Cow::Borrowed("application"), subtype: Cow::Borrowed("json"), parameters: Vec::new() };

    /// Reads a media type; the error is the client library's message.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // Nearly every request says exactly this.
        if text == "application/json" {
            return Ok(Self::JSON);
        }
        let (full, rest) = text.split_once(';').unwrap_or((text, ""));
        let full = match full.trim() {
            "" => return Err("'mimeType' must not be empty".into()),
            "*" => "*/*",
            other => other,
        };
        let (kind, subtype) = full.split_once('/').ok_or("does not contain '/'")?;
        if subtype.is_empty() {
            return Err("does not contain subtype after '/'".into());
        }
        if kind == "*" && subtype != "*" {
            return Err("wildcard type is legal only in '*/*' (all mime types)".into());
        }
        token(kind)?;
        token(subtype)?;
        let parameters = parameters(rest)?;
        Ok(Self { kind: lower_case(kind), subtype: lower_case(subtype), parameters })
    }

    /// Whether the type is `*` or the subtype holds one.
    pub(crate) fn wildcard(&self) -> Option<&'static str> {
        match (&*self.kind, &*self.subtype) {
            ("*", _) => Some("type"),
            (_, subtype) if subtype == "*" || subtype.starts_with("*+") => Some("subtype"),
            _ => None,
        }
    }

    pub(crate) fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind == kind && self.subtype == subtype
    }

    /// Its text.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        if *self == Self::JSON { Cow::Borrowed("application/json") } else { Cow::Owned(self.to_string()) }
    }

    pub(crate) fn is_text(&self) -> bool {
        self.kind == "text"
    }

    pub(crate) fn is_json(&self) -> bool {
        self.kind == "application" && (self.subtype == "json" || self.subtype.ends_with("+json"))
    }

    pub(crate) fn is_xml(&self) -> bool {
        let known = self.is("application", "xml") || self.is("text", "xml");
        known || (self.kind == "application" && self.subtype.ends_with("+xml"))
    }

    pub(crate) fn is_form(&self) -> bool {
        self.is("application", "x-www-form-urlencoded")
    }

    /// The parameter's value without quotes.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let found = self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim_matches('"').to_owned())
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.subtype)?;
        self.parameters.iter().try_for_each(|(name, value)| write!(f, ";{name}={value}"))
    }
}

/// The two words that nearly every type is made of need no copy.
fn lower_case(word: &str) -> Cow<'static, str> {
    match word {
        "application" => Cow::Borrowed("application"),
        "json" => Cow::Borrowed("json"),
        other => Cow::Owned(other.to_ascii_lowercase()),
    }
}

fn token(text: &str) -> Result<(), String> {
    let separator = |ch: char| " ()<>@,;:\\\"/[]?={}\t".contains(ch);
    match text.chars().find(|ch| !ch.is_ascii() || ch.is_ascii_control() || separator(*ch)) {
        Some(ch) => Err(format!("Invalid token character '{ch}' in token \"{text}\"")),
        None => Ok(()),
    }
}

fn parameters(rest: &str) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut quoted = false;
    let parts = rest.split(|ch: char| {
        quoted ^= ch == '"';
        ch == ';' && !quoted
    });
    for part in parts {
        let Some((name, value)) = part.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        token(name)?;
        if !(value.len() > 1 && value.starts_with('"') && value.ends_with('"')) {
            token(value)?;
        }
        let charset = value.trim_matches('"');
        if name.eq_ignore_ascii_case("charset") && encoding_rs::Encoding::for_label(charset.as_bytes()).is_none() {
            return Err(format!("unsupported charset '{charset}'"));
        }
        match found.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, before)) => value.clone_into(before),
            None => found.push((name.to_owned(), value.to_owned())),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let got = MediaType::parse(text).map(|media| media.to_string());
        assert_eq!(got, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn media_types_are_normalised() {
        check("Text/Plain; charset=utf-8", Ok("text/plain;charset=utf-8"));
        check("application/json", Ok("application/json"));
        check("a/b ; x=\"1;2\" ; y=3", Ok("a/b;x=\"1;2\";y=3"));
        check("*", Ok("*/*"));
    }

    #[test]
    fn what_is_none_is_refused_in_the_librarys_words() {
        check("", Err("'mimeType' must not be empty"));
        check("json", Err("does not contain '/'"));
        check("text/", Err("does not contain subtype after '/'"));
        check("*/json", Err("wildcard type is legal only in '*/*' (all mime types)"));
        check("application/xml, text/plain", Err("Invalid token character ',' in token \"xml, text/plain\""));
        check("text/plain;charset=none-such", Err("unsupported charset 'none-such'"));
    }
}
