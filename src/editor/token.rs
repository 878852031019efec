//! The words of expressions inside texts, each with what it is.

use super::parts::{PartKind, parts};
use super::{Snapshot, expression};
use crate::source::Span;

/// What a word of an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `${` and `}`.
    Delimiter,
    /// `workflow`, `input`, `secrets`.
    Keyword,
    /// The name of an input of the workflow.
    Input,
    /// The name of a secret.
    Secret,
    /// The name of a value of `workflow.env`, or of a variable.
    Variable,
    /// A task's reference name.
    Task,
    /// A step of a path.
    Property,
}

/// A word of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The bytes; on one line.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// The words of all expressions, in text order; none overlaps another.
#[must_use]
pub fn tokens(snapshot: &Snapshot) -> Vec<Token> {
    let mut tokens = Vec::new();
    for found in expression::all(snapshot) {
        tokens.push(Token { span: Span::new(found.span.start, found.inner.start), kind: TokenKind::Delimiter });
        let parts = parts(found.text(snapshot)).into_iter();
        tokens.extend(parts.map(|part| Token {
            span: Span::new(found.inner.start + part.range.start, found.inner.start + part.range.end),
            kind: kind(part.kind),
        }));
        tokens.push(Token { span: Span::new(found.inner.end, found.span.end), kind: TokenKind::Delimiter });
    }
    let text = snapshot.source();
    tokens.retain(|token| text.get(token.span.start..token.span.end).is_some_and(|own| !own.contains('\n')));
    tokens
}

fn kind(part: PartKind) -> TokenKind {
    match part {
        PartKind::Keyword => TokenKind::Keyword,
        PartKind::Input => TokenKind::Input,
        PartKind::Secret => TokenKind::Secret,
        PartKind::Env | PartKind::Variable => TokenKind::Variable,
        PartKind::Task => TokenKind::Task,
        PartKind::Step => TokenKind::Property,
    }
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;

    #[test]
    fn every_word_of_an_expression_is_a_token() {
        let text = "tasks: [{taskReferenceName: a, x: 'b ${workflow.secrets.k} é ${a.output.y}'}]";
        let found: Vec<_> = tokens(&snapshot("a.yaml", text))
            .iter()
            .map(|token| format!("{:?} {}", token.kind, &text[token.span.start..token.span.end]))
            .collect();
        let expected = [
            "Delimiter ${",
            "Keyword workflow",
            "Keyword secrets",
            "Secret k",
            "Delimiter }",
            "Delimiter ${",
            "Task a",
            "Property output",
            "Property y",
            "Delimiter }",
        ];
        assert_eq!(found, expected);
    }
}
