//! What a request looks at: one version of a document, and the facts around it.

use super::client::Client;
use super::document::Document;
use super::runs::Runs;
use super::workspace::Workspace;
use crate::editor::{Snapshot, has_own_name};
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
        self.document.snapshot(&known).beside_schema_server(self.is_shared())
    }

    /// Whether a server that knows schemas speaks about the document too: not about one whose name is ours.
    pub(super) fn is_shared(&self) -> bool {
        self.document.home.coexists && !has_own_name(self.document.file.name())
    }
}
