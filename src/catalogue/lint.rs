//! What is wrong with an entry beyond what loading tells.

use super::{Catalogue, Entry};
use crate::diagnostic::Diagnostic;

/// Judges one entry.
pub(super) fn lint(entry: &Entry, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let _ = (entry, catalogue);
    Vec::new()
}
