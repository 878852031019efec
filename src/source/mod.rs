//! Text as people write it: files, byte spans, pointers into the tree, and the readers for YAML and JSON.
//!
//! A reader never stops at the first problem: [`parse`] gives a value, a span tree of the same shape and every [`Problem`].
//! Start with [`SourceFile`], then [`parse`].

mod pointer;
mod span;

pub use pointer::Pointer;
pub use span::{Located, Span, SpanNode, SpanTree};

use std::sync::Arc;

/// The two notations of a definition file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// YAML 1.2, core schema.
    Yaml,
}

/// A named text. Cloning is cheap: name and text are shared.
#[derive(Debug, Clone)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
    format: Format,
}

impl SourceFile {
    /// A text under the name that diagnostics show (a path as the user gave it). The name's ending decides the format:
    /// `.json` is JSON, anything else is JSON when its first character is `{` or `[`, else YAML.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let (name, text) = (name.into(), text.into());
        let format = format_of(&name, &text);
        Self { name, text, format }
    }

    /// The name that diagnostics show.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The notation that [`parse`] reads it as.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1, before[line_start..].chars().count() + 1)
    }
}

fn format_of(name: &str, text: &str) -> Format {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".yaml") || lower.ends_with(".yml") {
        return Format::Yaml;
    }
    let starts_as_json = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']);
    if lower.ends_with(".json") || starts_as_json { Format::Json } else { Format::Yaml }
}

/// What a reader gives: always a value (`null` when nothing could be read), spans of the same shape, and all problems.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The value; keys in the order of the text.
    pub value: serde_json::Value,
    /// Where each key and value stands.
    pub spans: SpanTree,
    /// Everything that is wrong with the text, in text order.
    pub problems: Vec<Problem>,
}

/// What kind of thing is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text is not of its notation.
    Syntax,
    /// A mapping has the same key twice.
    DuplicateKey,
    /// An alias names no anchor, or one inside itself.
    BadAlias,
    /// Nesting, alias expansion or size is beyond the limit.
    TooLarge,
    /// A NUL or another control character.
    ControlCharacter,
    /// The file has no value at all.
    Empty,
    /// More than one YAML document in the file.
    ManyDocuments,
    /// A number that cannot be kept exactly.
    Number,
}

/// One thing that is wrong with a text.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind of thing it is.
    pub kind: ProblemKind,
    /// Where it stands.
    pub span: Span,
    /// One sentence.
    pub message: String,
}
