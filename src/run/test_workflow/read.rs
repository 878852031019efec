//! Reads the parts of a tests file, and tells everything that is wrong with them at its place.

use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::source::{Pointer, SourceFile, SpanTree};
use serde_json::{Map, Value};

/// Where diagnostics about one file are collected.
pub(super) struct Reader<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) spans: &'f SpanTree,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A value of the file with its place.
#[derive(Clone)]
pub(super) struct Part<'v> {
    pub(super) value: &'v Value,
    pub(super) pointer: Pointer,
}

impl<'v> Part<'v> {
    pub(super) fn new(value: &'v Value, pointer: Pointer) -> Self {
        Self { value, pointer }
    }

    /// The part under a key; `None` when it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<Part<'v>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self::new(value, self.pointer.key(key)))
    }

    /// The members of an object, with their names.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'v String, Part<'v>)> + '_ {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key, Part::new(value, self.pointer.key(key))))
    }

    /// The items of a list.
    pub(super) fn items(&self) -> impl Iterator<Item = Part<'v>> + '_ {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(|(index, value)| Part::new(value, self.pointer.index(index)))
    }
}

impl Reader<'_> {
    /// Says what is wrong with a part.
    pub(super) fn wrong(&mut self, pointer: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        let span = self.spans.locate(pointer).value;
        let diagnostic = Diagnostic::new(codes::E0618, message).help(help);
        self.diagnostics.push(diagnostic.label(self.file, span, "").pointer(pointer.clone()));
    }

    /// Whether the part is an object. Keys that are not known are told, with the nearest known one.
    pub(super) fn object(&mut self, part: &Part<'_>, what: &str, known: &[&str]) -> bool {
        if !part.value.is_object() {
            self.wrong(&part.pointer, format!("{what} is not a mapping"), keys(known));
            return false;
        }
        for (key, inner) in part.members().filter(|(key, _)| !known.is_empty() && !known.contains(&key.as_str())) {
            let near = nearest(key, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let help = near.unwrap_or_else(|| keys(known));
            let located = self.spans.locate(&inner.pointer);
            let diagnostic = Diagnostic::new(codes::E0618, format!("{what} has no `{key}`")).help(help);
            let span = located.key.unwrap_or(located.value);
            self.diagnostics.push(diagnostic.label(self.file, span, "").pointer(inner.pointer));
        }
        true
    }

    /// The object under a key.
    pub(super) fn map(&mut self, part: &Part<'_>, key: &str) -> Map<String, Value> {
        let Some(inner) = part.get(key) else { return Map::new() };
        if let Value::Object(map) = inner.value {
            return map.clone();
        }
        self.wrong(&inner.pointer, format!("`{key}` is not a mapping"), "write name: value");
        Map::new()
    }

    /// The text under a key.
    pub(super) fn text(&mut self, part: &Part<'_>, key: &str) -> Option<String> {
        let inner = part.get(key)?;
        if let Value::String(text) = inner.value {
            return Some(text.clone());
        }
        self.wrong(&inner.pointer, format!("`{key}` is not a text"), "put it in quotes");
        None
    }

    /// The whole number under a key, not negative.
    pub(super) fn number(&mut self, part: &Part<'_>, key: &str) -> Option<u64> {
        let inner = part.get(key)?;
        let number = inner.value.as_u64();
        if number.is_none() {
            self.wrong(&inner.pointer, format!("`{key}` is not a whole number"), "write 0, 1, 2, ...");
        }
        number
    }

    /// Whether the part is a list.
    pub(super) fn list(&mut self, part: &Part<'_>, what: &str, help: &str) -> bool {
        if !part.value.is_array() {
            self.wrong(&part.pointer, format!("{what} is not a list"), help);
        }
        part.value.is_array()
    }
}

fn keys(known: &[&str]) -> String {
    if known.is_empty() { "write name: value".to_owned() } else { format!("it may hold {}", known.join(", ")) }
}
