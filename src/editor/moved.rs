//! The last tree that could be read, at the places of a newer text.

use crate::definition::Document;
use crate::source::{SourceFile, Span, SpanNode};

/// The document with its places moved: what stands before the change stays, what stands behind it moves with the text, and
/// what the change touches ends where it ends.
pub(super) fn moved(document: &Document, file: &SourceFile) -> Document {
    let shift = Shift::between(document.file.text(), file.text());
    let mut moved = document.clone();
    moved.file = file.clone();
    shift.node(&mut moved.spans.root);
    moved
}

/// The one change that makes a text of another: everything but one stretch is the same.
struct Shift {
    /// Where the change begins in both.
    start: usize,
    /// Where it ends in the old text, and in the new one.
    ends: (usize, usize),
}

impl Shift {
    fn between(old: &str, new: &str) -> Self {
        let same = old.bytes().zip(new.bytes()).take_while(|(one, other)| one == other).count();
        let start = floor(new, floor(old, same));
        let most = old.len().min(new.len()) - start;
        let behind = old.bytes().rev().zip(new.bytes().rev()).take_while(|(one, other)| one == other).count().min(most);
        let behind = (0..=behind)
            .rev()
            .find(|behind| old.is_char_boundary(old.len() - behind) && new.is_char_boundary(new.len() - behind));
        let behind = behind.unwrap_or(0);
        Self { start, ends: (old.len() - behind, new.len() - behind) }
    }

    fn span(&self, span: Span) -> Span {
        let place = |at: usize, within: usize| match at {
            at if at >= self.ends.0 => at - self.ends.0 + self.ends.1,
            at if at <= self.start => at,
            _ => within,
        };
        let start = place(span.start, self.start);
        Span::new(start, place(span.end, self.ends.1).max(start))
    }

    fn node(&self, node: &mut SpanNode) {
        node.value = self.span(node.value);
        node.key = node.key.map(|key| self.span(key));
        for (_, child) in &mut node.children {
            self.node(child);
        }
    }
}

/// The nearest place before that one where a character starts.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Pointer;
    use proptest::prelude::*;

    const OLD: &str = "a: one\nb: [x, é, z]\nc: three\n";

    fn place(new: &str, pointer: &str) -> String {
        let document = Document::parse(SourceFile::new("a.yaml", OLD));
        let file = SourceFile::new("a.yaml", new);
        let span = moved(&document, &file).spans.locate(&Pointer::parse(pointer)).value;
        new[span.start..span.end].to_owned()
    }

    #[test]
    fn what_did_not_change_is_found_again() {
        let new = "a: one\nb: [x, é, é€, z\nc: three\n";
        assert_eq!(place(new, "/a"), "one");
        assert_eq!(place(new, "/b/0"), "x");
        assert_eq!(place(new, "/c"), "three");
        assert_eq!(place("\"\na: one\nb: [x, é, z]\nc: three\n", "/b/2"), "z");
        assert_eq!(place("", "/b/2"), "");
    }

    proptest! {
        #[test]
        fn no_place_is_outside_the_text(new in "[abcé€ :\\[\\],\\n-]{0,40}") {
            for pointer in ["", "/a", "/b", "/b/0", "/b/1", "/b/2", "/c"] {
                place(&new, pointer);
            }
        }
    }
}
