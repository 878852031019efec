//! Header fields: names as they were written, values as bytes, in order.

use std::borrow::Cow;

/// One header field. The name keeps its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name as written or received.
    pub name: Box<str>,
    /// The value's bytes, without surrounding white space.
    pub value: Box<[u8]>,
}

impl Header {
    /// The value as text: UTF-8, else ISO-8859-1.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        std::str::from_utf8(&self.value).map_or_else(|_| Cow::Owned(latin1(&self.value)), Cow::Borrowed)
    }
}

/// Header fields in order; a name may come up more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// Adds a field after the others.
    pub fn add(&mut self, name: impl Into<Box<str>>, value: impl Into<Box<[u8]>>) {
        self.0.push(Header { name: name.into(), value: value.into() });
    }

    /// Puts one field in the place of all fields of that name.
    pub fn set(&mut self, name: &str, value: impl Into<Box<[u8]>>) {
        self.remove(name);
        self.add(name, value);
    }

    /// Removes all fields of that name, whatever its case.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// The first value of that name, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(Header::text)
    }

    /// Every value of that name, whatever its case.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = Cow<'h, str>> {
        self.0.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(Header::text)
    }

    /// Whether there is a field of that name, whatever its case.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// Whether a comma-separated list of that name holds the token, whatever its case.
    #[must_use]
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.all(name).any(|value| value.split(',').any(|item| item.trim().eq_ignore_ascii_case(token)))
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = &Header> {
        self.0.iter()
    }

    /// Keeps the fields that `keep` says yes to; it gets each one's index too.
    pub fn retain(&mut self, mut keep: impl FnMut(usize, &Header) -> bool) {
        let mut index = 0;
        self.0.retain(|header| {
            index += 1;
            keep(index - 1, header)
        });
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes as ISO-8859-1 text.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
