//! Values as a file writes them, for whoever puts text in by other means than a draft.

use super::super::{Format, SourceFile, SpanTree};
use super::style::Style;
use super::{block, flow, words};
use serde_json::Value;

/// The hand that a file is written in: its indentation, quotes and line ends.
#[derive(Debug, Clone)]
pub struct Script {
    style: Style,
}

impl Script {
    /// The hand of a file that was read into these spans.
    #[must_use]
    pub fn of(file: &SourceFile, spans: &SpanTree) -> Self {
        Self { style: Style::of(file, spans) }
    }

    /// Members of a mapping, one below the other: the first without indentation, the others from that column on.
    #[must_use]
    pub fn lines(&self, members: &[(&str, &Value)], column: usize) -> String {
        if self.style.format == Format::Json {
            let indent = " ".repeat(column);
            let line = |(key, value): &(&str, &Value)| format!("{}: {value:#}", Value::from(*key));
            let lines: Vec<_> = members.iter().map(line).collect();
            return lines.join(",\n").replace('\n', &format!("{}{indent}", self.style.newline));
        }
        let members: Vec<_> = members.iter().map(|(key, value)| (Some(*key), *value)).collect();
        block::lines(&members, column, &self.style).trim_start().to_owned()
    }

    /// Members of a mapping on one line, without its braces.
    #[must_use]
    pub fn on_one_line(&self, members: &[(&str, &Value)]) -> String {
        let written = |(key, value): &(&str, &Value)| {
            format!("{}: {}", words::key(key, &self.style, true), flow::on_one_line(value, &self.style))
        };
        members.iter().map(written).collect::<Vec<_>>().join(", ")
    }

    /// A scalar, in quotes where it needs them.
    #[must_use]
    pub fn scalar(&self, value: &Value, in_brackets: bool) -> String {
        words::scalar(value, &self.style, in_brackets)
    }

    /// A key, in quotes where it needs them.
    #[must_use]
    pub fn key(&self, key: &str, in_brackets: bool) -> String {
        words::key(key, &self.style, in_brackets)
    }

    /// Columns that a mapping stands deeper than its key.
    #[must_use]
    pub fn indent(&self) -> usize {
        self.style.indent
    }

    /// What ends a line.
    #[must_use]
    pub fn newline(&self) -> &'static str {
        self.style.newline
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::parse;
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_written_in_the_hand_of_the_file() {
        let check = |name: &str, text: &str, expected: &str| {
            let file = SourceFile::new(name, text);
            let script = Script::of(&file, &parse(&file).spans);
            let value = json!({"b": {"c": "x: y"}});
            assert_eq!(script.lines(&[("a", &json!(1)), ("d", &value)], 4), expected, "{text}");
        };
        check("a.yaml", "x:\n   y: 'z'\n", "a: 1\n    d:\n       b:\n          c: 'x: y'");
        check("a.json", "{}", "\"a\": 1,\n    \"d\": {\n      \"b\": {\n        \"c\": \"x: y\"\n      }\n    }");
    }
}
