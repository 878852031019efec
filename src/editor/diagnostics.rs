//! What is wrong with a file.

use super::{Snapshot, task_at};
use crate::diagnostic::{Code, Diagnostic, codes};

/// Everything that `legwork check` says of the file, in text order. Worked out once for each snapshot.
#[must_use]
pub fn diagnostics(snapshot: &Snapshot) -> &[Diagnostic] {
    snapshot.diagnostics()
}

/// Whether nobody can say yet that it is so: it is about a task whose name may stand for an operation that is not known yet.
#[must_use]
pub fn is_premature(snapshot: &Snapshot, found: &Diagnostic) -> bool {
    let is_open = || {
        let task = task_at(snapshot, found.labels.first()?.span.start)?;
        Some(!task.name.is_empty() && snapshot.catalogue().get(&task.name).is_none())
    };
    snapshot.library().is_partial && asks_the_definition(found.code) && is_open().unwrap_or_default()
}

/// Whether a task definition decides what is said: it may hold the request, the input that seems to be missing, the policy.
fn asks_the_definition(code: Code) -> bool {
    let lacks = [codes::E0210, codes::E0213, codes::E0216].contains(&code);
    lacks || ["E04", "E05", "E06"].iter().any(|group| code.id().starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::super::{Library, snapshot};
    use super::*;
    use crate::source::SourceFile;
    use std::sync::Arc;

    #[test]
    fn they_are_those_of_check() {
        let check = |name: &str, text: &str, expected: &[&str]| {
            let snapshot = snapshot(name, text);
            let found: Vec<_> = diagnostics(&snapshot).iter().map(|one| one.code.id()).collect();
            assert_eq!(found, expected, "{text}\n{:?}", diagnostics(&snapshot));
        };
        check("a.yaml", "services: {}", &[]);
        check("a.yaml", "name: a\ntasks:\n  - taskReferenceName: x\n    type: HTTP\n", &["E0206", "E0213"]);
        check("task-definitions/a.yaml", "name: a\nretryCount: x\n", &["E0202"]);
        check("task-definitions/_provider.yaml", "provider: a\ntitle: 3\n", &["E0502"]);
        let text = "name: a\ntasks:\n  - name: zoom_users_create\n    taskReferenceName: x\n    type: SIMPLE\n    inputParameters: {action: create, email: a@example.com, type: 5}\n";
        check("a.yaml", text, &["E0414", "E0403"]);
    }

    #[test]
    fn what_a_definition_may_mend_waits_for_the_definitions() {
        let text = "tasks:\n  - {name: crm_find, taskReferenceName: x, type: HTTP}\n  - {name: zoom_users_get, taskReferenceName: x, type: SIMPLE}\n";
        let check = |is_partial: bool, expected: &[&str]| {
            let library = Library { is_partial, ..Library::default() };
            let snapshot = Snapshot::new(SourceFile::new("a.yaml", text), &Arc::new(library), &Arc::default(), None);
            let told = diagnostics(&snapshot).iter().filter(|found| !is_premature(&snapshot, found));
            assert_eq!(told.map(|found| found.code.id()).collect::<Vec<_>>(), expected);
        };
        check(false, &["E0206", "E0213", "E0401", "E0208"]);
        check(true, &["E0206", "E0401", "E0208"]);
    }
}
