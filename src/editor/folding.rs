//! What can be folded, and what a selection grows to.

use super::{FileKind, Snapshot, expression, node};
use crate::source::{Format, Span, SpanNode};

/// The most folds of one file.
const MOST: usize = 5_000;

/// What is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoldKind {
    /// A mapping or a list.
    Region,
    /// Lines of comments.
    Comment,
}

/// Lines that can be folded into the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// From the key to the end of the value; over more than one line.
    pub span: Span,
    /// What it is.
    pub kind: FoldKind,
}

/// All mappings, lists and comments of more than one line, in text order.
#[must_use]
pub fn folding(snapshot: &Snapshot) -> Vec<Fold> {
    if snapshot.kind() == FileKind::Other {
        return Vec::new();
    }
    let mut folds = comments(snapshot);
    for (_, child) in &snapshot.tree().spans.root.children {
        regions(snapshot.source(), child, &mut folds);
    }
    folds.sort_by_key(|fold| fold.span.start);
    folds.truncate(MOST);
    folds
}

fn regions(text: &str, at: &SpanNode, folds: &mut Vec<Fold>) {
    let span = with_key(at);
    if at.children.is_empty() || !text.get(span.start..span.end).is_some_and(|own| own.contains('\n')) {
        return;
    }
    folds.push(Fold { span, kind: FoldKind::Region });
    for (_, child) in &at.children {
        regions(text, child, folds);
    }
}

fn with_key(node: &SpanNode) -> Span {
    let start = node.key.map_or(node.value.start, |key| key.start.min(node.value.start));
    Span::new(start, node.value.end.max(start))
}

/// Lines that are nothing but comments, one behind the other.
fn comments(snapshot: &Snapshot) -> Vec<Fold> {
    let mut folds: Vec<Fold> = Vec::new();
    if snapshot.file().format() == Format::Json {
        return folds;
    }
    let (mut offset, mut first) = (0, None);
    for line in snapshot.source().split_inclusive('\n') {
        let end = offset + line.trim_end().len();
        match (line.trim_start().starts_with('#'), first) {
            (true, None) => first = Some((offset, end)),
            (true, Some((start, _))) => first = Some((start, end)),
            (false, _) => folds.extend(comment(snapshot, first.take())),
        }
        offset += line.len();
    }
    folds.extend(comment(snapshot, first));
    folds
}

fn comment(snapshot: &Snapshot, lines: Option<(usize, usize)>) -> Option<Fold> {
    let (start, end) = lines?;
    let is_long = snapshot.source().get(start..end)?.contains('\n');
    is_long.then_some(Fold { span: Span::new(start, end), kind: FoldKind::Comment })
}

/// What a selection at a place grows to, the smallest first: a name in an expression, the expression, the value, its key with
/// it, what is around that, the file.
#[must_use]
pub fn selection(snapshot: &Snapshot, offset: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    if let Some(found) = expression::at(snapshot, offset) {
        let parts = super::parts::parts(found.text(snapshot)).into_iter();
        let parts =
            parts.map(|part| Span::new(found.inner.start + part.range.start, found.inner.start + part.range.end));
        spans.extend(parts.filter(|span| span.start <= offset && offset <= span.end));
        spans.extend([found.inner, found.span]);
    }
    let found = node::at(snapshot.tree(), offset);
    for (depth, at) in found.path.iter().rev().enumerate() {
        if depth == 0 && found.on_key {
            spans.extend(at.node.key);
        } else {
            spans.push(at.node.value);
        }
        spans.push(with_key(at.node));
    }
    spans.push(Span::new(0, snapshot.source().len()));
    spans.dedup();
    grown(spans)
}

/// Only what grows: each holds the one before it.
fn grown(spans: Vec<Span>) -> Vec<Span> {
    let mut kept: Vec<Span> = Vec::new();
    for span in spans {
        let holds = |inner: &Span| span.start <= inner.start && inner.end <= span.end && span != *inner;
        if kept.last().is_none_or(holds) {
            kept.push(span);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;

    const TEXT: &str = "\
# One.
# Two.
name: a
tasks:
  - name: n
    taskReferenceName: t
    inputParameters:
      x: a ${b.c} d
";

    #[test]
    fn what_takes_several_lines_can_be_folded() {
        let snapshot = snapshot("a.yaml", TEXT);
        let found: Vec<_> = folding(&snapshot)
            .iter()
            .map(|fold| TEXT[fold.span.start..fold.span.end].lines().next().unwrap_or_default())
            .collect();
        assert_eq!(found, ["# One.", "tasks:", "name: n", "inputParameters:"]);
    }

    #[test]
    fn a_selection_grows_from_the_word_to_the_file() {
        let snapshot = snapshot("a.yaml", TEXT);
        let spans = selection(&snapshot, TEXT.find("b.c").expect("it is there"));
        let found: Vec<_> = spans.iter().take(5).map(|span| &TEXT[span.start..span.end]).collect();
        assert_eq!(found, ["b", "b.c", "${b.c}", "a ${b.c} d", "x: a ${b.c} d"]);
        assert_eq!(spans.last().map(|span| (span.start, span.end)), Some((0, TEXT.len())));
    }
}
