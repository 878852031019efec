//! The recursive reader: values, lists, mappings.

use super::super::entries::Entries;
use super::super::{
    MAX_DEPTH, MAX_NODES, MAX_PROBLEMS, Parsed, Problem, ProblemKind, Span, SpanNode, SpanTree, number,
};
use serde_json::Value;

/// Reads a JSON text.
pub(in super::super) fn read(text: &str) -> Parsed {
    let mut reader = Reader { text, at: 0, depth: 0, nodes: 0, problems: Vec::new(), stopped: false };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.skip_space();
    if reader.peek().is_none() {
        reader.report(Problem::new(ProblemKind::Empty, Span::new(0, 0), "the file is empty"));
        return reader.finish(Value::Null, SpanNode::default());
    }
    let (value, node) = reader.value();
    reader.skip_space();
    if !reader.stopped && reader.peek().is_some() {
        let span = Span::new(reader.at, reader.text.trim_end().len().max(reader.at));
        let problem = Problem::new(ProblemKind::ManyDocuments, span, "something follows the end of the JSON value");
        reader.report(problem.help("a file holds one value; remove what follows it"));
    }
    reader.finish(value, node)
}

/// The text and how far it is read.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    depth: usize,
    nodes: usize,
    problems: Vec<Problem>,
    stopped: bool,
}

impl<'t> Reader<'t> {
    fn finish(self, value: Value, root: SpanNode) -> Parsed {
        Parsed { value, spans: SpanTree { root }, problems: self.problems }
    }

    fn value(&mut self) -> (Value, SpanNode) {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return self.too_large(format!("the file holds more than {MAX_NODES} values"));
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => return self.nested(Self::object),
            Some(b'[') => return self.nested(Self::array),
            Some(b'"' | b'\'') => Value::String(self.string()),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => self.number(),
            Some(byte) if is_word(byte) => self.word(),
            Some(_) => {
                self.syntax(self.here(), "a value is missing here");
                Value::Null
            }
            None => self.ended("the file ends where a value is expected", None),
        };
        (value, SpanNode { value: Span::new(start, self.at), ..SpanNode::default() })
    }

    fn nested(&mut self, read: fn(&mut Self, &mut SpanNode) -> Value) -> (Value, SpanNode) {
        if self.depth == MAX_DEPTH {
            return self.too_large(format!("lists and mappings are nested more than {MAX_DEPTH} deep"));
        }
        let mut node = SpanNode { value: Span::new(self.at, self.at), ..SpanNode::default() };
        self.depth += 1;
        self.pass(1);
        let value = read(self, &mut node);
        self.depth -= 1;
        node.value.end = self.at;
        (value, node)
    }

    fn object(&mut self, node: &mut SpanNode) -> Value {
        let mut entries = Entries::default();
        let mut comma = None;
        while self.goes_on(b'}', b']', node.value.start, &mut comma) {
            let start = self.at;
            let key = match self.peek() {
                Some(b'"' | b'\'') => self.string(),
                Some(byte) if is_word(byte) => self.bare_key(),
                _ => {
                    self.unexpected();
                    continue;
                }
            };
            let key_span = Span::new(start, self.at);
            let (value, mut child) = self.entry_value(&key);
            child.key = Some(key_span);
            if let Some(problem) = entries.put(key, value, child) {
                self.report(problem);
            }
            comma = self.separator(b'}', b']');
        }
        node.children = entries.children;
        Value::Object(entries.map)
    }

    fn entry_value(&mut self, key: &str) -> (Value, SpanNode) {
        self.skip_space();
        if self.peek() == Some(b':') {
            self.pass(1);
            self.skip_space();
            return self.value();
        }
        if self.peek().is_some() {
            let span = self.here();
            self.report(Problem::new(ProblemKind::Syntax, span, format!("a `:` is missing after the key `{key}`")));
        }
        if matches!(self.peek(), None | Some(b',' | b'}' | b']')) {
            return (Value::Null, SpanNode { value: Span::new(self.at, self.at), ..SpanNode::default() });
        }
        self.value()
    }

    fn array(&mut self, node: &mut SpanNode) -> Value {
        let mut items = Vec::new();
        let mut comma = None;
        while self.goes_on(b']', b'}', node.value.start, &mut comma) {
            if self.peek() == Some(b':') {
                self.unexpected();
                continue;
            }
            let (value, child) = self.value();
            items.push(value);
            node.children.push((Box::default(), child));
            comma = self.separator(b']', b'}');
        }
        Value::Array(items)
    }

    /// Whether one more entry follows; at the end the closing bracket is taken. `comma` is where the last comma stood.
    fn goes_on(&mut self, close: u8, wrong: u8, open: usize, comma: &mut Option<usize>) -> bool {
        loop {
            self.skip_space();
            match self.peek() {
                _ if self.stopped => return false,
                None => {
                    self.ended("the file ends before this bracket is closed", Some(open));
                    return false;
                }
                Some(byte) if byte == close || byte == wrong => {
                    self.close(byte == wrong, open, comma.take());
                    return false;
                }
                Some(b',') => {
                    self.syntax(self.here(), "an entry is missing before this comma");
                    *comma = None;
                    self.pass(1);
                }
                Some(_) => return true,
            }
        }
    }

    /// Passes over some bytes; once reading has stopped, there are none left.
    fn pass(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    fn close(&mut self, wrong: bool, open: usize, comma: Option<usize>) {
        if let Some(at) = comma {
            self.syntax(Span::new(at, at + 1), "JSON has no comma after the last entry");
        }
        if wrong {
            let here = self.here();
            let (closed, opened) = (&self.text[here.start..here.end], &self.text[open..=open]);
            let message = format!("`{closed}` closes what `{opened}` has opened");
            self.report(Problem::new(ProblemKind::Syntax, here, message).related(Span::new(open, open + 1)));
        }
        self.pass(1);
    }

    /// Takes the comma after an entry and gives its place.
    fn separator(&mut self, close: u8, wrong: u8) -> Option<usize> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.pass(1);
                Some(self.at - 1)
            }
            Some(byte) if byte != close && byte != wrong && !self.stopped => {
                self.syntax(self.here(), "a comma is missing before this");
                None
            }
            _ => None,
        }
    }

    fn bare_key(&mut self) -> String {
        let word = self.take_word();
        let span = Span::new(self.at - word.len(), self.at);
        let problem = Problem::new(ProblemKind::Syntax, span, format!("the key `{word}` stands without quotes"));
        self.report(problem.help(format!("write \"{word}\"")));
        word.to_owned()
    }

    fn word(&mut self) -> Value {
        let word = self.take_word();
        let span = Span::new(self.at - word.len(), self.at);
        let (value, instead) = match word {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            "null" => return Value::Null,
            "True" | "TRUE" => (Value::Bool(true), "true".to_owned()),
            "False" | "FALSE" => (Value::Bool(false), "false".to_owned()),
            "None" | "Null" | "NULL" | "nil" | "undefined" => (Value::Null, "null".to_owned()),
            other => (Value::from(other), format!("\"{other}\"")),
        };
        let problem = Problem::new(ProblemKind::Syntax, span, format!("`{word}` is not a JSON value"));
        self.report(problem.help(format!("write {instead}")));
        value
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let len = rest.iter().take_while(|byte| is_word(**byte) || matches!(byte, b'+' | b'-' | b'.')).count();
        self.pass(len);
        let (text, span) = (&self.text[start..self.at], Span::new(start, self.at));
        if !is_json_number(text) {
            let problem = Problem::new(ProblemKind::Syntax, span, format!("`{text}` is not a JSON number"));
            self.report(problem.help("write it in decimals without leading zeros or `+`, or put it into quotes"));
            return Value::from(text);
        }
        let (value, problem) = number::decimal(text, span);
        if let Some(problem) = problem {
            self.report(problem);
        }
        value
    }

    fn take_word(&mut self) -> &'t str {
        let start = self.at;
        let len = self.text.as_bytes()[start..].iter().take_while(|byte| is_word(**byte)).count();
        self.pass(len);
        &self.text[start..self.at]
    }

    fn unexpected(&mut self) {
        let span = self.here();
        self.at = span.end;
        self.syntax(span, "this is neither a key nor the end of the mapping");
    }

    fn ended(&mut self, message: &str, open: Option<usize>) -> Value {
        let end = self.text.len();
        let problem = match open {
            Some(open) => {
                Problem::new(ProblemKind::Syntax, Span::new(open, open + 1), message).related(Span::new(end, end))
            }
            None => Problem::new(ProblemKind::Syntax, Span::new(end, end), message),
        };
        self.report(problem);
        self.stop();
        Value::Null
    }

    fn too_large(&mut self, message: String) -> (Value, SpanNode) {
        let span = self.here();
        self.report(Problem::new(ProblemKind::TooLarge, span, message));
        self.stop();
        (Value::Null, SpanNode { value: span, ..SpanNode::default() })
    }

    pub(super) fn syntax(&mut self, span: Span, message: &str) {
        self.report(Problem::new(ProblemKind::Syntax, span, message));
    }

    pub(super) fn report(&mut self, problem: Problem) {
        if self.stopped {
            return;
        }
        self.problems.push(problem);
        if self.problems.len() >= MAX_PROBLEMS {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.at = self.text.len();
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The character at the place that is read next.
    pub(super) fn here(&self) -> Span {
        let len = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Span::new(self.at, self.at + len)
    }
}

/// Letters, digits, `_`, `$` and everything outside ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['-', '+']).unwrap_or(text)))
}
