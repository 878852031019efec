//! Values put into a URL: encoded for the place where they stand.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// A host may bring its port.
const AUTHORITY: &AsciiSet = &COMPONENT.remove(b':');

/// Where in a URL a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is: outside a URL, and at its very start, where a base stands.
    Raw,
    /// Host and port: everything but unreserved characters and `:` is percent-encoded.
    UriAuthority,
    /// A path segment or query component: everything but unreserved characters is percent-encoded.
    UriComponent,
}

impl Encoding {
    /// The encoding of a value behind this text of the URL; `holes` tells whether the text begins with a base.
    pub(crate) fn behind(literals: &str, starts_with_base: bool) -> Self {
        if literals.is_empty() && !starts_with_base {
            return Self::Raw;
        }
        let in_authority = literals.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']));
        if in_authority && !starts_with_base { Self::UriAuthority } else { Self::UriComponent }
    }

    /// Writes a text in this encoding.
    pub(crate) fn write(self, value: &str, text: &mut String) {
        match self {
            Self::Raw => text.push_str(value),
            Self::UriAuthority => text.extend(utf8_percent_encode(value, AUTHORITY)),
            Self::UriComponent => text.extend(utf8_percent_encode(value, COMPONENT)),
        }
    }
}
