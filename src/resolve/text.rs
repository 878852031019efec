//! A text split at its expressions.
//!
//! An expression is `${`, not preceded by `$`, up to the brace that balances it; one that is never balanced is text.
//! Source: the pattern in `ParametersUtils.replaceVariables`, Conductor 3.32.3.

use std::collections::HashMap;
use std::ops::Range;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as written.
    Literal(Range<usize>),
    /// `${…}`, braces included.
    Hole(Range<usize>),
}

/// The pieces of a text, in order; adjacent literals are one.
pub(crate) fn split(text: &str) -> Vec<Piece> {
    let (mut pieces, mut literal, mut from) = (Vec::new(), 0, 0);
    let ends = balance(text.as_bytes());
    while let Some(start) = find_hole(text, from) {
        let Some(end) = ends.get(&(start + 1)).copied() else {
            from = start + 2;
            continue;
        };
        if literal < start {
            pieces.push(Piece::Literal(literal..start));
        }
        pieces.push(Piece::Hole(start..end));
        (literal, from) = (end, end);
    }
    if literal < text.len() {
        pieces.push(Piece::Literal(literal..text.len()));
    }
    pieces
}

/// Where the expressions of a text stand, `${` and `}` included.
#[must_use]
pub fn holes(text: &str) -> Vec<Range<usize>> {
    if find_hole(text, 0).is_none() {
        return Vec::new();
    }
    let hole = |piece| match piece {
        Piece::Hole(range) => Some(range),
        Piece::Literal(_) => None,
    };
    split(text).into_iter().filter_map(hole).collect()
}

/// The next `${` that is not preceded by `$`.
pub(crate) fn find_hole(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes.get(from..)?, b"${")
        .map(|at| from + at)
        .find(|at| *at == 0 || bytes.get(at - 1) != Some(&b'$'))
}

/// For each opening brace that is balanced: one past the brace that closes it.
fn balance(bytes: &[u8]) -> HashMap<usize, usize> {
    let (mut open, mut ends) = (Vec::new(), HashMap::new());
    for at in memchr::memchr2_iter(b'{', b'}', bytes) {
        if bytes.get(at) == Some(&b'{') {
            open.push(at);
        } else if let Some(start) = open.pop() {
            ends.insert(start, at + 1);
        }
    }
    ends
}

/// `$${` is `${`.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("$${", "${")
}

#[cfg(test)]
mod tests {
    use super::{Piece, split};

    #[test]
    fn texts_split_at_balanced_expressions() {
        let check = |text: &str, expected: &[&str]| {
            let pieces = split(text).into_iter().map(|piece| match piece {
                Piece::Literal(range) => text[range].to_owned(),
                Piece::Hole(range) => format!("<{}>", &text[range]),
            });
            assert_eq!(pieces.collect::<Vec<_>>(), expected, "{text}");
        };
        check("", &[]);
        check("plain $5 #{x} {{x}}", &["plain $5 #{x} {{x}}"]);
        check("${a}", &["<${a}>"]);
        check("${a}${b}", &["<${a}>", "<${b}>"]);
        check("x${a.${b}}y", &["x", "<${a.${b}}>", "y"]);
        check("${a} ${b", &["<${a}>", " ${b"]);
        check("${x ${a}", &["${x ", "<${a}>"]);
        check("{${a}}", &["{", "<${a}>", "}"]);
        check("${a}}", &["<${a}>", "}"]);
        check("${{a}}", &["<${{a}}>"]);
        check("$${a}", &["$${a}"]);
        check("$$${a}", &["$$${a}"]);
        check("$${${a}}", &["$${", "<${a}>", "}"]);
        check("${a[?(@.b=='c')]}", &["<${a[?(@.b=='c')]}>"]);
    }
}
