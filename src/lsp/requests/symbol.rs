//! `workspace/symbol`: a search of the catalogue, and the tasks of the open documents.

use super::{Outcome, given, written};
use crate::lsp::protocol::{
    BaseSymbolInformation, SymbolKind, WorkspaceSymbol, WorkspaceSymbolLocation, WorkspaceSymbolRequest,
    WorkspaceSymbolResponse,
};
use crate::lsp::view::{Shared, View};
use serde_json::Value;

/// At most so many are given.
const LIMIT: usize = 100;

/// The tasks whose name holds the words. What the catalogue has is found by the command `legwork.searchApi`: it has no place in a
/// file.
pub(super) fn symbols(_: &Shared, views: &[View], params: Value) -> Outcome {
    let query = given::<WorkspaceSymbolRequest>(params)?.query.to_lowercase();
    let mut found = Vec::new();
    for view in views {
        let snapshot = view.snapshot();
        let tasks = snapshot.tasks().iter().filter(|task| {
            !task.reference_name.is_empty()
                && [&task.reference_name, &task.name].iter().any(|name| name.to_lowercase().contains(&query))
        });
        found.extend(tasks.map(|task| WorkspaceSymbol {
            location: WorkspaceSymbolLocation::Location(view.document.location(task.span)),
            data: None,
            base_symbol_information: BaseSymbolInformation {
                name: task.reference_name.clone(),
                kind: if task.is_callable { SymbolKind::Function } else { SymbolKind::Event },
                tags: None,
                container_name: Some(task.name.clone()),
            },
        }));
    }
    found.truncate(LIMIT);
    written(&WorkspaceSymbolResponse::WorkspaceSymbolList(found))
}
