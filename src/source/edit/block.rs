//! YAML in block style: one line for each key and item.

use super::flow;
use super::style::Style;
use super::words;
use serde_json::{Map, Value};

/// The longest list of scalars that stands on one line, in characters.
const LINE: usize = 100;

/// Items of a list (without a key) or members of a mapping, one below the other; without a line end at the end.
pub(super) fn lines(items: &[(Option<&str>, &Value)], column: usize, style: &Style) -> String {
    let mut writer = Writer { style, text: String::new() };
    for (at, (key, value)) in items.iter().enumerate() {
        if at > 0 {
            writer.text.push_str(style.newline);
        }
        writer.indent(column);
        match key {
            Some(key) => writer.member(key, value, column),
            None => writer.item(value, column),
        }
    }
    writer.text
}

struct Writer<'s> {
    style: &'s Style,
    text: String,
}

impl Writer<'_> {
    fn indent(&mut self, column: usize) {
        self.text.extend(std::iter::repeat_n(' ', column));
    }

    fn new_line(&mut self, column: usize) {
        self.text.push_str(self.style.newline);
        self.indent(column);
    }

    fn member(&mut self, key: &str, value: &Value, column: usize) {
        self.text.push_str(&words::key(key, self.style, false));
        self.text.push(':');
        match value {
            Value::Object(map) if !map.is_empty() => {
                self.new_line(column + self.style.indent);
                self.mapping(map, column + self.style.indent);
            }
            Value::Array(items) if !items.is_empty() => self.list(items, column),
            other => {
                self.text.push(' ');
                self.scalar(other, column + self.style.indent);
            }
        }
    }

    fn mapping(&mut self, map: &Map<String, Value>, column: usize) {
        for (at, (key, value)) in map.iter().enumerate() {
            if at > 0 {
                self.new_line(column);
            }
            self.member(key, value, column);
        }
    }

    /// A list below its key.
    fn list(&mut self, items: &[Value], key_column: usize) {
        let is_short = items.iter().all(|item| !item.is_object() && !item.is_array());
        if is_short && self.style.flow_lists {
            let line = flow::on_one_line(&Value::Array(items.to_vec()), self.style);
            if line.chars().count() + self.style.indent + key_column < LINE {
                self.text.push(' ');
                return self.text.push_str(&line);
            }
        }
        let column = key_column + self.style.list_offset;
        for item in items {
            self.new_line(column);
            self.item(item, column);
        }
    }

    fn item(&mut self, value: &Value, column: usize) {
        self.text.push('-');
        let inner = column + self.style.dash;
        self.indent(self.style.dash.saturating_sub(1));
        match value {
            Value::Object(map) if !map.is_empty() => self.mapping(map, inner),
            Value::Array(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.new_line(inner);
                    }
                    self.item(item, inner);
                }
            }
            other => self.scalar(other, inner),
        }
    }

    /// A scalar; a text of several lines as a literal block where its white space allows it.
    fn scalar(&mut self, value: &Value, column: usize) {
        let Some(text) = value.as_str().filter(|text| is_literal(text)) else {
            return self.text.push_str(&words::scalar(value, self.style, false));
        };
        self.text.push_str(if text.ends_with('\n') { "|" } else { "|-" });
        for line in text.trim_end_matches('\n').split('\n') {
            if line.is_empty() {
                self.text.push_str(self.style.newline);
            } else {
                self.new_line(column);
                self.text.push_str(line);
            }
        }
    }
}

fn is_literal(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_odd = |ch: char| {
        ch.is_control() && ch != '\n' || ch == '\u{feff}' || ch == '\u{2028}' || ch == '\u{2029}' || ch == '\u{85}'
    };
    body.contains('\n')
        && !body.ends_with('\n')
        && !body.starts_with([' ', '\n'])
        && !text.chars().any(is_odd)
        && !body.lines().any(|line| line.ends_with(' '))
}
