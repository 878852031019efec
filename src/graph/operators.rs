//! Operators: the boxes of a picture.

use super::build::{Builder, Way};
use super::{Item, Line, Node, Shape, State};
use crate::definition::{WorkflowDef, WorkflowTask};
use serde_json::Value;

/// At most so many tasks of a dynamic fork are drawn one by one.
const FORKED: usize = 12;

impl Builder<'_> {
    /// SWITCH and DECISION: a way for each case, and one for all others.
    pub(super) fn choice(&mut self, task: &WorkflowTask, ways: Vec<Way>, into: &mut Vec<Item>) -> Vec<Way> {
        let visits = self.taken.and_then(|taken| taken.of(&task.task_reference_name));
        let known: Vec<&str> = task.decision_cases.iter().map(|(case, _)| case.as_str()).collect();
        let took = |case: Option<&str>| visits.is_some_and(|visits| visits.took(case, &known));
        self.frame(&task.task_reference_name, into, |builder, items| {
            let head = builder.task(task, ways, items);
            let mut ends = Vec::new();
            for (case, tasks) in &task.decision_cases {
                let way = Way::from(head).label(case).open(took(Some(case)));
                ends.extend(builder.list(tasks, vec![way], items));
            }
            let way = Way::from(head).label("default").open(took(None));
            ends.extend(builder.list(&task.default_case, vec![way], items));
            ends
        })
    }

    /// FORK_JOIN: all branches, and the JOIN after them. A branch that it does not wait for has its own dotted way to the end.
    pub(super) fn fork(
        &mut self,
        task: &WorkflowTask,
        join: Option<&WorkflowTask>,
        ways: Vec<Way>,
        into: &mut Vec<Item>,
    ) -> Vec<Way> {
        self.frame(&task.task_reference_name, into, |builder, items| {
            let head = builder.task(task, ways, items);
            let mut joined = Vec::new();
            for branch in &task.fork_tasks {
                let ends = builder.list(branch, vec![Way::from(head)], items);
                if join.is_none_or(|join| waits_for(join, branch)) {
                    joined.extend(ends);
                } else {
                    builder.stops.extend(ends.into_iter().map(Way::dotted));
                }
            }
            if joined.is_empty() {
                joined.push(Way::from(head));
            }
            builder.joined(join, joined, items)
        })
    }

    /// FORK_JOIN_DYNAMIC: the tasks that a run made, or one that stands for them.
    pub(super) fn dynamic_fork(
        &mut self,
        task: &WorkflowTask,
        join: Option<&WorkflowTask>,
        ways: Vec<Way>,
        into: &mut Vec<Item>,
    ) -> Vec<Way> {
        let visits = self.taken.and_then(|taken| taken.of(&task.task_reference_name));
        let forked = visits.map(|visits| visits.forked.clone()).unwrap_or_default();
        self.frame(&task.task_reference_name, into, |builder, items| {
            let head = builder.task(task, ways, items);
            let mut ends: Vec<_> =
                forked.iter().take(FORKED).map(|name| Way::from(builder.forked(name, head, items))).collect();
            if forked.is_empty() || forked.len() > FORKED {
                let words = match forked.len() {
                    0 => "one task for each input".to_owned(),
                    count => format!("and {} more", count - FORKED),
                };
                let state = if visits.is_some() { State::Good } else { builder.unreached() };
                let many = builder.node(Node { shape: Shape::Many, lines: vec![words], state }, items);
                builder.connect([Way::from(head)], many);
                ends.push(Way::from(many));
            }
            builder.joined(join, ends, items)
        })
    }

    fn forked(&mut self, reference_name: &str, head: usize, items: &mut Vec<Item>) -> usize {
        let task = WorkflowTask { task_reference_name: reference_name.to_owned(), ..WorkflowTask::default() };
        self.task(&task, vec![Way::from(head)], items)
    }

    fn joined(&mut self, join: Option<&WorkflowTask>, ways: Vec<Way>, items: &mut Vec<Item>) -> Vec<Way> {
        match join {
            Some(join) => vec![Way::from(self.task(join, ways, items))],
            None => ways,
        }
    }

    /// DO_WHILE: the head, its body, and the way back.
    pub(super) fn looped(&mut self, task: &WorkflowTask, ways: Vec<Way>, into: &mut Vec<Item>) -> Vec<Way> {
        let visits = self.taken.and_then(|taken| taken.of(&task.task_reference_name));
        let again = visits.is_some_and(|visits| visits.iterations > 1);
        self.frame(&task.task_reference_name, into, |builder, items| {
            let head = builder.task(task, ways, items);
            let ends = builder.list(&task.loop_over, vec![Way::from(head).label("each round")], items);
            let back = ends.into_iter().filter(|way| way.from != head);
            let open = |way: Way| {
                let open = way.open && again;
                Way { line: Line::Back, ..way.label("again").open(open) }
            };
            builder.connect(back.map(open).collect::<Vec<_>>(), head);
            vec![Way::from(head).label("done")]
        })
    }

    /// SUB_WORKFLOW: a definition in place is drawn inside; what became of its tasks stands in its own execution.
    pub(super) fn sub_workflow(&mut self, task: &WorkflowTask, ways: Vec<Way>, into: &mut Vec<Item>) -> Vec<Way> {
        let written = task.sub_workflow_param.as_ref().and_then(|param| param.workflow_definition.as_ref());
        let Some(def @ Value::Object(_)) = written else {
            return vec![Way::from(self.task(task, ways, into))];
        };
        let def = WorkflowDef::from_value(def);
        self.frame(&format!("{}: {}", task.task_reference_name, def.name), into, |builder, items| {
            let head = builder.task(task, ways, items);
            let outer = builder.taken.take();
            let stops = std::mem::take(&mut builder.stops);
            let mut ends = builder.list(&def.tasks, vec![Way::from(head)], items);
            ends.append(&mut builder.stops);
            builder.stops = stops;
            builder.taken = outer;
            ends
        })
    }

    /// TERMINATE: on to the end of the workflow, and nowhere else.
    pub(super) fn terminate(&mut self, task: &WorkflowTask, ways: Vec<Way>, into: &mut Vec<Item>) -> Vec<Way> {
        let node = self.task(task, ways, into);
        self.stops.push(Way::from(node));
        Vec::new()
    }

    fn unreached(&self) -> State {
        if self.taken.is_some() { State::Unreached } else { State::Unknown }
    }
}

/// Whether the JOIN names the last task of the branch, or one inside it.
fn waits_for(join: &WorkflowTask, branch: &[WorkflowTask]) -> bool {
    let names = |task: &WorkflowTask| join.join_on.contains(&task.task_reference_name);
    branch.iter().any(|task| names(task) || task.children().any(|child| waits_for(join, std::slice::from_ref(child))))
}
