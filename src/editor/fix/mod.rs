//! What can be mended with one choice.

mod convert;
mod nearest;
mod required;
mod secret;

use super::{FileKind, Snapshot};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::source::edit::{Draft, Edit, EditError};

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

impl Fix {
    fn mend(title: impl Into<String>, code: Code, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), kind: FixKind::Mend, edits, code: Some(code) }
    }
}

/// What can be mended or rewritten in a part of the file.
#[must_use]
pub fn fixes(snapshot: &Snapshot, within: Span) -> Vec<Fix> {
    if snapshot.kind() == FileKind::Other || within.start > snapshot.source().len() {
        return Vec::new();
    }
    let told = snapshot.diagnostics().iter().filter(|one| touches(snapshot, one, within));
    let mut fixes: Vec<Fix> = told.flat_map(|one| of(snapshot, one)).collect();
    fixes.extend(secret::fixes(snapshot, within));
    fixes.extend(convert::fixes(snapshot, within.start));
    let mut seen: Vec<Fix> = Vec::new();
    for fix in fixes {
        if !fix.edits.is_empty() && !seen.iter().any(|known| known.edits == fix.edits) {
            seen.push(fix);
        }
    }
    seen
}

/// Whether it speaks of that part: of a member that it names by its value, the key belongs to it.
fn touches(snapshot: &Snapshot, diagnostic: &Diagnostic, within: Span) -> bool {
    let Some(main) = diagnostic.labels.first().map(|label| label.span) else { return false };
    let key = nearest::key(snapshot, main).map_or(main.start, |key| key.start.min(main.start));
    key <= within.end && within.start <= main.end
}

fn of(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<Fix> {
    let mut fixes = required::fixes(snapshot, diagnostic);
    fixes.extend(nearest::fixes(snapshot, diagnostic));
    fixes
}

/// Edits of the file as it is; none where they would not mean what was meant.
fn drafted(snapshot: &Snapshot, change: impl FnOnce(&mut Draft<'_>) -> Result<(), EditError>) -> Option<Vec<Edit>> {
    let document = snapshot.document();
    let mut draft = Draft::new(&document.file, &document.value, &document.spans);
    change(&mut draft).ok()?;
    draft.finish().ok()
}

#[cfg(test)]
mod tests;
