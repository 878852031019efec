//! `legwork.compareRuns`: what the last run of a task gave other than the one before it.

use super::{Desk, Given, failed};
use crate::editor::OutcomeState;
use crate::lsp::outbox::Answer;
use crate::lsp::uri;
use crate::source::Pointer;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// At most so many differences are told.
const MOST: usize = 200;

impl Desk {
    /// Gives `{"task", "before", "after", "changes"}`: the pages of both runs, and `{"path", "before", "after"}` for each value that
    /// differs, where a run that has none there leaves its key out. Shows the changes.
    pub(super) async fn compare(&self, given: &Given) -> Answer {
        let last = self.last(given)?;
        let task = last.answer.get("task").and_then(Value::as_str).unwrap_or_default().to_owned();
        let earlier = last.before.as_ref().filter(|_| last.state != OutcomeState::Running);
        let earlier =
            earlier.ok_or_else(|| failed(&format!("{task} ran only once: there is nothing to compare with")))?;
        let changes = changes(&seen(&earlier.answer), &seen(&last.answer));
        let beside = |ending: &str| last.file.as_ref().map(|file| file.with_extension(ending));
        let before = self.keep(beside("before.http").as_ref(), &earlier.page);
        let shown = self.keep(beside("changes").as_ref(), &page(&task, &changes));
        if !self.shared.client.hears_runs {
            let line = format!("{task}: {} differences from the run before", changes.len());
            self.show(shown.as_deref(), &line, true).await;
        }
        let document = |file: Option<&PathBuf>| file.map(|file| uri::uri(file).0);
        Ok(json!({
            "task": task,
            "before": document(before.as_ref()),
            "after": document(last.file.as_ref()),
            "changes": changes,
        }))
    }
}

/// What of a run is compared: what was sent, and what came of it; not how long it took.
fn seen(answer: &Value) -> Value {
    let request = answer.pointer("/exchange/request").cloned();
    let of = |key: &str| answer.get(key).cloned();
    let parts = [("request", request), ("status", of("status")), ("reason", of("reason")), ("output", of("output"))];
    let known = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?)));
    Value::Object(known.filter(|(_, part)| !part.is_null()).collect::<Map<_, _>>())
}

fn changes(before: &Value, after: &Value) -> Vec<Value> {
    let mut told = Vec::new();
    differ(&Pointer::root(), Some(before), Some(after), &mut told);
    told.truncate(MOST);
    told
}

fn differ(at: &Pointer, before: Option<&Value>, after: Option<&Value>, told: &mut Vec<Value>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(added) {
                differ(&at.key(key), before.get(key), after.get(key), told);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for index in 0..before.len().max(after.len()) {
                differ(&at.index(index), before.get(index), after.get(index), told);
            }
        }
        (before, after) if before == after => {}
        (before, after) => {
            let sides = [("path", Some(json!(at.as_str()))), ("before", before.cloned()), ("after", after.cloned())];
            told.push(sides.into_iter().filter_map(|(name, side)| Some((name.to_owned(), side?))).collect());
        }
    }
}

fn page(task: &str, changes: &[Value]) -> String {
    let mut page = format!("# {task}: the last run beside the one before it\n");
    for change in changes {
        let path = change.get("path").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(page, "\n{path}");
        for (mark, side) in [("-", "before"), ("+", "after")] {
            if let Some(value) = change.get(side) {
                let _ = writeln!(page, "{mark} {value}");
            }
        }
    }
    if changes.is_empty() {
        page.push_str("\nNothing differs.\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_that_differs_is_told() {
        let check = |before: Value, after: Value, expected: Value| {
            assert_eq!(Value::Array(changes(&before, &after)), expected, "{before} {after}");
        };
        check(json!({"a": [1, {"b": 2}]}), json!({"a": [1, {"b": 2}]}), json!([]));
        check(json!({"a": 1}), json!({"a": "1"}), json!([{"path": "/a", "before": 1, "after": "1"}]));
        check(json!({"a": 1}), json!({}), json!([{"path": "/a", "before": 1}]));
        check(json!([1]), json!([1, {"x/y": 2}]), json!([{"path": "/1", "after": {"x/y": 2}}]));
        check(json!({"k": {}}), json!({"k": {"x/y": null}}), json!([{"path": "/k/x~1y", "after": null}]));
    }

    #[test]
    fn time_does_not_count() {
        let run =
            |millis: u64| json!({"durationMs": millis, "runId": millis, "status": "COMPLETED", "output": {"id": 1}});
        assert_eq!(seen(&run(1)), seen(&run(2)));
        assert!(page("create", &[]).contains("Nothing differs."));
    }
}
