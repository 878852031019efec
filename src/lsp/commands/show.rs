//! The ladder of results: the client's own pane, a document, a message.

use super::{Desk, Given, failed};
use crate::host;
use crate::lsp::outbox::Answer;
use crate::lsp::protocol::ResponseError;
use crate::lsp::runs::Last;
use crate::lsp::uri;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

impl Desk {
    /// Writes what was exchanged into its file, masked. Gives the file, when it could be written.
    pub(super) fn keep(&self, file: Option<&PathBuf>, text: &str) -> Option<PathBuf> {
        let text = self.outbox.redactor().redact(text);
        let written = file.filter(|file| host::write_private(file, &text).is_ok());
        written.cloned()
    }

    /// Shows a result to a client that has no pane of its own: as a document beside, else as a line.
    pub(super) async fn show(&self, file: Option<&Path>, line: &str, is_good: bool) {
        let Some(file) = file else { return self.message(line, is_good) };
        if self.shared.client.shows_documents {
            let shown = self.outbox.ask("window/showDocument", json!({"uri": uri::uri(file), "takeFocus": false}));
            if matches!(shown.await, Ok(Ok(answer)) if answer.get("success") == Some(&Value::Bool(true))) {
                return;
            }
        }
        self.message(&format!("{line} → {}", file.display()), is_good);
    }

    /// Shows a line.
    pub(super) fn message(&self, line: &str, is_good: bool) {
        let kind = if is_good { 3 } else { 1 };
        self.outbox.notify("window/showMessage", json!({"type": kind, "message": line}));
    }

    /// `legwork.showLastResponse`.
    pub(super) async fn show_last(&self, given: &Given) -> Answer {
        let last = self.last(given)?;
        let is_good = last.state != crate::editor::OutcomeState::Failed;
        if !self.shared.client.hears_runs {
            self.show(last.file.as_deref(), &last.title(), is_good).await;
        }
        Ok(last.answer)
    }

    /// The last run of the task that is meant, else of any of the document.
    pub(super) fn last(&self, given: &Given) -> Result<Last, ResponseError> {
        let uri = given.uri().ok_or_else(|| failed("no document is open"))?;
        let task = given.task.clone().or_else(|| given.view().and_then(|view| given.task(view)));
        self.shared.runs.last(&uri, task.as_deref()).ok_or_else(|| failed("nothing was sent yet"))
    }

    /// `legwork.openDocs`: the API's own page.
    pub(super) async fn open_docs(&self, given: &Given) -> Answer {
        let of_task = || {
            let view = given.view()?;
            let snapshot = view.snapshot();
            let task = crate::editor::task_named(&snapshot, &given.task(view)?)?.name.clone();
            snapshot.catalogue().get(&task)?.docs().url.clone()
        };
        let url = given.url.clone().or_else(of_task).ok_or_else(|| failed("no page is known for this task"))?;
        // Whoever sends the command could have any program started by another kind of address.
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(failed("only a page of the web is opened"));
        }
        let shown = if self.shared.client.shows_documents {
            self.outbox.ask("window/showDocument", json!({"uri": url, "external": true})).await.is_ok()
        } else {
            false
        };
        if !shown {
            self.message(&url, true);
        }
        Ok(json!({"url": url}))
    }
}
