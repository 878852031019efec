//! Edits of a text that keep every other byte: comments, order, indentation, quotes and line ends stay as they are.
//!
//! A [`Draft`] collects what is to be put into a document; [`Draft::finish`] gives the edits, after it has read the edited
//! text again and found exactly the value that was meant.

mod block;
mod change;
mod flow;
mod place;
mod script;
mod style;
mod words;

pub use script::Script;

use super::{Format, Pointer, SourceFile, Span, SpanNode, SpanTree, parse};
use flow::Flow;
use place::{after_line, column, line_indent};
use serde_json::Value;
use style::Style;

/// One change of a text: what stands at the span is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that are replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    fn insert(at: usize, text: String) -> Self {
        Self { span: Span::new(at, at), text }
    }
}

/// The text after its edits. Edits at the same place stand in the order of the list; spans count in the text as it was.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span.start);
    let mut edited = String::with_capacity(text.len() + sorted.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in sorted {
        edited.push_str(text.get(at..edit.span.start).unwrap_or_default());
        edited.push_str(&edit.text);
        at = edit.span.end.max(at);
    }
    edited.push_str(text.get(at..).unwrap_or_default());
    edited
}

/// Why nothing could be put there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no list or mapping at that place.
    #[error("there is no list or mapping at `{0}`")]
    NoContainer(Pointer),
    /// The place is an alias or a merged mapping: an edit would change it elsewhere too.
    #[error("`{0}` stands for text elsewhere in the file, by an alias or a merge")]
    Shared(Pointer),
    /// The edited text would not mean what was asked for: it is written in a way that edits do not know.
    #[error("the text around `{0}` is written in a way that cannot be edited")]
    Unknown(Pointer),
}

/// Changes of one document that become one list of edits.
///
/// Pointers count in the document as it was; a change inside a list therefore comes before an insertion above it.
#[derive(Debug)]
pub struct Draft<'d> {
    file: &'d SourceFile,
    spans: &'d SpanTree,
    style: Style,
    value: Value,
    edits: Vec<Edit>,
    last: Pointer,
}

impl<'d> Draft<'d> {
    /// A draft of a text that was read into this value and these spans.
    #[must_use]
    pub fn new(file: &'d SourceFile, value: &Value, spans: &'d SpanTree) -> Self {
        let style = Style::of(file, spans);
        Self { file, spans, style, value: value.clone(), edits: Vec::new(), last: Pointer::root() }
    }

    /// Puts items into a list, behind the item `after`, or at its end.
    ///
    /// # Errors
    /// [`EditError::NoContainer`] and [`EditError::Shared`].
    pub fn append(&mut self, list: &Pointer, after: Option<usize>, items: &[Value]) -> Result<(), EditError> {
        let node = self.node(list)?;
        let behind = after.map_or(node.children.len(), |after| (after + 1).min(node.children.len()));
        match self.value.pointer_mut(list.as_str()) {
            Some(Value::Array(values)) => {
                let at = behind.min(values.len());
                values.splice(at..at, items.iter().cloned());
            }
            Some(place @ Value::Null) => *place = Value::Array(items.to_vec()),
            _ => return Err(EditError::NoContainer(list.clone())),
        }
        self.last = list.clone();
        let texts: Vec<_> = items.iter().map(|item| (None, item)).collect();
        self.insert(list, node, behind, &texts)
    }

    /// Puts a member into a mapping, behind the member `after` when it is there, else at its end.
    ///
    /// # Errors
    /// [`EditError::NoContainer`] and [`EditError::Shared`].
    pub fn put(&mut self, mapping: &Pointer, after: Option<&str>, key: &str, member: &Value) -> Result<(), EditError> {
        let node = self.node(mapping)?;
        let found = after.and_then(|after| node.children.iter().position(|(own, _)| **own == *after));
        match self.value.pointer_mut(mapping.as_str()) {
            Some(Value::Object(map)) => {
                map.insert(key.to_owned(), member.clone());
            }
            Some(place @ Value::Null) => {
                *place = Value::Object([(key.to_owned(), member.clone())].into_iter().collect());
            }
            _ => return Err(EditError::NoContainer(mapping.clone())),
        }
        self.last = mapping.clone();
        let behind = found.map_or(node.children.len(), |at| at + 1);
        self.insert(mapping, node, behind, &[(Some(key), member)])
    }

    /// Writes another scalar in the place of one.
    ///
    /// # Errors
    /// [`EditError::NoContainer`] when nothing stands there, [`EditError::Shared`].
    pub fn replace(&mut self, at: &Pointer, value: &Value) -> Result<(), EditError> {
        let span = self.node(at)?.value;
        let place = self.value.pointer_mut(at.as_str()).ok_or_else(|| EditError::NoContainer(at.clone()))?;
        *place = value.clone();
        self.last = at.clone();
        let text = words::scalar(value, &self.style, self.file.format() == Format::Yaml && self.is_flow(at));
        self.edits.push(Edit { span, text });
        Ok(())
    }

    /// The edits, in the order of the text.
    ///
    /// # Errors
    /// [`EditError::Unknown`] when the edited text would not read as what was asked for.
    pub fn finish(mut self) -> Result<Vec<Edit>, EditError> {
        self.edits.sort_by_key(|edit| edit.span.start);
        let edited = apply(self.file.text(), &self.edits);
        let edited = SourceFile::new(format!("edited.{}", self.style.ending()), edited);
        let (before, after) = (parse(self.file), parse(&edited));
        if after.value == self.value && after.problems.len() <= before.problems.len() {
            return Ok(self.edits);
        }
        Err(EditError::Unknown(self.last))
    }

    /// The node of a place that is written where it stands.
    fn node(&self, pointer: &Pointer) -> Result<&'d SpanNode, EditError> {
        let mut node = &self.spans.root;
        for step in pointer.steps() {
            let inside = node.value;
            node = node.child(&step).ok_or_else(|| EditError::NoContainer(pointer.clone()))?;
            let own = node.key.unwrap_or(node.value);
            if own.start < inside.start || self.text(node.value).starts_with('*') {
                return Err(EditError::Shared(pointer.clone()));
            }
        }
        Ok(node)
    }

    fn text(&self, span: Span) -> &'d str {
        self.file.text().get(span.start..span.end).unwrap_or_default()
    }

    /// Whether something stands between brackets, at any height above it.
    fn is_flow(&self, pointer: &Pointer) -> bool {
        let mut up = pointer.parent();
        while let Some(at) = up {
            if self.text(self.spans.locate(&at).value).starts_with(['[', '{']) {
                return true;
            }
            up = at.parent();
        }
        false
    }

    fn insert(
        &mut self,
        at: &Pointer,
        node: &'d SpanNode,
        behind: usize,
        items: &[(Option<&str>, &Value)],
    ) -> Result<(), EditError> {
        let is_bracketed = self.text(node.value).starts_with(['[', '{']);
        let in_flow = self.file.format() == Format::Json || self.is_flow(at);
        match (is_bracketed, in_flow, node.children.is_empty()) {
            (true, _, false) | (true, true, true) => self.insert_in_brackets(node, behind, items),
            (true, false, true) => self.open_brackets(at, node, items),
            (false, false, true) if node.value.end > node.value.start => self.open_brackets(at, node, items),
            (false, false, true) => self.begin_block(at, node, items),
            (false, false, false) => self.insert_in_block(node, behind, items),
            (false, true, _) => return Err(EditError::Unknown(at.clone())),
        }
        Ok(())
    }

    /// `[a, b]` becomes `[a, b, c]`.
    fn insert_in_brackets(&mut self, node: &'d SpanNode, behind: usize, items: &[(Option<&str>, &Value)]) {
        let flow = Flow::new(self.file.text(), node, behind, &self.style);
        self.edits.extend(flow.insert(items));
    }

    /// `tasks: []` or `tasks: null` in a block document becomes a list of lines.
    fn open_brackets(&mut self, at: &Pointer, node: &'d SpanNode, items: &[(Option<&str>, &Value)]) {
        let text = self.file.text();
        let start = text[..node.value.start].trim_end_matches(' ').len();
        let start = if node.key.is_some() { start } else { node.value.start };
        self.edits.push(Edit { span: Span::new(start, node.value.end), text: String::new() });
        self.begin_block(at, node, items);
    }

    /// The first lines of a list or a mapping, below its key.
    fn begin_block(&mut self, at: &Pointer, node: &'d SpanNode, items: &[(Option<&str>, &Value)]) {
        let text = self.file.text();
        let key_column = node.key.map_or(0, |key| column(text, key.start));
        let is_list = items.iter().any(|(key, _)| key.is_none());
        let deeper = if is_list { self.style.list_offset } else { self.style.indent };
        let deeper = if at.as_str().is_empty() { 0 } else { deeper };
        let lines = block::lines(items, key_column + deeper, &self.style);
        let end = node.value.end.max(node.key.map_or(0, |key| key.end));
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        self.insert_lines(line_end, &lines);
    }

    /// Lines behind an item of a block, in its column.
    fn insert_in_block(&mut self, node: &'d SpanNode, behind: usize, items: &[(Option<&str>, &Value)]) {
        let text = self.file.text();
        let is_list = items.iter().any(|(key, _)| key.is_none());
        let first = node.children.first().map(|(_, child)| child);
        let own = first.and_then(|first| first.key).map_or(node.value.start, |key| key.start);
        let at = if is_list { place::dash(text, node) } else { own };
        let (column, mut style) = (column(text, at), self.style.clone());
        if let Some(first) = first.filter(|first| is_list && !text[at..first.value.start].contains('\n')) {
            style.dash = (first.value.start - at).max(2);
        }
        let lines = block::lines(items, column, &style);
        if behind == 0 {
            let indent = line_indent(text, at);
            let start = at - column.min(at).min(indent.len());
            return self.edits.push(Edit::insert(start, lines + self.style.newline));
        }
        let before = node.children.get(behind - 1).map(|(_, child)| child);
        let end = before.map_or(node.value.end, |child| place::end(text, child));
        self.insert_lines(after_line(text, end, column), &lines);
    }

    /// Puts lines behind the line that ends there.
    fn insert_lines(&mut self, line_end: usize, lines: &str) {
        let text = self.file.text();
        let line_end = line_end - usize::from(text[..line_end].ends_with('\r') && text[line_end..].starts_with('\n'));
        self.edits.push(Edit::insert(line_end, format!("{}{lines}", self.style.newline)));
    }
}

#[cfg(test)]
mod tests;
