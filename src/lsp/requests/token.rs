//! The words of expressions, for colours.

use crate::editor::{self, TokenKind};
use crate::lsp::position::units;
use crate::lsp::protocol::{SemanticToken, SemanticTokens, SemanticTokensParams, SemanticTokensRangeParams};
use crate::lsp::view::View;
use crate::source::Span;

/// The kinds of tokens, by number.
pub(in crate::lsp) const LEGEND: &[&str] =
    &["operator", "keyword", "parameter", "secret", "variable", "class", "property"];

/// `textDocument/semanticTokens/full`.
pub(super) fn all(view: &View, _: &SemanticTokensParams) -> SemanticTokens {
    tokens(view, Span::new(0, view.document.text().len()))
}

/// `textDocument/semanticTokens/range`.
pub(super) fn within(view: &View, params: &SemanticTokensRangeParams) -> SemanticTokens {
    tokens(view, view.document.span(params.range))
}

fn tokens(view: &View, within: Span) -> SemanticTokens {
    let document = &view.document;
    let (mut line, mut character) = (0, 0);
    let found = editor::tokens(&view.snapshot()).into_iter();
    let found = found.filter(|token| token.span.end >= within.start && token.span.start <= within.end);
    let data = found.map(|token| {
        let start = document.lines.position(document.text(), token.span.start);
        let is_same_line = start.line == line;
        let delta_start = if is_same_line { start.character - character } else { start.character };
        let word = document.text().get(token.span.start..token.span.end).unwrap_or_default();
        let one = SemanticToken {
            delta_line: start.line - line,
            delta_start,
            length: units(word, view.shared.client.encoding),
            token_type: number(token.kind),
            token_modifiers_bitset: 0,
        };
        (line, character) = (start.line, start.character);
        one
    });
    SemanticTokens { result_id: None, data: data.collect() }
}

fn number(kind: TokenKind) -> u32 {
    match kind {
        TokenKind::Delimiter => 0,
        TokenKind::Keyword => 1,
        TokenKind::Input => 2,
        TokenKind::Secret => 3,
        TokenKind::Variable => 4,
        TokenKind::Task => 5,
        TokenKind::Property => 6,
    }
}
