//! Places in a text: columns, the ends of what is written, and where the next line may begin.

use super::super::SpanNode;

/// The column of an offset, in bytes from 0: what stands before it on its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// The white space that the line of an offset begins with.
pub(super) fn line_indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn line_start(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    // A byte order mark takes no column.
    if start == 0 && text.starts_with('\u{feff}') { at.min('\u{feff}'.len_utf8()) } else { start }
}

/// The dash that a block list begins with.
pub(super) fn dash(text: &str, list: &SpanNode) -> usize {
    if text[list.value.start..].starts_with('-') {
        return list.value.start;
    }
    let first = list.children.first().map_or(list.value.start, |(_, first)| first.value.start);
    text[..first].rfind('-').unwrap_or(first)
}

/// Where a node's own text ends.
pub(super) fn end(text: &str, node: &SpanNode) -> usize {
    let start = node.key.map_or(node.value.end, |key| key.end.max(node.value.end));
    // An item without a value ends behind its dash.
    start.min(text.len())
}

/// The end of the line that `end` stands on, or of the last line behind it that is a comment deeper than `column`: such a
/// comment belongs to what stands before it.
pub(super) fn after_line(text: &str, end: usize, column: usize) -> usize {
    let mut at = line_end(text, end);
    let mut last = at;
    while at < text.len() {
        let next = line_end(text, at + 1);
        let line = &text[at + 1..next];
        let words = line.trim_start_matches(' ');
        if words.starts_with('#') && line.len() - words.len() > column {
            last = next;
        } else if !words.trim().is_empty() {
            break;
        }
        at = next;
    }
    last
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found)
}
