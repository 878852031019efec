//! The open documents, edited strictly in the order of the messages.

use super::document::Document;
use super::position::{Encoding, Lines};
use super::protocol::{
    DidChangeTextDocumentParams, DidOpenTextDocumentParams, TextDocumentContentChangeEvent as Change, Uri,
};
use super::uri;
use super::workspace::Workspace;
use crate::source::SourceFile;
use std::collections::HashMap;
use std::sync::Arc;

/// The open documents.
pub(super) struct Documents {
    open: HashMap<Uri, Arc<Document>>,
    encoding: Encoding,
}

impl Documents {
    /// None yet.
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { open: HashMap::new(), encoding }
    }

    /// The newest version of a document.
    pub(super) fn get(&self, uri: &Uri) -> Option<&Arc<Document>> {
        self.open.get(uri)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Document>> {
        self.open.values()
    }

    /// Takes a document that was opened.
    pub(super) fn open(&mut self, params: DidOpenTextDocumentParams, workspace: &Workspace) -> Arc<Document> {
        let item = params.text_document;
        let path = uri::path(item.uri.as_ref());
        let name = path.as_ref().map_or_else(|| item.uri.0.clone(), |path| path.display().to_string());
        let home = workspace.home(path.as_deref());
        let lines = Lines::new(&item.text, self.encoding);
        let file = SourceFile::new(name, item.text);
        let document = Arc::new(Document::opened(item.uri.clone(), item.version, file, lines, home));
        if let Some(before) = self.open.insert(item.uri, Arc::clone(&document)) {
            before.close();
        }
        document
    }

    /// Edits a document; `None` when it is not open.
    pub(super) fn change(&mut self, params: DidChangeTextDocumentParams) -> Option<Arc<Document>> {
        let identifier = params.text_document;
        let before = self.open.get(&identifier.text_document_identifier.uri)?;
        let mut text = before.text().to_owned();
        let mut lines = before.lines.clone();
        for change in params.content_changes {
            apply(&mut text, &lines, change);
            lines = Lines::new(&text, self.encoding);
        }
        let file = SourceFile::new(before.file.name(), text);
        let next = Arc::new(before.next(identifier.version, file, lines, Arc::clone(&before.home)));
        self.open.insert(next.uri.clone(), Arc::clone(&next));
        Some(next)
    }

    /// Forgets a document.
    pub(super) fn close(&mut self, uri: &Uri) {
        if let Some(document) = self.open.remove(uri) {
            document.close();
        }
    }

    /// Looks again at everything around the documents: settings or files have changed.
    pub(super) fn move_home(&mut self, workspace: &Workspace) {
        for document in self.open.values_mut() {
            let home = workspace.home(uri::path(document.uri.as_ref()).as_deref());
            let (file, lines) = (document.file.clone(), document.lines.clone());
            *document = Arc::new(document.next(document.version, file, lines, home));
        }
    }
}

fn apply(text: &mut String, lines: &Lines, change: Change) {
    match change {
        Change::TextDocumentContentChangeWholeDocument(whole) => *text = whole.text,
        Change::TextDocumentContentChangePartial(part) => {
            let span = lines.span(text, part.range);
            text.replace_range(span.start..span.end, &part.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, encoding: Encoding, change: serde_json::Value, expected: &str) {
        let mut text = text.to_owned();
        let lines = Lines::new(&text, encoding);
        apply(&mut text, &lines, serde_json::from_value(change).expect("a change"));
        assert_eq!(text, expected);
    }

    #[test]
    fn a_change_replaces_what_it_names() {
        let range = |line: u32, from: u32, to: u32| json!({"start": {"line": line, "character": from}, "end": {"line": line, "character": to}});
        check("a: é😀b\r\nc", Encoding::Utf16, json!({"range": range(0, 4, 6), "text": "x"}), "a: éxb\r\nc");
        check("a: é😀b\r\nc", Encoding::Utf8, json!({"range": range(0, 5, 9), "text": "x"}), "a: éxb\r\nc");
        check("a\r\nc", Encoding::Utf16, json!({"range": range(0, 1, 99), "text": "!"}), "a!\r\nc");
        check("a\nc", Encoding::Utf16, json!({"range": range(9, 0, 0), "text": "!"}), "a\nc!");
        check("a", Encoding::Utf16, json!({"text": "b"}), "b");
        // A range that stands the wrong way round.
        check("abc", Encoding::Utf16, json!({"range": range(0, 2, 1), "text": ""}), "ac");
    }
}
