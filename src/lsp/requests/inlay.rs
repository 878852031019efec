//! The values of expressions, beside them.

use crate::editor;
use crate::lsp::protocol::{InlayHint, InlayHintParams, Label, Tooltip};
use crate::lsp::view::View;

/// `textDocument/inlayHint`.
pub(super) fn inlays(view: &View, params: &InlayHintParams) -> Vec<InlayHint> {
    let within = view.document.span(params.range);
    let found = editor::inlays(&view.snapshot(), within).into_iter();
    let hint = |inlay: editor::Inlay| InlayHint {
        position: view.document.lines.position(view.document.text(), inlay.offset),
        label: Label::String(format!("= {}", inlay.text)),
        kind: None,
        text_edits: None,
        tooltip: Some(Tooltip::String(inlay.tooltip)),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    };
    found.map(hint).collect()
}
