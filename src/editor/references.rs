//! Where a name is declared, and where it is used.

use super::Snapshot;
use super::uses::{self, NameKind, Use};
use crate::source::edit::Edit;
use crate::source::{SourceFile, Span};

/// Where a name is declared: in this file, or in one of the catalogue's.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The file.
    pub file: SourceFile,
    /// The bytes.
    pub span: Span,
}

/// Why a name cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenameError {
    /// There is no name at that place that this file alone decides.
    #[error("only the reference name of a task can be renamed")]
    NoName,
    /// Expressions could not read it.
    #[error("`{name}` cannot be a reference name: use letters, digits, `_` and `-`, and not `workflow`")]
    Unreadable {
        /// The new name.
        name: String,
    },
    /// Another task has it.
    #[error("another task has the reference name `{name}`")]
    Taken {
        /// The new name.
        name: String,
    },
}

/// Where the name at a place is declared: a task, an input, a variable; of a task's `name`, the task definition of a user's file.
#[must_use]
pub fn definition(snapshot: &Snapshot, offset: usize) -> Option<Declaration> {
    let uses = uses::uses(snapshot);
    let own = uses.iter().find(|one| one.span.start <= offset && offset <= one.span.end)?;
    if own.kind == NameKind::Definition {
        return task_definition(snapshot, &own.name);
    }
    let declared = uses.iter().find(|one| is_same(one, own) && one.is_declaration)?;
    Some(Declaration { file: snapshot.file().clone(), span: declared.span })
}

/// Every place where the name at a place is written, its declaration first in the list where `is_declaration` says so.
#[must_use]
pub fn references(snapshot: &Snapshot, offset: usize) -> Vec<Use> {
    let mut uses = uses::uses(snapshot);
    let own = uses.iter().find(|one| one.span.start <= offset && offset <= one.span.end).cloned();
    uses.retain(|one| own.as_ref().is_some_and(|own| is_same(one, own)));
    uses
}

/// What would be renamed at a place, without quotes; `None` when nothing can be.
#[must_use]
pub fn prepare_rename(snapshot: &Snapshot, offset: usize) -> Option<Span> {
    renamed(snapshot, offset).map(|own| own.span)
}

/// The edits that give a task another reference name, wherever it is written.
///
/// # Errors
/// [`RenameError`]; nothing is to be changed then.
pub fn rename(snapshot: &Snapshot, offset: usize, name: &str) -> Result<Vec<Edit>, RenameError> {
    let own = renamed(snapshot, offset).ok_or(RenameError::NoName)?;
    let is_plain = |ch: char| ch.is_alphanumeric() || ch == '_' || ch == '-';
    if name.is_empty()
        || name == "workflow"
        || !name.chars().all(is_plain)
        || name.starts_with(|ch: char| ch.is_ascii_digit())
    {
        return Err(RenameError::Unreadable { name: name.to_owned() });
    }
    if name != own.name && super::task_named(snapshot, name).is_some() {
        return Err(RenameError::Taken { name: name.to_owned() });
    }
    let all = uses::uses(snapshot).into_iter().filter(|one| is_same(one, &own));
    Ok(all.map(|one| Edit { span: one.span, text: name.to_owned() }).collect())
}

fn renamed(snapshot: &Snapshot, offset: usize) -> Option<Use> {
    let own = uses::at(snapshot, offset).filter(|own| own.kind == NameKind::Task)?;
    super::task_named(snapshot, &own.name).map(|_| own)
}

fn is_same(one: &Use, other: &Use) -> bool {
    one.kind == other.kind && one.name == other.name
}

/// The place of a task definition in the user's file that holds it.
fn task_definition(snapshot: &Snapshot, name: &str) -> Option<Declaration> {
    let entry = snapshot.catalogue().get(name)?;
    let is_users = snapshot.catalogue().sources().iter().any(|file| file.name() == entry.file.name());
    let located = entry.spans().locate(&entry.base.key("name"));
    is_users.then(|| Declaration { file: entry.file.clone(), span: located.value })
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;
    use crate::source::edit::apply;

    const TEXT: &str = "\
name: a
inputParameters: [email]
inputTemplate: {email: x}
tasks:
  - name: zoom_users_get
    taskReferenceName: get
    type: HTTP
    inputParameters: {uri: 'https://a.example/${workflow.input.email}?x=${get_2.output.a}', method: GET}
  - name: l
    taskReferenceName: get_2
    type: DO_WHILE
    inputParameters: {own: 1}
    loopCondition: \"$.get['response'].x < $.own && $['get'] != $.get_2.iteration\"
    loopOver: []
  - {name: j, taskReferenceName: j, type: JOIN, joinOn: [get, \"get_2\"]}
outputParameters: {id: '${get.output.response.body.${get.output.k}}'}
";

    fn places(part: &str, add: usize) -> Vec<String> {
        let snapshot = snapshot("a.yaml", TEXT);
        let offset = TEXT.find(part).expect("it is there") + add;
        references(&snapshot, offset).iter().map(|one| TEXT[..one.span.start].lines().count().to_string()).collect()
    }

    #[test]
    fn a_task_is_found_wherever_it_is_read() {
        assert_eq!(places("taskReferenceName: get", 20), ["6", "13", "13", "15", "16", "16"]);
        assert_eq!(places("get_2.output", 0), ["8", "10", "13", "15"]);
        assert_eq!(places("input.email", 7), ["2", "3", "8"]);
        assert!(places("$.own", 3).is_empty());
    }

    #[test]
    fn a_name_leads_to_its_declaration() {
        let snapshot = snapshot("a.yaml", TEXT);
        let check = |part: &str, add: usize, expected: Option<&str>| {
            let place = definition(&snapshot, TEXT.find(part).expect("it is there") + add);
            let found =
                place.map(|place| TEXT[..place.span.start].lines().last().unwrap_or_default().trim().to_owned());
            assert_eq!(found.as_deref(), expected, "{part}");
        };
        check("get_2.output", 1, Some("taskReferenceName:"));
        check("input.email", 8, Some("inputParameters: ["));
        check("zoom_users_get", 3, None);
        check("HTTP", 1, None);
    }

    #[test]
    fn a_new_name_is_written_everywhere() {
        let snapshot = snapshot("a.yaml", TEXT);
        let offset = TEXT.find("get.output.k").expect("it is there");
        let edits = rename(&snapshot, offset, "found").expect("it can be renamed");
        let after = apply(TEXT, &edits);
        for part in [
            "taskReferenceName: found\n",
            "$.found['r",
            "$['found']",
            "[found, \"get_2\"]",
            "${found.output.response.body.${found.output.k}}",
            "name: zoom_users_get",
        ] {
            assert!(after.contains(part), "no {part} in\n{after}");
        }
        assert_eq!(edits.len(), 6);
        assert_eq!(rename(&snapshot, offset, "get_2"), Err(RenameError::Taken { name: "get_2".into() }));
        assert_eq!(rename(&snapshot, offset, "a b"), Err(RenameError::Unreadable { name: "a b".into() }));
        assert_eq!(rename(&snapshot, 0, "a"), Err(RenameError::NoName));
        assert_eq!(prepare_rename(&snapshot, offset), Some(Span::new(offset, offset + 3)));
    }
}
