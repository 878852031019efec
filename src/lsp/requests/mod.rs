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

/// Answers a request about one version of a document.
type Handler = Box<dyn FnOnce(&View, Value) -> Outcome + Send>;

/// Answers a request about a document; and what is said when it is not open.
pub(super) struct OfDocument(pub(super) Handler, pub(super) Nothing);

/// Answers a request about no document, or all of them.
pub(super) type OfWorkspace = fn(&Shared, &[View], Value) -> Outcome;

/// Who answers a request about a document.
pub(super) fn of_document(method: &str) -> Option<OfDocument> {
    Some(match method {
        "textDocument/diagnostic" => OfDocument(
            Box::new(|view, params| answer::<DocumentDiagnosticRequest, _>(view, params, diagnostic::pulled)),
            Nothing::NoDiagnostics,
        ),
        "textDocument/completion" => on::<CompletionRequest, _>(completion::completion),
        "textDocument/hover" => on::<HoverRequest, _>(hover::hover),
        "textDocument/codeLens" => on::<CodeLensRequest, _>(lens::lenses),
        "textDocument/codeAction" => on::<CodeActionRequest, _>(action::actions),
        "textDocument/definition" => on::<DefinitionRequest, _>(navigate::definition),
        "textDocument/references" => on::<ReferencesRequest, _>(navigate::references),
        "textDocument/documentHighlight" => on::<DocumentHighlightRequest, _>(navigate::highlights),
        "textDocument/prepareRename" => on::<PrepareRenameRequest, _>(navigate::prepare_rename),
        "textDocument/rename" => OfDocument(
            Box::new(|view, params| given::<RenameRequest>(params).and_then(|params| navigate::rename(view, &params))),
            Nothing::Null,
        ),
        "textDocument/documentSymbol" => on::<DocumentSymbolRequest, _>(outline::symbols),
        "textDocument/foldingRange" => on::<FoldingRangeRequest, _>(outline::folds),
        "textDocument/selectionRange" => on::<SelectionRangeRequest, _>(outline::selections),
        "textDocument/documentLink" => on::<DocumentLinkRequest, _>(outline::links),
        "textDocument/inlayHint" => on::<InlayHintRequest, _>(inlay::inlays),
        "textDocument/semanticTokens/full" => on::<SemanticTokensRequest, _>(token::all),
        "textDocument/semanticTokens/range" => on::<SemanticTokensRangeRequest, _>(token::within),
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
pub(super) fn nothing(kind: Nothing) -> Value {
    match kind {
        Nothing::Null => Value::Null,
        Nothing::NoDiagnostics => json!({"kind": "full", "items": []}),
    }
}

fn on<R: RequestKind + 'static, T: Into<R::Result> + 'static>(handler: fn(&View, &R::Params) -> T) -> OfDocument {
    OfDocument(Box::new(move |view, params| answer::<R, T>(view, params, handler)), Nothing::Null)
}

fn answer<R: RequestKind, T: Into<R::Result>>(
    view: &View,
    params: Value,
    handler: fn(&View, &R::Params) -> T,
) -> Outcome {
    written::<R::Result>(&handler(view, &given::<R>(params)?).into())
}

fn given<R: RequestKind>(params: Value) -> Result<R::Params, ResponseError> {
    serde_json::from_value(params).map_err(|err| error(ErrorCode::InvalidParams, &err.to_string()))
}

fn written<T: Serialize>(result: &T) -> Outcome {
    serde_json::to_value(result).map_err(|err| error(ErrorCode::InternalError, &err.to_string()))
}
