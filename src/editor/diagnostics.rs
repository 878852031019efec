//! What is wrong with a file.

use super::Snapshot;
use crate::diagnostic::Diagnostic;

/// Everything that `legwork check` says of the file, in text order. Worked out once for each snapshot.
#[must_use]
pub fn diagnostics(snapshot: &Snapshot) -> &[Diagnostic] {
    snapshot.diagnostics()
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;

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
}
