//! The requests, one file each: what the editor says, in the protocol's types. None of them waits for anything.

mod action;
mod completion;
pub(super) mod diagnostic;
mod hover;
mod inlay;
mod lens;
mod navigate;
mod outline;
mod symbol;
mod token;

use super::protocol::{
    CodeActionRequest, CodeLensRequest, CompletionRequest, DefinitionRequest, DocumentDiagnosticRequest,
    DocumentHighlightRequest, DocumentLinkRequest, DocumentSymbolRequest, ErrorCode, FoldingRangeRequest, HoverRequest,
    InlayHintRequest, PrepareRenameRequest, ReferencesRequest, RenameRequest, RequestKind, ResponseError,
    SelectionRangeRequest, SemanticTokensRangeRequest, SemanticTokensRequest,
};
use super::server::error;
use super::view::{Shared, View};
use serde::Serialize;
use serde_json::{Value, json};

pub(super) use action::{DRY_RUN, TEST_REQUEST};
pub(super) use token::LEGEND;

type Outcome = Result<Value, ResponseError>;

/// What is given for a document that nobody opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nothing {
    /// `null`.
    Null,
    /// A report without diagnostics.
    NoDiagnostics,
}

/// Answers a request about a document; and what is said when it is not open.
pub(super) struct OfDocument(pub(super) Box<dyn FnOnce(&View, Value) -> Outcome + Send>, pub(super) Nothing);

/// Answers a request about no document, or all of them.
pub(super) type OfWorkspace = fn(&Shared, &[View], Value) -> Outcome;

/// Who answers a request about a document.
pub(super) fn of_document(method: &str) -> Option<OfDocument> {
    Some(match method {
        "textDocument/diagnostic" => OfDocument(
            Box::new(|view, params| answer::<DocumentDiagnosticRequest>(view, params, diagnostic::pulled)),
            Nothing::NoDiagnostics,
        ),
        "textDocument/completion" => on::<CompletionRequest>(completion::completion),
        "textDocument/hover" => on::<HoverRequest>(hover::hover),
        "textDocument/codeLens" => on::<CodeLensRequest>(lens::lenses),
        "textDocument/codeAction" => on::<CodeActionRequest>(action::actions),
        "textDocument/definition" => on::<DefinitionRequest>(navigate::definition),
        "textDocument/references" => on::<ReferencesRequest>(navigate::references),
        "textDocument/documentHighlight" => on::<DocumentHighlightRequest>(navigate::highlights),
        "textDocument/prepareRename" => on::<PrepareRenameRequest>(navigate::prepare_rename),
        "textDocument/rename" => OfDocument(
            Box::new(|view, params| given::<RenameRequest>(params).and_then(|params| navigate::rename(view, params))),
            Nothing::Null,
        ),
        "textDocument/documentSymbol" => on::<DocumentSymbolRequest>(outline::symbols),
        "textDocument/foldingRange" => on::<FoldingRangeRequest>(outline::folds),
        "textDocument/selectionRange" => on::<SelectionRangeRequest>(outline::selections),
        "textDocument/documentLink" => on::<DocumentLinkRequest>(outline::links),
        "textDocument/inlayHint" => on::<InlayHintRequest>(inlay::inlays),
        "textDocument/semanticTokens/full" => on::<SemanticTokensRequest>(token::all),
        "textDocument/semanticTokens/range" => on::<SemanticTokensRangeRequest>(token::within),
        _ => return None,
    })
}

/// Who answers a request about no document.
pub(super) fn of_workspace(method: &str) -> Option<OfWorkspace> {
    match method {
        "completionItem/resolve" => Some(completion::resolve),
        "workspace/symbol" => Some(symbol::symbols),
        _ => None,
    }
}

/// What is said about a document that nobody opened.
pub(super) fn nothing(kind: Nothing) -> Outcome {
    Ok(match kind {
        Nothing::Null => Value::Null,
        Nothing::NoDiagnostics => json!({"kind": "full", "items": []}),
    })
}

fn on<R: RequestKind + 'static>(handler: fn(&View, R::Params) -> R::Result) -> OfDocument {
    OfDocument(Box::new(move |view, params| answer::<R>(view, params, handler)), Nothing::Null)
}

fn answer<R: RequestKind>(view: &View, params: Value, handler: fn(&View, R::Params) -> R::Result) -> Outcome {
    written(&handler(view, given::<R>(params)?))
}

fn given<R: RequestKind>(params: Value) -> Result<R::Params, ResponseError> {
    serde_json::from_value(params).map_err(|err| error(ErrorCode::InvalidParams, &err.to_string()))
}

fn written(result: &impl Serialize) -> Outcome {
    serde_json::to_value(result).map_err(|err| error(ErrorCode::InternalError, &err.to_string()))
}
