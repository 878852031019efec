//! Moves a secret that stands in the file out of it. Nothing here says what it is.

use super::{Fix, drafted};
use crate::diagnostic::codes;
use crate::editor::field::task_around;
use crate::editor::{FileKind, Snapshot, node};
use crate::plan::is_secret_text;
use crate::source::Span;

pub(super) fn fixes(snapshot: &Snapshot, within: Span) -> Option<Fix> {
    if snapshot.kind() != FileKind::Workflow {
        return None;
    }
    let found = node::at(snapshot.tree(), within.start);
    let key = found.pointer.steps().last()?;
    let text = found.innermost()?.value.as_str().filter(|text| is_secret_text(&key, text))?;
    let name = name(snapshot, &found.pointer, &key);
    let scheme = text.split_once(' ').map(|(scheme, _)| scheme);
    let scheme = scheme.filter(|scheme| ["bearer", "basic", "token"].contains(&scheme.to_ascii_lowercase().as_str()));
    let reference = match scheme {
        Some(scheme) => format!("{scheme} ${{workflow.secrets.{name}}}"),
        None => format!("${{workflow.secrets.{name}}}"),
    };
    let edits = drafted(snapshot, |draft| draft.replace(&found.pointer, &reference.into()))?;
    Some(Fix::mend(format!("Read it from the secret `{name}`"), codes::E0902, edits))
}

/// A name for the secret: of the task, and of the field it stands in.
fn name(snapshot: &Snapshot, pointer: &crate::source::Pointer, key: &str) -> String {
    let task = task_around(snapshot, pointer).map(|task| task.reference_name.as_str()).unwrap_or_default();
    let words = [task, key].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    let plain = |ch: char| if ch.is_ascii_alphanumeric() { ch.to_ascii_lowercase() } else { '_' };
    words.chars().map(plain).collect()
}
