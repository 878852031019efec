//! Byte spans, and the tree of them that stands beside a value.

use super::Pointer;

/// A range of bytes of a [`SourceFile`](super::SourceFile), end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from its two ends.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

/// The spans of a value: the same shape as the value itself.
#[derive(Debug, Clone, Default)]
pub struct SpanTree {
    /// The root's node.
    pub root: SpanNode,
}

/// Where one value stands, and its children.
#[derive(Debug, Clone, Default)]
pub struct SpanNode {
    /// The key it stands under, when its parent is a mapping.
    pub key: Option<Span>,
    /// The value itself.
    pub value: Span,
    /// Children in text order: by key for a mapping, empty keys for a list.
    pub children: Vec<(Box<str>, SpanNode)>,
}

/// What a pointer led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The key's span, when it stands in a mapping.
    pub key: Option<Span>,
    /// The value's span.
    pub value: Span,
    /// Whether the whole pointer was found; else this is its longest known prefix.
    pub exact: bool,
}

impl SpanTree {
    /// The place of a pointer, or of its longest prefix that exists.
    #[must_use]
    pub fn locate(&self, pointer: &Pointer) -> Located {
        let mut node = &self.root;
        let mut exact = true;
        for step in pointer.steps() {
            let Some(child) = node.child(&step) else {
                exact = false;
                break;
            };
            node = child;
        }
        Located { key: node.key, value: node.value, exact }
    }
}

impl SpanNode {
    /// The child of one step of a pointer: a key of a mapping, an index of a list.
    #[must_use]
    pub fn child(&self, step: &str) -> Option<&SpanNode> {
        match self.children.first() {
            Some((_, first)) if first.key.is_none() => {
                self.children.get(step.parse::<usize>().ok()?).map(|(_, node)| node)
            }
            _ => self.children.iter().find(|(key, _)| &**key == step).map(|(_, node)| node),
        }
    }
}
