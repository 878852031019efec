//! What the server says that it can do.

use super::client::Client;
use super::commands;
use super::requests::{DRY_RUN, LEGEND, TEST_REQUEST};
use super::workspace::WATCHED;
use serde_json::{Value, json};

/// The answer to `initialize`.
pub(super) fn capabilities(client: &Client) -> Value {
    let mut capabilities = json!({
        "positionEncoding": client.encoding.as_str(),
        "textDocumentSync": {"openClose": true, "change": 2, "save": true},
        "completionProvider": {
            "triggerCharacters": ["$", "{", ".", ":", "\"", "/", "-", " "],
            "resolveProvider": true,
        },
        "hoverProvider": true,
        "codeLensProvider": {"resolveProvider": false},
        "codeActionProvider": {"codeActionKinds": ["quickfix", "refactor.rewrite", TEST_REQUEST, DRY_RUN]},
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "renameProvider": {"prepareProvider": true},
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "documentLinkProvider": {"resolveProvider": false},
        "inlayHintProvider": true,
        "semanticTokensProvider": {
            "legend": {"tokenTypes": LEGEND, "tokenModifiers": []},
            "full": true,
            "range": true,
        },
        "executeCommandProvider": {"commands": commands::NAMES, "workDoneProgress": true},
        "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
    });
    if client.pulls_diagnostics
        && let Some(capabilities) = capabilities.as_object_mut()
    {
        let pulled = json!({"identifier": "legwork", "interFileDependencies": true, "workspaceDiagnostics": false});
        capabilities.insert("diagnosticProvider".to_owned(), pulled);
    }
    json!({
        "capabilities": capabilities,
        "serverInfo": {"name": "legwork", "version": env!("CARGO_PKG_VERSION")},
    })
}

/// What the client is asked to watch.
pub(super) fn registrations() -> Value {
    let watchers: Vec<_> = WATCHED.iter().map(|glob| json!({"globPattern": glob})).collect();
    let watched = json!({
        "id": "legwork-files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": {"watchers": watchers},
    });
    json!({"registrations": [watched]})
}
