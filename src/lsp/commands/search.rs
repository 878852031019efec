//! `legwork.searchApi`: the operations that words are about.

use super::{Desk, Given, failed};
use crate::catalogue::search::Query;
use crate::lsp::outbox::Answer;
use serde_json::{Value, json};

/// At most so many are given.
const LIMIT: usize = 50;

impl Desk {
    /// Gives a list of `{"name", "title", "method", "path", "provider", "deprecated"}`, the best first.
    pub(super) fn search(&self, given: &Given) -> Answer {
        let home = match given.any_view() {
            Some(view) => std::sync::Arc::clone(&view.document.home),
            None => self.shared.workspace.home(None),
        };
        let words = given.query.clone().ok_or_else(|| failed("`query` says what to search for"))?;
        let hits = home.searched().index.search(&Query { words, limit: LIMIT, ..Query::default() });
        let shown = hits.into_iter().map(|hit| {
            let record = hit.record;
            json!({
                "name": record.name,
                "title": record.title,
                "method": record.method,
                "path": record.path,
                "provider": record.provider,
                "deprecated": record.deprecated,
            })
        });
        Ok(Value::Array(shown.collect()))
    }
}
