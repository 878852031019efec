//! Where a name is declared, where it is written, and another name for it.

use super::{Outcome, diagnostic, written};
use crate::editor;
use crate::lsp::convert;
use crate::lsp::protocol::{
    Definition, DefinitionParams, DefinitionResponse, DocumentHighlight, DocumentHighlightKind,
    DocumentHighlightParams, ErrorCode, Location, PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult,
    ReferenceParams, RenameParams,
};
use crate::lsp::server::error;
use crate::lsp::view::View;

/// `textDocument/definition`.
pub(super) fn definition(view: &View, params: &DefinitionParams) -> Option<DefinitionResponse> {
    let offset = view.document.offset(params.text_document_position_params.position);
    let found = editor::definition(&view.snapshot(), offset)?;
    let place = diagnostic::location(view, &found.file, found.span)?;
    Some(DefinitionResponse::Definition(Definition::Location(place)))
}

/// `textDocument/references`.
pub(super) fn references(view: &View, params: &ReferenceParams) -> Vec<Location> {
    let offset = view.document.offset(params.text_document_position_params.position);
    let found = editor::references(&view.snapshot(), offset).into_iter();
    let found = found.filter(|one| params.context.include_declaration || !one.is_declaration);
    found.map(|one| view.document.location(one.span)).collect()
}

/// `textDocument/documentHighlight`.
pub(super) fn highlights(view: &View, params: &DocumentHighlightParams) -> Vec<DocumentHighlight> {
    let offset = view.document.offset(params.text_document_position_params.position);
    let highlight = |one: editor::Use| DocumentHighlight {
        range: view.document.range(one.span),
        kind: Some(if one.is_declaration { DocumentHighlightKind::Write } else { DocumentHighlightKind::Read }),
    };
    editor::references(&view.snapshot(), offset).into_iter().map(highlight).collect()
}

/// `textDocument/prepareRename`.
pub(super) fn prepare_rename(view: &View, params: &PrepareRenameParams) -> Option<PrepareRenameResult> {
    let offset = view.document.offset(params.text_document_position_params.position);
    let span = editor::prepare_rename(&view.snapshot(), offset)?;
    let placeholder = view.document.text().get(span.start..span.end)?.to_owned();
    Some(PrepareRenamePlaceholder { range: view.document.range(span), placeholder }.into())
}

/// `textDocument/rename`.
pub(super) fn rename(view: &View, params: &RenameParams) -> Outcome {
    let offset = view.document.offset(params.text_document_position_params.position);
    let edits = editor::rename(&view.snapshot(), offset, &params.new_name);
    let edits = edits.map_err(|err| error(ErrorCode::RequestFailed, &err.to_string()))?;
    written(&convert::workspace_edit(view, &edits))
}
