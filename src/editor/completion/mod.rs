//! What can be written at a place.

mod expression;
mod keys;
mod operations;
mod snippet;
mod values;

pub(super) use values::about as task_type_in_words;

use super::cursor::{self, Role};
use super::{FileKind, Snapshot};
use crate::source::edit::Edit;
use crate::source::{Pointer, Span};

/// What an offer is, for the sign beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A key.
    Field,
    /// A value of a list of allowed ones.
    Value,
    /// A type of task.
    TaskType,
    /// An operation of the catalogue: the whole prepared request.
    Operation,
    /// A word of an expression.
    Keyword,
    /// An input of the workflow.
    Input,
    /// A task's reference name.
    Task,
    /// A step of a path.
    Property,
    /// The name of a secret.
    Secret,
    /// The name of a value of `workflow.env`, or of a variable.
    Variable,
}

/// One offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What the list shows.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A few words beside the label.
    pub detail: Option<String>,
    /// Offers are sorted by this text.
    pub sort: String,
    /// What is matched with what was typed, when it is not the label.
    pub filter: Option<String>,
    /// What is replaced, on one line around the place.
    pub replace: Span,
    /// What stands there afterwards. Lines behind the first are indented from the indentation of the line it is put in, as
    /// editors add that by themselves (`insertTextMode` 2 of LSP, the usual one).
    pub insert: String,
    /// Whether `insert` is a snippet, with `${1:name}` for places to fill in and `\$` for a dollar.
    pub is_snippet: bool,
    /// Further edits, elsewhere in the text.
    pub also: Vec<Edit>,
    /// What [`resolve`] takes to say more; `None` when there is no more to say.
    pub key: Option<String>,
}

impl Completion {
    /// An offer that puts its label in.
    pub(super) fn plain(label: impl Into<String>, kind: CompletionKind, replace: Span) -> Self {
        let label = label.into();
        let (insert, sort) = (label.clone(), label.clone());
        Self {
            label,
            kind,
            detail: None,
            sort,
            filter: None,
            replace,
            insert,
            is_snippet: false,
            also: Vec::new(),
            key: None,
        }
    }

    /// With a few words beside the label.
    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        let detail: String = detail.into();
        self.detail = Some(detail).filter(|detail| !detail.is_empty());
        self
    }
}

/// All offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completions {
    /// The offers, the best first.
    pub items: Vec<Completion>,
    /// Whether more typing can bring other ones up: a search has more hits than are shown.
    pub is_partial: bool,
}

/// What can be written at a place.
#[must_use]
pub fn completion(snapshot: &Snapshot, offset: usize) -> Completions {
    let text = snapshot.source();
    if snapshot.kind() == FileKind::Other || !text.is_char_boundary(offset.min(text.len())) {
        return Completions::default();
    }
    let offset = offset.min(text.len());
    let mut found = expression::offers(snapshot, offset).unwrap_or_else(|| in_definition(snapshot, offset));
    number(&mut found.items);
    found
}

fn in_definition(snapshot: &Snapshot, offset: usize) -> Completions {
    let Some(cursor) = cursor::cursor(snapshot.file(), offset) else { return Completions::default() };
    let mut found = operations::offers(snapshot, &cursor).unwrap_or_default();
    let items = match cursor.role {
        Role::Key => keys::offers(snapshot, &cursor),
        Role::Value => values::offers(snapshot, &cursor),
        Role::Either => {
            let values = values::offers(snapshot, &cursor);
            if values.is_empty() { keys::offers(snapshot, &cursor) } else { values }
        }
    };
    // At an empty task its keys come first, and the catalogue behind them.
    match cursor.role {
        Role::Value => found.items.extend(items),
        _ => drop(found.items.splice(0..0, items)),
    }
    found
}

/// More about an offer, Markdown: from its `key`.
#[must_use]
pub fn resolve(snapshot: &Snapshot, key: &str) -> Option<String> {
    let (kind, rest) = key.split_once(' ')?;
    match kind {
        "operation" => snapshot.library().entry(rest).map(|entry| super::hover::of_entry(&entry)),
        "field" => super::hover::of_field(snapshot, &Pointer::parse(rest)),
        _ => None,
    }
}

/// Edits that go with an offer and take longer to work out, from its `key`: the inputs that an operation reads are declared.
#[must_use]
pub fn resolve_edits(snapshot: &Snapshot, key: &str) -> Vec<Edit> {
    match key.split_once(' ') {
        Some(("operation", name)) => operations::inputs(snapshot, name),
        _ => Vec::new(),
    }
}

/// Gives offers their order.
fn number(items: &mut [Completion]) {
    for (index, item) in items.iter_mut().enumerate() {
        item.sort = format!("{index:05}");
    }
}

#[cfg(test)]
mod tests;
