//! What is said of a place.

use crate::editor;
use crate::lsp::convert;
use crate::lsp::protocol::{Contents, Hover, HoverParams};
use crate::lsp::view::View;

/// `textDocument/hover`.
pub(super) fn hover(view: &View, params: &HoverParams) -> Option<Hover> {
    let offset = view.document.offset(params.text_document_position_params.position);
    let found = editor::hover(&view.snapshot(), offset)?;
    let contents = Contents::MarkupContent(convert::markdown(found.markdown));
    Some(Hover { contents, range: Some(view.document.range(found.span)) })
}
