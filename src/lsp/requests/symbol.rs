//! `workspace/symbol`: a search of the catalogue, and the tasks of the open documents.

use super::{Outcome, given, written};
use crate::catalogue::Entry;
use crate::catalogue::search::Query;
use crate::lsp::position::Lines;
use crate::lsp::protocol::{
    BaseSymbolInformation, Location, SymbolKind, WorkspaceSymbol, WorkspaceSymbolLocation, WorkspaceSymbolRequest,
    WorkspaceSymbolResponse,
};
use crate::lsp::uri;
use crate::lsp::view::{Shared, View};
use serde_json::Value;
use std::path::Path;

/// At most so many are given.
const LIMIT: usize = 100;

/// At most so many of them are operations: each has its file read.
const OPERATIONS: usize = 20;

/// The tasks whose name holds the words, and the operations of the catalogue that they are about. An operation inside the program
/// has no place in a file: the command `legwork.searchApi` finds it.
pub(super) fn symbols(shared: &Shared, views: &[View], params: Value) -> Outcome {
    let words = given::<WorkspaceSymbolRequest>(params)?.query;
    let query = words.to_lowercase();
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
    found.extend(operations(shared, words));
    found.truncate(LIMIT);
    written(&WorkspaceSymbolResponse::WorkspaceSymbolList(found))
}

/// The operations that words are about, at their definitions.
fn operations(shared: &Shared, words: String) -> Vec<WorkspaceSymbol> {
    if words.trim().is_empty() {
        return Vec::new();
    }
    let home = shared.workspace.home(None);
    let library = home.searched();
    let hits = library.index.search(&Query { words, limit: OPERATIONS, ..Query::default() });
    let entries = hits.iter().filter_map(|hit| library.entry(&hit.record.name));
    entries.filter_map(|entry| operation(shared, &entry)).collect()
}

fn operation(shared: &Shared, entry: &Entry) -> Option<WorkspaceSymbol> {
    let path = Path::new(entry.file.name());
    if !path.is_file() {
        return None;
    }
    let lines = Lines::new(entry.file.text(), shared.client.encoding);
    let span = entry.spans().locate(&entry.base.key("name")).value;
    let range = lines.range(entry.file.text(), span);
    Some(WorkspaceSymbol {
        location: WorkspaceSymbolLocation::Location(Location { uri: uri::uri(path), range }),
        data: None,
        base_symbol_information: BaseSymbolInformation {
            name: entry.name.clone(),
            kind: SymbolKind::Interface,
            tags: None,
            container_name: entry.operation.title.clone(),
        },
    })
}
