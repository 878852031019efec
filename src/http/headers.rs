//! Header fields: names as they were written, values as bytes, in order.
//!
//! All fields of a head stand in two buffers, so that a head of any length costs three allocations.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'h> {
    /// The name as it was written.
    pub name: &'h str,
    /// The value without the white space around it. Nearly always text.
    pub value: &'h [u8],
}

impl<'h> Header<'h> {
    /// The value as text: UTF-8, or ISO-8859-1 when it is not that.
    #[must_use]
    pub fn text(self) -> Cow<'h, str> {
        std::str::from_utf8(self.value).map_or_else(|_| Cow::Owned(latin1(self.value)), Cow::Borrowed)
    }
}

/// The fields of a head. Names compare without regard to case; a name may come more than once.
#[derive(Clone, Default)]
pub struct Headers {
    names: String,
    values: Vec<u8>,
    fields: Vec<Field>,
}

/// Where one field stands in the two buffers. A head has at most 4 GiB.
#[derive(Clone)]
struct Field {
    name: Place,
    value: Place,
}

/// A part of a buffer.
#[derive(Clone, Copy)]
struct Place {
    start: u32,
    end: u32,
}

impl Place {
    fn new(range: Range<usize>) -> Self {
        let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: place(range.start), end: place(range.end) }
    }

    fn length(self) -> usize {
        (self.end - self.start) as usize
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Headers {
    /// No fields, with room for so many of the usual size.
    #[must_use]
    pub fn with_capacity(fields: usize) -> Self {
        Self {
            names: String::with_capacity(fields * 12),
            values: Vec::with_capacity(fields * 18),
            fields: Vec::with_capacity(fields),
        }
    }

    /// Adds a field, after all others.
    pub fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let (name_start, value_start) = (self.names.len(), self.values.len());
        self.names.push_str(name);
        self.values.extend_from_slice(value.as_ref());
        let (name, value) = (name_start..self.names.len(), value_start..self.values.len());
        self.fields.push(Field { name: Place::new(name), value: Place::new(value) });
    }

    /// Puts a field in the place of all fields of its name, at the end.
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.remove(name);
        self.add(name, value);
    }

    /// Takes all fields of the name out.
    pub fn remove(&mut self, name: &str) {
        self.retain(|_, header| !header.name.eq_ignore_ascii_case(name));
    }

    /// The value of the first field of the name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.first(name).map(Header::text)
    }

    /// The first field of the name. Lengths are compared first: nearly all others differ in that.
    fn first(&self, name: &str) -> Option<Header<'_>> {
        let same_length = self.fields.iter().filter(|field| field.name.length() == name.len());
        let mut fields = same_length.map(|field| header(&self.names, &self.values, field));
        fields.find(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// The values of all fields of the name.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = Cow<'h, str>> {
        self.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(Header::text)
    }

    /// Whether there is a field of the name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// Whether a field that lists tokens (`Connection: keep-alive, te`) has this one.
    #[must_use]
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.all(name).any(|value| value.split(',').any(|item| item.trim().eq_ignore_ascii_case(token)))
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = Header<'_>> {
        self.fields.iter().map(|field| header(&self.names, &self.values, field))
    }

    /// Keeps the fields for which the function, given index and field, says so.
    pub fn retain(&mut self, mut keep: impl FnMut(usize, Header<'_>) -> bool) {
        let Self { names, values, fields } = self;
        let mut index = 0;
        fields.retain(|field| {
            index += 1;
            keep(index - 1, header(names, values, field))
        });
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

fn header<'h>(names: &'h str, values: &'h [u8], field: &Field) -> Header<'h> {
    Header {
        name: names.get(field.name.range()).unwrap_or_default(),
        value: values.get(field.value.range()).unwrap_or_default(),
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|header| (header.name, header.text()))).finish()
    }
}

/// Each byte is the character of that number.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
