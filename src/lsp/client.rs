//! What the client can do, as it said in `initialize`.

use super::position::Encoding;
use serde_json::Value;

/// What the client can do. It is read leniently: a client that says something strange about one thing keeps all others.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one capability of the protocol, independent of the others")]
pub(super) struct Client {
    /// How positions are counted.
    pub(super) encoding: Encoding,
    /// It asks for diagnostics itself.
    pub(super) pulls_diagnostics: bool,
    /// It can be asked to ask again for diagnostics.
    pub(super) refreshes_diagnostics: bool,
    /// The same for code lenses.
    pub(super) refreshes_lenses: bool,
    /// The same for inlay hints.
    pub(super) refreshes_inlays: bool,
    /// It shows progress.
    pub(super) shows_progress: bool,
    /// It opens documents.
    pub(super) shows_documents: bool,
    /// It asks the user a question with buttons.
    pub(super) asks_users: bool,
    /// It listens to the events of runs, and shows results itself.
    pub(super) hears_runs: bool,
    /// It takes snippets in completions.
    pub(super) has_snippets: bool,
    /// It watches files when it is asked to.
    pub(super) watches_files: bool,
    /// It gives its settings when it is asked.
    pub(super) gives_configuration: bool,
    /// It knows versions in edits.
    pub(super) versions_edits: bool,
    /// It makes files that an edit needs.
    pub(super) creates_files: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn of(initialize: &Value) -> Self {
        let at = |pointer: &str| initialize.pointer(&format!("/capabilities{pointer}"));
        let can = |pointer: &str| at(pointer).and_then(Value::as_bool).unwrap_or_default();
        let has = |pointer: &str| at(pointer).is_some_and(|value| !value.is_null());
        let offers = at("/general/positionEncodings").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            encoding: Encoding::of_offer(&offers.iter().filter_map(Value::as_str)),
            pulls_diagnostics: has("/textDocument/diagnostic"),
            refreshes_diagnostics: can("/workspace/diagnostics/refreshSupport"),
            refreshes_lenses: can("/workspace/codeLens/refreshSupport"),
            refreshes_inlays: can("/workspace/inlayHint/refreshSupport"),
            shows_progress: can("/window/workDoneProgress"),
            shows_documents: can("/window/showDocument/support"),
            // The request is as old as the protocol; whoever can show its buttons says so.
            asks_users: has("/window/showMessage"),
            hears_runs: at("/experimental/legwork/runEvents").is_some_and(|events| events == 1 || events == true),
            has_snippets: can("/textDocument/completion/completionItem/snippetSupport"),
            watches_files: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            gives_configuration: can("/workspace/configuration"),
            versions_edits: can("/workspace/workspaceEdit/documentChanges"),
            creates_files: at("/workspace/workspaceEdit/resourceOperations")
                .and_then(Value::as_array)
                .is_some_and(|known| known.iter().any(|kind| kind == "create")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_said_is_not_there() {
        let client = Client::of(&json!({"capabilities": {}}));
        assert_eq!(client.encoding, Encoding::Utf16);
        assert!(!client.pulls_diagnostics && !client.shows_documents && !client.hears_runs && !client.asks_users);
        assert!(!Client::of(&Value::Null).shows_progress);
    }

    #[test]
    fn strange_words_about_one_thing_leave_the_others() {
        let client = Client::of(&json!({"capabilities": {
            "general": {"positionEncodings": ["utf-8", 7]},
            "window": {"showDocument": {"support": true}, "workDoneProgress": "yes", "showMessage": {}},
            "experimental": {"legwork": {"runEvents": 1}},
        }}));
        assert_eq!(client.encoding, Encoding::Utf8);
        assert!(client.shows_documents && client.hears_runs && client.asks_users && !client.shows_progress);
    }
}
