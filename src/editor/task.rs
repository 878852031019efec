//! The tasks of a file, with their places.

use super::Snapshot;
use crate::definition::TaskType;
use crate::source::{Pointer, Span, SpanNode};
use serde_json::Value;

/// A task of a workflow definition, as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// `taskReferenceName`; empty when there is none.
    pub reference_name: String,
    /// `name`.
    pub name: String,
    /// `type`.
    pub task_type: TaskType,
    /// Where it is in the definition.
    pub pointer: Pointer,
    /// The whole task.
    pub span: Span,
    /// The value of `taskReferenceName`.
    pub reference_span: Option<Span>,
    /// Whether it sends a request: what can be tested.
    pub is_callable: bool,
}

/// The task at a place: the innermost one around it.
#[must_use]
pub fn task_at(snapshot: &Snapshot, offset: usize) -> Option<&Task> {
    let around = snapshot.tasks().iter().filter(|task| task.span.start <= offset && offset <= task.span.end);
    around.min_by_key(|task| task.span.end - task.span.start)
}

/// The task of that reference name.
#[must_use]
pub fn task_named<'s>(snapshot: &'s Snapshot, reference_name: &str) -> Option<&'s Task> {
    snapshot.tasks().iter().find(|task| task.reference_name == reference_name)
}

/// All tasks of a definition in text order, each before those inside it. `is_operation` tells whether a name is one of the
/// catalogue's operations.
pub(super) fn tasks(value: &Value, spans: &SpanNode, is_operation: &dyn Fn(&str) -> bool) -> Vec<Task> {
    let mut walk = Walk { is_operation, tasks: Vec::new() };
    if let (Some(list), Some(node)) = (value.get("tasks"), spans.child("tasks")) {
        walk.list(list, node, &Pointer::root().key("tasks"));
    }
    walk.tasks.sort_by_key(|task| (task.span.start, usize::MAX - task.span.end));
    walk.tasks
}

struct Walk<'w> {
    is_operation: &'w dyn Fn(&str) -> bool,
    tasks: Vec<Task>,
}

impl Walk<'_> {
    fn list(&mut self, list: &Value, node: &SpanNode, at: &Pointer) {
        let Value::Array(items) = list else { return };
        for (index, (item, (_, node))) in items.iter().zip(&node.children).enumerate() {
            self.task(item, node, &at.index(index));
        }
    }

    fn task(&mut self, task: &Value, node: &SpanNode, at: &Pointer) {
        let Value::Object(members) = task else { return };
        let text = |key: &str| members.get(key).and_then(Value::as_str).unwrap_or_default();
        let task_type =
            members.get("type").map_or(TaskType::Simple, |own| TaskType::parse(own.as_str().unwrap_or_default()));
        let is_callable =
            task_type == TaskType::Http || task_type == TaskType::Simple && (self.is_operation)(text("name"));
        self.tasks.push(Task {
            reference_name: text("taskReferenceName").to_owned(),
            name: text("name").to_owned(),
            task_type,
            pointer: at.clone(),
            span: node.value,
            reference_span: node.child("taskReferenceName").map(|child| child.value),
            is_callable,
        });
        for ((key, member), (_, child)) in members.iter().zip(&node.children) {
            let at = at.key(key);
            match (key.as_str(), member) {
                ("loopOver" | "defaultCase", list) => self.list(list, child, &at),
                ("decisionCases", Value::Object(cases)) => {
                    for ((case, list), (_, child)) in cases.iter().zip(&child.children) {
                        self.list(list, child, &at.key(case));
                    }
                }
                ("forkTasks", Value::Array(branches)) => {
                    for (index, (list, (_, child))) in branches.iter().zip(&child.children).enumerate() {
                        self.list(list, child, &at.index(index));
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;

    const TEXT: &str = "\
tasks:
  - name: one
    taskReferenceName: a
    type: HTTP
  - name: loop
    taskReferenceName: b
    type: DO_WHILE
    loopOver:
      - {name: zoom_users_get, taskReferenceName: c}
      - 12
  - name: cases
    taskReferenceName: d
    type: SWITCH
    decisionCases:
      x: [{name: y, taskReferenceName: e, type: NOOP}]
";

    #[test]
    fn every_task_has_its_place() {
        let snapshot = snapshot("a.yaml", TEXT);
        let found: Vec<_> = snapshot
            .tasks()
            .iter()
            .map(|task| format!("{} {} {}", task.reference_name, task.pointer, task.is_callable))
            .collect();
        let expected = [
            "a /tasks/0 true",
            "b /tasks/1 false",
            "c /tasks/1/loopOver/0 true",
            "d /tasks/2 false",
            "e /tasks/2/decisionCases/x/0 false",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_innermost_task_around_a_place_is_the_one_there() {
        let snapshot = snapshot("a.yaml", TEXT);
        let check = |text: &str, expected: Option<&str>| {
            let at = TEXT.find(text).expect("it is there");
            let found = task_at(&snapshot, at).map(|task| task.reference_name.as_str());
            assert_eq!(found, expected, "{text}");
        };
        check("tasks", None);
        check("type: HTTP", Some("a"));
        check("loopOver", Some("b"));
        check("zoom_users", Some("c"));
        check("y, task", Some("e"));
    }
}
