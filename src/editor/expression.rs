//! The expressions in the texts of a file, at their places.

use super::Snapshot;
use super::node;
use crate::resolve::holes;
use crate::source::{Pointer, Span, SpanNode};
use serde_json::Value;

/// An expression in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// With `${` and `}`.
    pub(super) span: Span,
    /// What stands between.
    pub(super) inner: Span,
    /// The value that holds it.
    pub(super) pointer: Pointer,
    /// Whether it is the whole value.
    pub(super) is_whole: bool,
}

impl Found {
    /// The text between the braces.
    pub(super) fn text<'s>(&self, snapshot: &'s Snapshot) -> &'s str {
        snapshot.source().get(self.inner.start..self.inner.end).unwrap_or_default()
    }
}

/// The expression at a place.
pub(super) fn at(snapshot: &Snapshot, offset: usize) -> Option<Found> {
    let found = node::at(snapshot.tree(), offset);
    let node = found.innermost().filter(|node| node.value.is_string() && !found.on_key)?;
    let mut inside = Vec::new();
    scalar(snapshot.source(), node.node, &found.pointer, &mut inside);
    inside.into_iter().find(|one| one.span.start < offset && offset < one.span.end)
}

/// All expressions, in the order of the tree. One that stands in the text once and in the tree several times is given once.
pub(super) fn all(snapshot: &Snapshot) -> Vec<Found> {
    let tree = snapshot.tree();
    let mut found = Vec::new();
    walk(snapshot.source(), &tree.value, &tree.spans.root, &Pointer::root(), &mut found);
    found.sort_by_key(|one| one.span.start);
    found.dedup_by_key(|one| one.span);
    found
}

fn walk(text: &str, value: &Value, node: &SpanNode, at: &Pointer, found: &mut Vec<Found>) {
    match value {
        Value::String(own) if own.contains("${") => scalar(text, node, at, found),
        Value::Array(items) => {
            for (index, (item, (_, node))) in items.iter().zip(&node.children).enumerate() {
                walk(text, item, node, &at.index(index), found);
            }
        }
        Value::Object(members) => {
            for ((key, member), (_, node)) in members.iter().zip(&node.children) {
                walk(text, member, node, &at.key(key), found);
            }
        }
        _ => {}
    }
}

fn scalar(text: &str, node: &SpanNode, at: &Pointer, found: &mut Vec<Found>) {
    let whole = node.value;
    let written = text.get(whole.start..whole.end).unwrap_or_default();
    let bare = written.trim_matches(['"', '\'']);
    for hole in holes(written) {
        let span = Span::new(whole.start + hole.start, whole.start + hole.end);
        let inner = Span::new(span.start + 2, span.end - 1);
        found.push(Found { span, inner, pointer: at.clone(), is_whole: bare.len() == hole.len() });
    }
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;

    #[test]
    fn expressions_stand_where_the_text_has_them() {
        let check = |text: &str, expected: &[&str]| {
            let snapshot = snapshot("a.legwork.yaml", text);
            let found: Vec<_> = all(&snapshot).iter().map(|one| one.text(&snapshot).to_owned()).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("a: '${b} é ${c.d}'\ne: [\"x${f[\\\"g\\\"]}\"]\n", &["b", "c.d", "f[\\\"g\\\"]"]);
        check("a: &x ${b}\nc: *x\n", &["b"]);
        check("a: |\n  ${b}\n  ${c\n", &["b"]);
        check("a: $${b}\n", &[]);
    }

    #[test]
    fn a_place_inside_the_braces_is_in_the_expression() {
        let text = "a: x ${b.c} y\n";
        let snapshot = snapshot("a.legwork.yaml", text);
        let check = |at: usize, expected: bool| assert_eq!(at_offset(&snapshot, at), expected, "{at}");
        check(4, false);
        check(6, true);
        check(10, true);
        check(11, false);
    }

    fn at_offset(snapshot: &Snapshot, offset: usize) -> bool {
        at(snapshot, offset).is_some()
    }
}
