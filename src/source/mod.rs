//! Text as people write it: files, byte spans, pointers into the tree, and the readers for YAML and JSON.
//!
//! A reader never stops at the first problem: [`parse`] gives a value, a span tree of the same shape and every [`Problem`].
//! Start with [`SourceFile`], then [`parse`].

pub mod edit;
mod entries;
mod json;
mod kind;
mod locate;
mod member;
mod number;
mod pointer;
mod scalar;
mod span;
mod yaml;

pub use kind::kind_in_words;
pub use locate::locate;
pub use member::{copied, member, member_mut};
pub use pointer::Pointer;
pub(crate) use pointer::first_step;
pub use scalar::plain_scalar_is_text;

pub use span::{Located, Span, SpanNode, SpanTree};

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

/// The two notations of a definition file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// YAML 1.2, core schema.
    Yaml,
}

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The deepest nesting of lists and mappings that is read.
pub const MAX_DEPTH: usize = 200;

/// The most values that one file may hold.
pub const MAX_NODES: usize = 1_000_000;

/// What the aliases and anchors of one YAML file may expand to, in bytes (each value counts 64 and its text).
pub const MAX_EXPANSION: usize = 64 * 1024 * 1024;

/// After so many problems the rest of a file is not read: it is not what it was taken for.
const MAX_PROBLEMS: usize = 50;

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

    /// The same from the bytes of a file.
    ///
    /// # Errors
    /// [`ProblemKind::Encoding`] when they are not UTF-8, with the first byte that is wrong.
    pub fn from_bytes(name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Result<Self, Problem> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            let problem = Problem::new(ProblemKind::Encoding, Span::new(0, 2), "the file is UTF-16, not UTF-8");
            return Err(problem.help("save it as UTF-8"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = memchr::memchr_iter(b'\n', &error.as_bytes()[..at]).count() + 1;
            let message = format!("the file is not UTF-8: byte {at}, on line {line}, belongs to no character");
            Problem::new(ProblemKind::Encoding, Span::new(at, at + 1), message).help("save it as UTF-8")
        })?;
        Ok(Self::new(name, text))
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
    let ending = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
    if ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml") {
        return Format::Yaml;
    }
    let starts_as_json = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with(['{', '[']);
    if ending.eq_ignore_ascii_case("json") || starts_as_json { Format::Json } else { Format::Yaml }
}

/// Reads a text in its notation. Always gives a value, as far as it could be read, and every problem in text order.
///
/// A byte-order mark and either kind of line end are accepted. Limits: [`MAX_BYTES`], [`MAX_DEPTH`], [`MAX_NODES`],
/// [`MAX_EXPANSION`]; beyond one of them there is exactly one problem for it.
#[must_use]
pub fn parse(file: &SourceFile) -> Parsed {
    let text = file.text();
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        return Parsed::refused(Problem::new(ProblemKind::TooLarge, Span::new(0, 0), message));
    }
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let problem = Problem::new(ProblemKind::ControlCharacter, Span::new(at, at + 1), "the file holds a NUL byte");
        return Parsed::refused(problem.help("is it a binary file? Save it as plain UTF-8 text"));
    }
    let mut parsed = match file.format() {
        Format::Json => json::read(text),
        Format::Yaml => yaml::read(text),
    };
    if parsed.problems.iter().any(|problem| problem.kind == ProblemKind::TooLarge) {
        // What else seems wrong comes from stopping there.
        parsed.problems.retain(|problem| problem.kind == ProblemKind::TooLarge);
    }
    parsed.problems.sort_by_key(|problem| problem.span.start);
    parsed.problems.truncate(MAX_PROBLEMS);
    parsed
}

/// As [`parse`], without the spans: in a fraction of time and room for a large JSON file that has no flaw.
#[must_use]
pub fn parse_value(file: &SourceFile) -> (serde_json::Value, Vec<Problem>) {
    let text = file.text().trim_start_matches('\u{feff}');
    if file.format() == Format::Json
        && text.len() <= MAX_BYTES
        && let Ok(value) = serde_json::from_str(text)
    {
        return (value, Vec::new());
    }
    let parsed = parse(file);
    (parsed.value, parsed.problems)
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

impl Parsed {
    fn refused(problem: Problem) -> Self {
        Self { value: serde_json::Value::Null, spans: SpanTree::default(), problems: vec![problem] }
    }
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
    /// A YAML tag that is not of the core schema; the value is read without it.
    UnknownTag,
    /// The bytes are not UTF-8.
    Encoding,
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
    /// What to do about it.
    pub help: Option<String>,
    /// The other place it has to do with: the first of two equal keys, the bracket that is not closed.
    pub related: Option<Span>,
}

impl Problem {
    /// A problem without help.
    #[must_use]
    pub fn new(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), help: None, related: None }
    }

    /// With the sentence that says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the other place it has to do with.
    #[must_use]
    pub fn related(mut self, span: Span) -> Self {
        self.related = Some(span);
        self
    }

    /// Whether what was read is only a part of what was written.
    #[must_use]
    pub fn breaks_the_value(&self) -> bool {
        !matches!(self.kind, ProblemKind::DuplicateKey | ProblemKind::Number | ProblemKind::UnknownTag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expected: Result<(Format, &[ProblemKind]), ProblemKind>) {
        let file = SourceFile::from_bytes(name, bytes.to_vec());
        let found = file.as_ref().map_err(|problem| problem.kind).map(|file| {
            let kinds: Vec<_> = parse(file).problems.iter().map(|problem| problem.kind).collect();
            (file.format(), kinds)
        });
        assert_eq!(found, expected.map(|(format, kinds)| (format, kinds.to_vec())), "{name}");
    }

    #[test]
    fn the_name_decides_the_format_and_then_the_text() {
        check("a.YAML", b"{}", Ok((Format::Yaml, &[])));
        check("a.json", b"{}", Ok((Format::Json, &[])));
        check("-", b"\xef\xbb\xbf {}", Ok((Format::Json, &[])));
        check("-", b"a: 1", Ok((Format::Yaml, &[])));
        check("a.json", b"", Ok((Format::Json, &[ProblemKind::Empty])));
    }

    #[test]
    fn what_is_no_text_gives_one_problem() {
        check("a.yaml", b"a: \xff", Err(ProblemKind::Encoding));
        check("a.yaml", b"\xff\xfea\0", Err(ProblemKind::Encoding));
        check("a.yaml", b"a: \0b\0", Ok((Format::Yaml, &[ProblemKind::ControlCharacter])));
        check("a.yaml", b"a: \x07", Ok((Format::Yaml, &[ProblemKind::ControlCharacter])));
        check("a.json", &vec![b'['; MAX_BYTES + 1], Ok((Format::Json, &[ProblemKind::TooLarge])));
        check("a.yaml", "? ".repeat(300).as_bytes(), Ok((Format::Yaml, &[ProblemKind::TooLarge])));
        check("a.json", &vec![b'['; 300], Ok((Format::Json, &[ProblemKind::TooLarge])));
    }
}
