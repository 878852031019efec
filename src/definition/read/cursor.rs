//! A place in a document, and what is reported there.

use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::source::{Pointer, SourceFile, Span, SpanNode};
use serde_json::Value;

/// A value, where it stands, and the way to it from the root. Cheap to make: the pointer is written down only on demand.
#[derive(Clone, Copy)]
pub(in super::super) struct Cursor<'a> {
    pub(in super::super) value: &'a Value,
    node: Option<&'a SpanNode>,
    step: Step<'a>,
    parent: Option<&'a Cursor<'a>>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Cursor<'a> {
    /// The root of a value, with its spans when it has any.
    pub(in super::super) fn root(value: &'a Value, node: Option<&'a SpanNode>) -> Self {
        Self { value, node, step: Step::Root, parent: None }
    }

    /// The value of a key.
    pub(in super::super) fn key(&'a self, key: &'a str, value: &'a Value) -> Self {
        let node = self.node.and_then(|node| node.child(key));
        Self { value, node, step: Step::Key(key), parent: Some(self) }
    }

    /// The value of a key, when it is there.
    pub(in super::super) fn get(&'a self, key: &'a str) -> Option<Self> {
        self.value.get(key).map(|value| self.key(key, value))
    }

    /// The item at an index.
    pub(in super::super) fn index(&'a self, index: usize, value: &'a Value) -> Self {
        let node = self.node.and_then(|node| node.children.get(index)).map(|(_, node)| node);
        Self { value, node, step: Step::Index(index), parent: Some(self) }
    }

    /// The items of a list; none when it is not one.
    pub(in super::super) fn items(&'a self) -> impl Iterator<Item = Cursor<'a>> {
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().enumerate().map(|(index, value)| self.index(index, value))
    }

    /// The entries of a mapping; none when it is not one.
    pub(in super::super) fn entries(&'a self) -> impl Iterator<Item = (&'a str, Cursor<'a>)> {
        let entries = self.value.as_object().into_iter().flatten().enumerate();
        entries.map(|(at, (key, value))| (key.as_str(), self.entry(at, key, value)))
    }

    /// The value of a key whose place in the mapping is known: its spans stand at the same place.
    fn entry(&'a self, at: usize, key: &'a str, value: &'a Value) -> Self {
        let beside = self.node.and_then(|node| node.children.get(at)).filter(|(name, _)| **name == *key);
        match beside {
            Some((_, node)) => Self { value, node: Some(node), step: Step::Key(key), parent: Some(self) },
            None => self.key(key, value),
        }
    }

    /// The key it stands under; empty in a list and at the root.
    pub(in super::super) fn name(&self) -> &'a str {
        if let Step::Key(key) = self.step { key } else { "" }
    }

    /// The way from the root.
    pub(in super::super) fn pointer(&self) -> Pointer {
        let parent = self.parent.map(Cursor::pointer).unwrap_or_default();
        match self.step {
            Step::Root => parent,
            Step::Key(key) => parent.key(key),
            Step::Index(index) => parent.index(index),
        }
    }

    /// The span to show: the value's, the key's when there is nothing to see of the value.
    pub(in super::super) fn span(&self) -> Option<Span> {
        let node = self.node?;
        Some(if node.value.start == node.value.end { node.key.unwrap_or(node.value) } else { node.value })
    }

    /// The span of the key it stands under.
    pub(in super::super) fn key_span(&self) -> Option<Span> {
        self.node.and_then(|node| node.key)
    }

    /// The reference name of the task that it stands in, or the name of the definition.
    fn owner(&self) -> Option<&'a str> {
        let text = |key| self.value.get(key).and_then(Value::as_str).filter(|name| !name.is_empty());
        match self.value.get("type").or(self.value.get("taskReferenceName")) {
            Some(_) => text("taskReferenceName").or_else(|| text("name")),
            None => self.parent.and_then(Cursor::owner),
        }
    }

    /// What messages end a field's name with: the task it belongs to, or nothing outside tasks.
    pub(in super::super) fn of_task(&self) -> String {
        self.owner().map_or_else(String::new, |name| format!(" of task `{name}`"))
    }
}

/// So many diagnostics of one pass are kept: nobody reads more, and a file of millions must end quickly.
const MAX_DIAGNOSTICS: usize = 1000;

/// Collects diagnostics of one file.
pub(in super::super) struct Report<'a> {
    file: Option<&'a SourceFile>,
    /// What is reported so far.
    pub(in super::super) diagnostics: Vec<Diagnostic>,
    /// Whether the last one was dropped.
    dropped: bool,
}

impl<'a> Report<'a> {
    /// An empty report; without a file its diagnostics have no places.
    pub(in super::super) fn new(file: Option<&'a SourceFile>) -> Self {
        Self { file, diagnostics: Vec::new(), dropped: false }
    }

    /// Whether nobody reads it: a value that comes up in a run has no file to point into.
    pub(in super::super) fn is_unread(&self) -> bool {
        self.file.is_none()
    }

    /// A diagnostic at a place, with its pointer and label.
    pub(in super::super) fn at(
        &mut self,
        code: Code,
        at: &Cursor<'_>,
        message: String,
        help: impl Into<Option<String>>,
    ) {
        self.at_span(code, at, at.span(), message, help);
    }

    /// The same with another span than the value's own.
    pub(in super::super) fn at_span(
        &mut self,
        code: Code,
        at: &Cursor<'_>,
        span: Option<Span>,
        message: String,
        help: impl Into<Option<String>>,
    ) {
        self.dropped = self.is_full() && (code.severity() != Severity::Error || self.has_error());
        if self.dropped {
            return;
        }
        let mut diagnostic = Diagnostic::new(code, message).pointer(at.pointer());
        diagnostic.help = help.into();
        if let (Some(file), Some(span)) = (self.file, span) {
            diagnostic = diagnostic.label(file, span, "");
        }
        self.diagnostics.push(diagnostic);
    }

    fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Whether further diagnostics are dropped; the first error never is.
    pub(in super::super) fn is_full(&self) -> bool {
        self.diagnostics.len() >= MAX_DIAGNOSTICS
    }

    /// A second place for the diagnostic reported last.
    pub(in super::super) fn also(&mut self, span: Option<Span>, text: &str) {
        if let (false, Some(file), Some(span), Some(last)) =
            (self.dropped, self.file, span, self.diagnostics.last_mut())
        {
            last.labels.push(crate::diagnostic::Label { file: file.clone(), span, text: text.to_owned() });
        }
    }

    /// Another severity for the diagnostic reported last.
    pub(in super::super) fn severity(&mut self, severity: Severity) {
        if let (false, Some(last)) = (self.dropped, self.diagnostics.last_mut()) {
            last.severity = severity;
        }
    }

    /// The field is of a type that cannot be converted.
    pub(in super::super) fn wrong_type(&mut self, at: &Cursor<'_>, expected: &str) {
        let (name, task) = (at.name(), at.of_task());
        let what = if name.is_empty() { "this entry".to_owned() } else { format!("`{name}`") };
        let message = format!("{what}{task} must be {expected}, not {}", found(at.value));
        self.at(codes::E0202, at, message, format!("write {expected}"));
    }

    /// The field was converted, as a server does.
    pub(in super::super) fn converted(&mut self, at: &Cursor<'_>, expected: &str, value: &Value) {
        let message = format!("`{}`{} should be {expected}; {} is read as {value}", at.name(), at.of_task(), at.value);
        self.at(codes::E0205, at, message, format!("write {value}"));
    }
}

/// What was found instead: a number or truth value itself, of anything else only its kind.
fn found(value: &Value) -> String {
    if value.is_number() || value.is_boolean() { value.to_string() } else { kind(value).to_owned() }
}

/// What a value is, in words.
pub(in super::super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
