//! The shape of a document: symbols, folds, growing selections and links.

use crate::editor::{self, FoldKind, LinkTarget, Symbol};
use crate::lsp::protocol::{
    DocumentLink, DocumentLinkParams, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, FoldingRange,
    FoldingRangeKind, FoldingRangeParams, SelectionRange, SelectionRangeParams, SymbolKind, Uri,
};
use crate::lsp::uri;
use crate::lsp::view::View;

/// `textDocument/documentSymbol`.
pub(super) fn symbols(view: &View, _: &DocumentSymbolParams) -> DocumentSymbolResponse {
    if view.is_shared() {
        return DocumentSymbolResponse::DocumentSymbolList(Vec::new());
    }
    let symbols = editor::symbols(&view.snapshot()).into_iter().map(|symbol| converted(symbol, view)).collect();
    DocumentSymbolResponse::DocumentSymbolList(symbols)
}

#[expect(deprecated, reason = "the type has the field, and no way around it")]
fn converted(symbol: Symbol, view: &View) -> DocumentSymbol {
    let children: Vec<_> = symbol.children.into_iter().map(|child| converted(child, view)).collect();
    DocumentSymbol {
        // An empty name is refused by some clients.
        name: if symbol.name.is_empty() { "(no name)".to_owned() } else { symbol.name },
        detail: symbol.detail,
        kind: match symbol.kind {
            editor::SymbolKind::Definition => SymbolKind::Module,
            editor::SymbolKind::Request => SymbolKind::Function,
            editor::SymbolKind::Operator => SymbolKind::Namespace,
            editor::SymbolKind::Task => SymbolKind::Event,
            editor::SymbolKind::Field => SymbolKind::Field,
        },
        tags: None,
        deprecated: None,
        range: view.document.range(symbol.span),
        selection_range: view.document.range(symbol.name_span),
        children: Some(children).filter(|children| !children.is_empty()),
    }
}

/// `textDocument/foldingRange`.
pub(super) fn folds(view: &View, _: &FoldingRangeParams) -> Vec<FoldingRange> {
    if view.is_shared() {
        return Vec::new();
    }
    let folds = editor::folding(&view.snapshot()).into_iter().map(|fold| {
        let range = view.document.range(fold.span);
        let kind = match fold.kind {
            FoldKind::Region => FoldingRangeKind::Region,
            FoldKind::Comment => FoldingRangeKind::Comment,
        };
        FoldingRange {
            start_line: range.start.line,
            end_line: range.end.line,
            kind: Some(kind),
            ..FoldingRange::default()
        }
    });
    folds.collect()
}

/// `textDocument/selectionRange`.
pub(super) fn selections(view: &View, params: &SelectionRangeParams) -> Vec<SelectionRange> {
    let snapshot = view.snapshot();
    let grown = params.positions.iter().map(|&position| {
        let spans = editor::selection(&snapshot, view.document.offset(position));
        let grow = |parent: Option<SelectionRange>, span: &_| {
            Some(SelectionRange { range: view.document.range(*span), parent: parent.map(Box::new) })
        };
        let here = || crate::lsp::protocol::Range { start: position, end: position };
        spans.iter().rev().fold(None, grow).unwrap_or_else(|| SelectionRange { range: here(), parent: None })
    });
    grown.collect()
}

/// `textDocument/documentLink`.
pub(super) fn links(view: &View, _: &DocumentLinkParams) -> Vec<DocumentLink> {
    let folder = uri::path(view.document.uri.as_ref()).and_then(|path| Some(path.parent()?.to_owned()));
    let links = editor::links(&view.snapshot()).into_iter().filter_map(|link| {
        let target = match link.target {
            LinkTarget::Url(url) => Uri(url),
            LinkTarget::File(path) => uri::uri(&folder.as_ref()?.join(path)),
        };
        let range = view.document.range(link.span);
        Some(DocumentLink { range, target: Some(target), tooltip: Some(link.tooltip), data: None })
    });
    links.collect()
}
