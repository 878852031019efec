//! Lists and mappings between brackets: JSON, and YAML in flow style.

use super::super::{Format, Span, SpanNode};
use super::Edit;
use super::place::line_indent;
use super::style::Style;
use super::words;
use serde_json::Value;

/// A value on one line.
pub(super) fn on_one_line(value: &Value, style: &Style) -> String {
    Writer { style, lines: None, text: String::new() }.written(value)
}

/// A place between brackets where items are put.
pub(super) struct Flow<'t> {
    text: &'t str,
    node: &'t SpanNode,
    behind: usize,
    style: &'t Style,
}

impl<'t> Flow<'t> {
    pub(super) fn new(text: &'t str, node: &'t SpanNode, behind: usize, style: &'t Style) -> Self {
        Self { text, node, behind, style }
    }

    /// The edits that put the items there.
    pub(super) fn insert(&self, items: &[(Option<&str>, &Value)]) -> Vec<Edit> {
        let Some(before) = self.behind.checked_sub(1).and_then(|at| self.node.children.get(at)) else {
            return vec![self.at_the_start(items)];
        };
        let end = before.1.value.end.max(before.1.key.map_or(0, |key| key.end));
        let (separator, base) = self.separator();
        let texts = items.iter().map(|(key, value)| self.item(*key, value, &base, &before.1));
        let joined: Vec<_> = texts.collect();
        let rest = &self.text[end..self.node.value.end];
        let comma = comma(rest);
        // A comment behind the last item stays behind it: the comma goes before the comment, the item behind it.
        let behind_comment = end + comma.map_or(0, |at| at + 1) + comment(&rest[comma.map_or(0, |at| at + 1)..]);
        let list = joined.join(&format!(",{separator}"));
        match comma {
            // Behind the last item it is one too many, and stays the last.
            Some(at) => vec![Edit::insert(behind_comment.max(end + at + 1), format!("{separator}{list},"))],
            None if behind_comment > end => {
                vec![Edit::insert(end, ",".to_owned()), Edit::insert(behind_comment, format!("{separator}{list}"))]
            }
            None => vec![Edit::insert(end, format!(",{separator}{list}"))],
        }
    }

    /// What stands between two items, and the white space that an item's line begins with.
    fn separator(&self) -> (String, String) {
        let start = |node: &SpanNode| node.key.unwrap_or(node.value).start;
        let first = self.node.children.first().map_or(self.node.value.start, |(_, first)| start(first));
        let own_line = self.text[self.node.value.start + 1..first].contains('\n');
        let second = self.node.children.get(1).map(|(_, second)| second).filter(|_| !own_line);
        let between_lines = second.is_some_and(|second| {
            let one = self.node.children.first().map_or(0, |(_, one)| one.value.end);
            self.text.get(one..start(second)).is_some_and(|between| between.contains('\n'))
        });
        if own_line {
            let indent = line_indent(self.text, first).to_owned();
            return (format!("{}{indent}", self.style.newline), indent);
        }
        if let Some(second) = second.filter(|_| between_lines) {
            let indent = line_indent(self.text, start(second)).to_owned();
            return (format!("{}{indent}", self.style.newline), indent);
        }
        let last = self.node.children.last().map_or(first, |(_, last)| last.value.end);
        (self.style.space.to_owned(), line_indent(self.text, last).to_owned())
    }

    fn item(&self, key: Option<&str>, value: &Value, base: &str, sibling: &SpanNode) -> String {
        let own = &self.text[sibling.value.start..sibling.value.end];
        let spread = if sibling.children.is_empty() { self.spread() } else { own.contains('\n') };
        self.written(key, value, spread.then(|| base.to_owned()))
    }

    /// Whether this list or mapping is written over several lines.
    fn spread(&self) -> bool {
        self.text[self.node.value.start..self.node.value.end].contains('\n')
    }

    fn written(&self, key: Option<&str>, value: &Value, lines: Option<String>) -> String {
        let mut writer = Writer { style: self.style, lines, text: String::new() };
        if let Some(key) = key {
            writer.key(key);
        }
        writer.written(value)
    }

    /// `[]` becomes `[item]`, over several lines where the text around it is.
    fn at_the_start(&self, items: &[(Option<&str>, &Value)]) -> Edit {
        let Span { start, end } = self.node.value;
        let outer = line_indent(self.text, start);
        let is_empty = self.node.children.is_empty();
        // Over several lines, when it is the first bracket of its own line in a text of several lines.
        let (above, line) = self.text[..start].rsplit_once('\n').unwrap_or(("", "{"));
        let spread = is_empty && !above.is_empty() && !line.contains(['{', '[']);
        let inner = format!("{outer}{}", self.style.unit);
        let lines = |()| inner.clone();
        let texts: Vec<_> =
            items.iter().map(|(key, value)| self.written(*key, value, spread.then_some(()).map(lines))).collect();
        let newline = self.style.newline;
        if spread {
            let list = texts.join(&format!(",{newline}{inner}"));
            let inside = Span::new(start + 1, end - 1);
            let text = format!("{newline}{inner}{list}{newline}{outer}");
            let has_words = !self.text[inside.start..inside.end].trim().is_empty();
            let span = if has_words { Span::new(inside.start, inside.start) } else { inside };
            return Edit { span, text };
        }
        let list = texts.join(&format!(",{}", self.style.space));
        let behind = if is_empty { String::new() } else { format!(",{}", self.style.space) };
        Edit::insert(start + 1, format!("{list}{behind}"))
    }
}

/// Where the comma behind an item stands, past white space and comments.
fn comma(rest: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let left = &rest[at..];
        let words = left.trim_start();
        at += left.len() - words.len();
        let skipped = comment_length(words, left.len() - words.len() > 0);
        if skipped == 0 {
            return words.starts_with(',').then_some(at);
        }
        at += skipped;
    }
}

/// The length of a comment on the same line, with the blanks before it; 0 when there is none.
fn comment(rest: &str) -> usize {
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    match comment_length(&rest[blanks..], blanks > 0) {
        0 => 0,
        length => blanks + length,
    }
}

fn comment_length(text: &str, after_blank: bool) -> usize {
    let line = || text.find('\n').map_or(text.len(), |at| text[..at].trim_end_matches('\r').len());
    if text.starts_with("//") || after_blank && text.starts_with('#') {
        return line();
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |at| at + 2);
    }
    0
}

/// Writes values between brackets: over several lines from `lines` on, or on one.
struct Writer<'s> {
    style: &'s Style,
    /// The white space of the current level's lines.
    lines: Option<String>,
    text: String,
}

impl Writer<'_> {
    fn written(mut self, value: &Value) -> String {
        self.value(value);
        self.text
    }

    fn key(&mut self, key: &str) {
        self.text.push_str(&words::key(key, self.style, true));
        self.text.push(':');
        // Without quotes, a colon needs its blank.
        let quoted = self.text.ends_with("\":");
        self.text.push_str(if quoted { self.style.space } else { " " });
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                self.text.push('{');
                self.level(map.iter().map(|(key, value)| (Some(key.as_str()), value)));
                self.text.push('}');
            }
            Value::Array(items) if !items.is_empty() => {
                let is_short = items.iter().all(|item| !item.is_object() && !item.is_array());
                let lines = self.lines.clone();
                if is_short {
                    self.lines = None;
                }
                self.text.push('[');
                self.level(items.iter().map(|item| (None, item)));
                self.text.push(']');
                self.lines = lines;
            }
            other => {
                let in_flow = self.style.format == Format::Yaml;
                self.text.push_str(&words::scalar(other, self.style, in_flow));
            }
        }
    }

    fn level<'v>(&mut self, items: impl Iterator<Item = (Option<&'v str>, &'v Value)>) {
        let outer = self.lines.clone();
        let inner = outer.as_ref().map(|outer| format!("{outer}{}", self.style.unit));
        self.lines.clone_from(&inner);
        for (at, (key, value)) in items.enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            match &inner {
                Some(indent) => self.text.extend([self.style.newline, indent]),
                None if at > 0 => self.text.push_str(self.style.space),
                None => {}
            }
            if let Some(key) = key {
                self.key(key);
            }
            self.value(value);
        }
        if let Some(outer) = &outer {
            self.text.extend([self.style.newline, outer]);
        }
        self.lines = outer;
    }
}
