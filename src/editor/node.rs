//! What stands at a place of the tree.

use crate::definition::Document;
use crate::source::{Pointer, Span, SpanNode};
use serde_json::Value;

/// A value of the tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'d> {
    pub(super) value: &'d Value,
    pub(super) node: &'d SpanNode,
}

/// What stands at a place.
#[derive(Debug)]
pub(super) struct Found<'d> {
    /// From the root to the innermost value around the place.
    pub(super) path: Vec<Node<'d>>,
    /// Where the innermost is.
    pub(super) pointer: Pointer,
    /// Whether the place is in its key.
    pub(super) on_key: bool,
}

impl<'d> Found<'d> {
    /// The innermost value.
    pub(super) fn innermost(&self) -> Option<Node<'d>> {
        self.path.last().copied()
    }
}

/// The innermost key or value around a place; the end of a word belongs to it.
pub(super) fn at(document: &Document, offset: usize) -> Found<'_> {
    let root = Node { value: &document.value, node: &document.spans.root };
    let mut found = Found { path: vec![root], pointer: Pointer::root(), on_key: false };
    let mut here = root;
    while let Some((step, next, on_key)) = inner(here, offset) {
        found.pointer.push(&step);
        found.path.push(next);
        found.on_key = on_key;
        if on_key {
            break;
        }
        here = next;
    }
    found
}

/// The child around a place: by its key or by its value.
fn inner(at: Node<'_>, offset: usize) -> Option<(String, Node<'_>, bool)> {
    let around = |span: Span| span.start <= offset && offset <= span.end;
    // A merged or repeated value stands elsewhere in the text.
    let is_here = |node: &SpanNode| node.key.unwrap_or(node.value).start >= at.node.value.start;
    for (index, (name, node)) in at.node.children.iter().enumerate() {
        let on_key = node.key.is_some_and(around);
        if !is_here(node) || !on_key && !around(node.value) {
            continue;
        }
        let (step, value) = match at.value {
            Value::Array(items) => (index.to_string(), items.get(index)?),
            Value::Object(members) => (name.to_string(), members.get(&**name)?),
            _ => return None,
        };
        return Some((step, Node { value, node }, on_key));
    }
    None
}

/// The value of a pointer.
pub(super) fn lookup<'d>(document: &'d Document, pointer: &Pointer) -> Option<Node<'d>> {
    let mut node = &document.spans.root;
    for step in pointer.steps() {
        node = node.child(&step)?;
    }
    Some(Node { value: document.value.pointer(pointer.as_str())?, node })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    #[test]
    fn a_place_has_a_pointer() {
        let text = "a: one\nb:\n  - x\n  - {c: d}\ne: &e {f: 1}\ng: *e\n";
        let document = Document::parse(SourceFile::new("a.yaml", text));
        let check = |part: &str, expected: (&str, bool)| {
            let found = at(&document, text.find(part).expect("it is there"));
            assert_eq!((found.pointer.as_str(), found.on_key), expected, "{part}");
        };
        check("a:", ("/a", true));
        check("one", ("/a", false));
        check("x", ("/b/0", false));
        check("c:", ("/b/1/c", true));
        check("d}", ("/b/1/c", false));
        check("  - {", ("/b", false));
        check("*e", ("/g", false));
    }
}
