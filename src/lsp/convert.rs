//! What the editor says, in the protocol's types.

use super::document::Document;
use super::protocol::{Command, MarkupContent, MarkupKind, TextEdit};
use super::view::View;
use crate::source::edit::Edit;
use serde_json::{Value, json};

/// Markdown.
pub(super) fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}

/// A command of the server, with its one argument.
pub(super) fn command(title: String, command: &str, argument: Value) -> Command {
    Command { title, tooltip: None, command: command.to_owned(), arguments: Some(vec![argument]) }
}

/// Edits of a document.
pub(super) fn edits(document: &Document, edits: &[Edit]) -> Vec<TextEdit> {
    let edit = |edit: &Edit| TextEdit { range: document.range(edit.span), new_text: edit.text.clone() };
    edits.iter().map(edit).collect()
}

/// Edits of a document as one step to undo; for this version alone, where the client knows versions.
pub(super) fn workspace_edit(view: &View, changes: &[Edit]) -> Value {
    let document = &view.document;
    let changes = edits(document, changes);
    if view.shared.client.versions_edits {
        let identifier = json!({"uri": document.uri.0, "version": document.version});
        return json!({"documentChanges": [{"textDocument": identifier, "edits": changes}]});
    }
    json!({"changes": {document.uri.as_ref(): changes}})
}
