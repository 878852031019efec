//! What is put in, as a snippet: text with places to fill in.

use crate::catalogue::FieldRow;
use crate::editor::cursor::Cursor;
use crate::editor::field;
use crate::source::edit::Script;
use crate::source::{Format, Pointer};
use serde_json::Value;

/// A longer list of values is left to the completion of the value.
const CHOICES: usize = 12;

/// How deep required children are written out.
const DEPTH: usize = 3;

/// What writes the keys of a mapping.
pub(super) struct Writer<'s> {
    pub(super) format: Format,
    pub(super) script: &'s Script,
    pub(super) cursor: &'s Cursor,
    /// White space at the start of the cursor's line, in columns: what an editor adds to every further line by itself.
    pub(super) line_indent: usize,
    /// The owner's schema.
    pub(super) schema: &'s Value,
    /// Whether values are read from the inputs of the workflow unless something else is written.
    pub(super) is_body: bool,
    /// The number of the last place to fill in.
    pub(super) last: usize,
}

impl Writer<'_> {
    /// A key with its colon and what is required below it.
    pub(super) fn member(&mut self, row: &FieldRow, pointer: &Pointer) -> String {
        let mut text = self.key(&row.path);
        let column = if self.is_bracketed() { self.line_indent } else { self.cursor.column };
        text.push_str(&self.value(row, pointer, column, DEPTH));
        text
    }

    fn is_bracketed(&self) -> bool {
        self.cursor.is_flow
    }

    fn key(&self, name: &str) -> String {
        let key = if self.format == Format::Json {
            Value::from(name).to_string()
        } else {
            self.script.key(name, self.is_bracketed())
        };
        format!("{}:", escaped(&key))
    }

    /// What stands behind the colon, with the blank before it.
    fn value(&mut self, row: &FieldRow, pointer: &Pointer, column: usize, depth: usize) -> String {
        let required = if depth == 0 { Vec::new() } else { required(self.schema, pointer) };
        match row.kind.as_str() {
            "object" if self.is_bracketed() => format!(" {{{}}}", self.inline(&required, pointer, depth)),
            "object" => {
                let inner = column + self.script.indent();
                let mut text = String::new();
                for child in &required {
                    text.push_str(&self.line(inner));
                    text.push_str(&self.key(&child.path));
                    text.push_str(&self.value(child, &pointer.key(&child.path), inner, depth - 1));
                }
                if required.is_empty() {
                    text.push_str(&self.line(inner));
                    text.push_str(&self.hole(""));
                }
                text
            }
            "array" if self.is_bracketed() => format!(" [{}]", self.hole("")),
            "array" => format!("{}- {}", self.line(column + self.script.indent()), self.hole("")),
            _ => format!(" {}", self.scalar(row)),
        }
    }

    fn inline(&mut self, required: &[FieldRow], pointer: &Pointer, depth: usize) -> String {
        if required.is_empty() {
            return self.hole("");
        }
        let mut parts = Vec::new();
        for child in required {
            let key = self.key(&child.path);
            parts.push(format!("{key}{}", self.value(child, &pointer.key(&child.path), 0, depth - 1)));
        }
        parts.join(", ")
    }

    fn scalar(&mut self, row: &FieldRow) -> String {
        let is_text = matches!(row.kind.as_str(), "string" | "any");
        if !row.allowed.is_empty() && row.allowed.len() <= CHOICES {
            let choices: Vec<_> = row.allowed.iter().map(|(value, _)| choice(value)).collect();
            let text = self.numbered(|number| format!("${{{number}|{}|}}", choices.join(",")));
            return self.quoted(text, is_text);
        }
        if !self.is_body {
            let text = self.hole("");
            return self.quoted(text, is_text);
        }
        // An expression is a text whatever it gives, and braces cannot stand between braces without quotes.
        let text = self.hole(&format!("${{workflow.input.{}}}", row.path));
        if self.is_bracketed() { format!("\"{text}\"") } else { text }
    }

    /// A text of JSON stands in quotes.
    fn quoted(&self, text: String, is_text: bool) -> String {
        if self.format == Format::Json && is_text { format!("\"{text}\"") } else { text }
    }

    /// A place to fill in, with a text that stands there first.
    fn hole(&mut self, text: &str) -> String {
        let text = escaped(text);
        self.numbered(|number| if text.is_empty() { format!("${number}") } else { format!("${{{number}:{text}}}") })
    }

    fn numbered(&mut self, text: impl Fn(usize) -> String) -> String {
        self.last += 1;
        text(self.last)
    }

    /// A new line down to a column: an editor indents it like the line it stands in, by itself.
    fn line(&self, column: usize) -> String {
        format!("\n{}", " ".repeat(column.saturating_sub(self.line_indent)))
    }
}

/// The keys that an object at a place must have.
fn required(schema: &Value, pointer: &Pointer) -> Vec<FieldRow> {
    field::fields_in(schema, pointer).into_iter().filter(|row| row.required).collect()
}

/// A text in a snippet.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}

/// A text in a list of choices.
fn choice(text: &str) -> String {
    escaped(text).replace(',', "\\,").replace('|', "\\|")
}
