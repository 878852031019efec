//! What can be mended with one choice.

use super::{FileKind, Snapshot};
use crate::diagnostic::Code;
use crate::source::Span;
use crate::source::edit::Edit;

/// What a fix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixKind {
    /// It mends something that is wrong.
    Mend,
    /// It writes the same in another way.
    Rewrite,
}

/// One change that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What it is.
    pub kind: FixKind,
    /// The changes of the text, one step to undo.
    pub edits: Vec<Edit>,
    /// The code of the diagnostic that it mends.
    pub code: Option<Code>,
}

/// What can be mended or rewritten in a part of the file.
#[must_use]
pub fn fixes(snapshot: &Snapshot, within: Span) -> Vec<Fix> {
    if snapshot.kind() == FileKind::Other || within.start > snapshot.source().len() {
        return Vec::new();
    }
    Vec::new()
}
