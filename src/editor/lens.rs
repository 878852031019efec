//! What stands above a task: to test it, and what became of it.

use super::known::OutcomeState;
use super::{Snapshot, Task};
use crate::source::Span;

/// What a lens does when it is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Sends the request of the task.
    TestRequest,
    /// Shows what would be sent.
    DryRun,
    /// Shows what the last test gave.
    ShowResponse,
    /// Opens the API's own page.
    OpenDocs(String),
}

/// A line above a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// The first line of the task.
    pub span: Span,
    /// What it says; it reads well aloud.
    pub title: String,
    /// What it does.
    pub action: Action,
    /// The reference name of the task.
    pub task: String,
}

/// The lenses of all tasks that send a request.
#[must_use]
pub fn lenses(snapshot: &Snapshot) -> Vec<Lens> {
    let callable = snapshot.tasks().iter().filter(|task| task.is_callable && !task.reference_name.is_empty());
    callable.flat_map(|task| of(snapshot, task)).collect()
}

fn of(snapshot: &Snapshot, task: &Task) -> Vec<Lens> {
    let text = snapshot.source();
    let line = text.get(task.span.start..task.span.end).and_then(|own| own.lines().next()).map_or(0, str::len);
    let span = Span::new(task.span.start, task.span.start + line);
    let name = &task.reference_name;
    let lens = |title: String, action| Lens { span, title, action, task: name.clone() };
    let mut lenses = vec![
        lens(format!("▶ Test request {name}"), Action::TestRequest),
        lens(format!("Dry run {name}"), Action::DryRun),
    ];
    if let Some(outcome) = snapshot.known().outcomes.get(name) {
        let title = match outcome.state {
            OutcomeState::Completed => format!("✓ {}", outcome.title),
            state @ OutcomeState::Failed => format!("✗ {} · {}", state.as_str(), outcome.title),
            state @ OutcomeState::Running => format!("… {} · {}", state.as_str(), outcome.title),
        };
        lenses.push(lens(title, Action::ShowResponse));
    }
    let entry = snapshot.entry(task);
    if let Some(url) = entry.as_ref().and_then(|entry| entry.docs().url.clone()) {
        lenses.push(lens(format!("Docs of {}", task_title(&task.name, entry.as_deref())), Action::OpenDocs(url)));
    }
    lenses
}

fn task_title(name: &str, entry: Option<&crate::catalogue::Entry>) -> String {
    entry.and_then(|entry| entry.operation.title.clone()).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Known, Outcome, snapshot};
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_task_that_sends_a_request_can_be_tested() {
        let text = "tasks:\n- name: zoom_users_create\n  taskReferenceName: a\n  type: HTTP\n- {name: n, taskReferenceName: b, type: NOOP}\n";
        let outcome = Outcome { title: "400 · 42 ms".into(), state: OutcomeState::Failed };
        let known = Known { outcomes: [("a".to_owned(), outcome)].into(), ..Known::default() };
        let snapshot = snapshot("a.yaml", text).with_known(&Arc::new(known));
        let lenses = lenses(&snapshot);
        let titles: Vec<_> = lenses.iter().map(|lens| lens.title.as_str()).collect();
        assert_eq!(titles, ["▶ Test request a", "Dry run a", "✗ failed · 400 · 42 ms", "Docs of Create a user"]);
        let first = lenses.first().map(|lens| &text[lens.span.start..lens.span.end]);
        assert_eq!(first, Some("name: zoom_users_create"));
    }
}
