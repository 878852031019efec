//! The one place that knows the crates of the protocol.
//!
//! `lsp-server` carries messages, `gen-lsp-types` has their types; it is young, so that everything else takes them from here.

pub(super) use gen_lsp_types::{
    BaseSymbolInformation, Code, CodeAction, CodeActionKind, CodeActionParams, CodeActionRequest, CodeActionResponse,
    CodeLens, CodeLensParams, CodeLensRequest, Command, CompletionItem, CompletionItemKind, CompletionItemTextEdit,
    CompletionList, CompletionParams, CompletionRequest, CompletionResponse, Contents, Definition, DefinitionParams,
    DefinitionRequest, DefinitionResponse, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DidChangeTextDocumentParams, DidOpenTextDocumentParams, DocumentDiagnosticReport, DocumentDiagnosticRequest,
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, DocumentHighlightRequest, DocumentLink,
    DocumentLinkParams, DocumentLinkRequest, DocumentSymbol, DocumentSymbolParams, DocumentSymbolRequest,
    DocumentSymbolResponse, Documentation, ExecuteCommandParams, FoldingRange, FoldingRangeKind, FoldingRangeParams,
    FoldingRangeRequest, FullDocumentDiagnosticReport, Hover, HoverParams, HoverRequest, InlayHint, InlayHintParams,
    InlayHintRequest, InsertTextFormat, Label, Location, MarkupContent, MarkupKind, Message as DiagnosticMessage,
    Position, PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameRequest, PrepareRenameResult,
    PublishDiagnosticsParams, Range, ReferenceParams, ReferencesRequest, RelatedFullDocumentDiagnosticReport,
    RenameParams, RenameRequest, Request as RequestKind, SelectionRange, SelectionRangeParams, SelectionRangeRequest,
    SemanticToken, SemanticTokens, SemanticTokensParams, SemanticTokensRangeParams, SemanticTokensRangeRequest,
    SemanticTokensRequest, SymbolKind, TextDocumentContentChangeEvent, TextEdit, Tooltip, Uri, WorkspaceSymbol,
    WorkspaceSymbolLocation, WorkspaceSymbolRequest, WorkspaceSymbolResponse,
};
pub use lsp_server::Connection;
pub(super) use lsp_server::{ErrorCode, IoThreads, Message, Notification, Request, RequestId, Response, ResponseError};
