//! The progress of a run, where the client shows it.

use crate::lsp::outbox::Outbox;
use serde_json::{Value, json};

/// The token of a run's progress.
pub(super) fn token(run_id: &str) -> String {
    format!("legwork/{run_id}")
}

/// Progress that is shown, or not.
pub(super) struct Progress {
    shown: Option<(Outbox, String)>,
}

impl Progress {
    /// Progress that nobody sees.
    pub(super) fn hidden() -> Self {
        Self { shown: None }
    }

    /// Begins it, when the client agrees.
    pub(super) async fn begin(outbox: &Outbox, run_id: &str, title: &str) -> Self {
        let token = token(run_id);
        let made = outbox.ask("window/workDoneProgress/create", json!({"token": token})).await;
        if !matches!(made, Ok(Ok(_))) {
            return Self::hidden();
        }
        let progress = Self { shown: Some((outbox.clone(), token)) };
        progress.tell(&json!({"kind": "begin", "title": title, "cancellable": true}));
        progress
    }

    /// How far it is.
    pub(super) fn report(&self, message: &str) {
        self.tell(&json!({"kind": "report", "message": message}));
    }

    /// Ends it.
    pub(super) fn end(self, message: &str) {
        self.tell(&json!({"kind": "end", "message": message}));
    }

    fn tell(&self, value: &Value) {
        if let Some((outbox, token)) = &self.shown {
            outbox.notify("$/progress", json!({"token": token, "value": value}));
        }
    }
}
