//! The values of expressions, beside them.

use super::origin::{self, DOTS};
use super::{Snapshot, expression};
use crate::source::Span;

/// The longest value that is shown in place, in characters.
const MOST: usize = 40;

/// A few characters beside an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlay {
    /// The byte behind which they stand.
    pub offset: usize,
    /// The value, masked, at most 40 characters; dots for a secret.
    pub text: String,
    /// Where it comes from.
    pub tooltip: String,
}

/// The known values of the expressions in a part of the file.
#[must_use]
pub fn inlays(snapshot: &Snapshot, within: Span) -> Vec<Inlay> {
    let inside = |span: Span| span.end >= within.start && span.start <= within.end;
    let found = expression::all(snapshot).into_iter().filter(|found| inside(found.span));
    found
        .filter_map(|found| {
            let origin = origin::origin(snapshot, found.text(snapshot));
            let text = match origin.value {
                _ if origin.is_secret => DOTS.to_owned(),
                value => origin::short(&value?, MOST),
            };
            Some(Inlay { offset: found.span.end, text, tooltip: origin.words })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Known, snapshot};
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn known_values_stand_beside_their_expressions() {
        let text = "tasks: [{taskReferenceName: a, x: '${workflow.input.long} ${workflow.secrets.k} ${b.c}'}]";
        let inputs = json!({"long": "x".repeat(50)}).as_object().cloned().unwrap_or_default();
        let snapshot = snapshot("a.yaml", text).with_known(&Arc::new(Known { inputs, ..Known::default() }));
        let found = inlays(&snapshot, Span::new(0, text.len()));
        let texts: Vec<_> = found.iter().map(|one| (&text[..one.offset], one.text.chars().count())).collect();
        assert_eq!(texts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [40, 4]);
        assert!(texts.iter().all(|(before, _)| before.ends_with('}')), "{texts:?}");
        assert!(inlays(&snapshot, Span::new(0, 3)).is_empty());
    }
}
