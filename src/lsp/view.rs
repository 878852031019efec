//! What a request looks at: one version of a document, and the facts around it.

use super::client::Client;
use super::document::Document;
use super::runs::Runs;
use super::workspace::Workspace;
use crate::editor::Snapshot;
use std::sync::Arc;

/// What all requests share.
#[derive(Clone)]
pub(super) struct Shared {
    /// What the client can do.
    pub(super) client: Arc<Client>,
    /// Folders and settings.
    pub(super) workspace: Arc<Workspace>,
    /// What was run.
    pub(super) runs: Arc<Runs>,
}

/// What a request about a document looks at. It never changes.
#[derive(Clone)]
pub(super) struct View {
    /// The document.
    pub(super) document: Arc<Document>,
    /// What all requests share.
    pub(super) shared: Shared,
}

impl View {
    /// What the editor knows of the document.
    pub(super) fn snapshot(&self) -> Snapshot {
        let known = self.shared.runs.known(&self.document.uri, self.document.home.known());
        self.document.snapshot(&known)
    }
}
