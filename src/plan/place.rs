//! From a pointer to the bytes it stands at.

use crate::definition::Document;
use crate::diagnostic::Diagnostic;
use crate::source::{Pointer, Span};
use std::ops::Range;

/// The bytes of a part of a text value: `range` counts inside the value, the answer inside the file.
///
/// Where escapes or folding make the two differ, the whole value is the answer.
#[must_use]
pub fn place(document: &Document, pointer: &Pointer, range: Range<usize>) -> Span {
    let located = document.spans.locate(pointer);
    let whole = located.value;
    let Some(text) = document.value.pointer(pointer.as_str()).and_then(serde_json::Value::as_str) else { return whole };
    let Some(part) = text.get(range.clone()) else { return whole };
    let Some(written) = document.file.text().get(whole.start..whole.end) else { return whole };
    // The n-th occurrence inside the value is the n-th one in the text as written.
    let nth = text.get(..range.start).map_or(0, |before| before.matches(part).count());
    match written.match_indices(part).nth(nth) {
        Some((at, _)) if located.exact && !part.is_empty() => {
            Span::new(whole.start + at, whole.start + at + part.len())
        }
        _ => whole,
    }
}

/// The place in a task's definition of a pointer into its resolved input.
#[must_use]
pub fn input_place(document: &Document, task: &Pointer, input: &Pointer) -> Span {
    document.spans.locate(&task.key("inputParameters").join(input)).value
}

/// Sorts diagnostics by where they stand; those without a place come first.
pub(super) fn in_text_order(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map_or(0, |label| label.span.start));
}
