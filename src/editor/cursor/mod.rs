//! What is being written at a place: found in the text itself, from its beginning to the place, so that nothing behind the
//! place and no line that is half typed before it can hide the answer.

mod block;
mod flow;

use crate::source::{Format, Pointer, SourceFile, Span};

/// What can stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A key of the mapping at `at`.
    Key,
    /// The value at `at`.
    Value,
    /// A word that is the value at `at` as it stands, and a key of a mapping there as soon as a colon follows.
    Either,
}

/// The place of a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Of a key, the mapping; of a value, the value itself.
    pub(super) at: Pointer,
    pub(super) role: Role,
    /// The word there: what is replaced. Inside its quotes.
    pub(super) replace: Span,
    /// The quote that the word stands in.
    pub(super) quote: Option<Quote>,
    /// Whether a colon follows the key.
    pub(super) has_colon: bool,
    /// Whether it stands between brackets: JSON, or YAML's flow style.
    pub(super) is_flow: bool,
    /// The column of the key; of a value, of the key before it.
    pub(super) column: usize,
    /// Whether a space must come before the value: `key:` and nothing behind it.
    pub(super) needs_space: bool,
}

/// The quotes around a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) mark: char,
    /// Whether the one at its end is missing.
    pub(super) is_open: bool,
}

impl Cursor {
    /// The bytes of the word with the quotes that are there.
    pub(super) fn with_quotes(&self) -> Span {
        let before = usize::from(self.quote.is_some());
        let behind = usize::from(self.quote.is_some_and(|quote| !quote.is_open));
        Span::new(self.replace.start - before, self.replace.end + behind)
    }
}

/// What is being written at a place; `None` in a comment, in a text of several lines, and where nothing can be written.
pub(super) fn cursor(file: &SourceFile, offset: usize) -> Option<Cursor> {
    let text = file.text();
    let found = match file.format() {
        Format::Json => flow::find(text, text.find(['{', '['])?, offset, Pointer::root(), true).ok(),
        Format::Yaml => block::find(text, offset),
    };
    found.filter(|found| text.get(found.replace.start..found.replace.end).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is the place; the answer is role, pointer and the word that is replaced.
    #[track_caller]
    fn check(name: &str, text: &str, expected: Option<&str>) {
        let offset = text.find('|').expect("a place");
        let text = text.replacen('|', "", 1);
        let found = cursor(&SourceFile::new(name, text.as_str()), offset);
        let found = found.map(|found| {
            let word = &text[found.replace.start..found.replace.end];
            let colon = if found.has_colon { ":" } else { "" };
            format!("{:?} {} <{word}>{colon}", found.role, found.at)
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn yaml_in_lines() {
        let yaml = |text: &str, expected: &str| check("a.yaml", text, Some(expected));
        yaml("|", "Key  <>");
        yaml("na|", "Key  <na>");
        yaml("name: a\nta|sks:\n", "Key  <tasks>:");
        yaml("name: |", "Value /name <>");
        yaml("name:|", "Value /name <>");
        yaml("name: a b|c # d", "Value /name <a bc>");
        yaml("name: 'a|b'", "Value /name <ab>");
        yaml("name: \"a|", "Value /name <a>");
        yaml("tasks:\n  - |", "Either /tasks/0 <>");
        yaml("tasks:\n  - na|", "Either /tasks/0 <na>");
        yaml("tasks:\n- a: 1\n- b: 2\n  c|", "Key /tasks/1 <c>");
        yaml("tasks:\n- a: 1\n- b: 2\n  |", "Key /tasks/1 <>");
        yaml("tasks:\n- a: 1\n- b: 2\n|", "Key  <>");
        yaml("tasks:\n  - a:\n      b: 1\n    |\n    c: 2\n", "Key /tasks/0 <>");
        yaml("tasks:\n  - a:\n      b: 1\n      |\n    c: 2\n", "Key /tasks/0/a <>");
        yaml("tasks:\n  - a:\n      |", "Key /tasks/0/a <>");
        yaml("a: 1\n  |", "Key  <>");
        yaml("a:\n  - x\n  - y|\n", "Either /a/1 <y>");
        yaml("a: |-x\n  b: c\nd: |".replacen("|-x", ">-", 1).as_str(), "Value /d <>");
        yaml("a:\n  - - b: |", "Value /a/0/0/b <>");
        yaml("\"a b\":\n  'c': |", "Value /a b/c <>");
        yaml("a: {b: 1, c: |}\n", "Value /a/c <>");
        yaml("a: {b: 1, |}\n", "Key /a <>");
        yaml("a: [x, y|]\n", "Value /a/1 <y>");
        yaml("a: [\n  {b: [1, {c: |", "Value /a/0/b/1/c <>");
        yaml("a: [x]\nb|", "Key  <b>");
        yaml("\"open: [\nb: |", "Value /b <>");
        yaml("a: &x !!str |", "Value /a <>");
        yaml("a: https://x.example/|y", "Value /a <https://x.example/y>");
        yaml("é: 1\nb|", "Key  <b>");
        yaml("\u{feff}a: |", "Value /a <>");
        yaml("a: 1\r\nb: x|\r\nc: 1", "Value /b <x>");
    }

    #[test]
    fn where_nothing_is_written() {
        check("a.yaml", "a: b # c|", None);
        check("a.yaml", "# |", None);
        check("a.yaml", "a: >\n  te|xt\n", None);
        check("a.json", "{} |", None);
        check("a.json", "|{}", None);
    }

    #[test]
    fn json() {
        let json = |text: &str, expected: &str| check("a.json", text, Some(expected));
        json("{|", "Key  <>");
        json("{\"na|", "Key  <na>");
        json("{\"na|me\": 1}", "Key  <name>:");
        json("{\"name\": |", "Value /name <>");
        json("{\"name\": \"a|b\"", "Value /name <ab>");
        json("{\"a\": [{\"b\": 1}, {\"c\": {\"d\": tr|", "Value /a/1/c/d <tr>");
        json("{\"a\": [1, |", "Value /a/1 <>");
        json("{\"a\": \"x\\\"}\", \"b\": {|}}", "Key /b <>");
        json("{\"a\": \"open\n \"b\": |", "Value /b <>");
    }
}
