//! Judges an execution by what is expected of it.

use super::compare::{Mismatch, compare};
use super::drive::{Driven, MOST_STEPS};
use super::{Expect, ExpectTask, Placed, Test};
use crate::decide::{Execution, Family, TaskIndex, WorkflowIndex};
use crate::resolve::TaskState;
use serde_json::Value;
use std::fmt::Write;

/// Everything that is not as the test expects it.
pub(super) fn judge(test: &Test, driven: &Driven) -> Vec<Mismatch> {
    let pointer = &test.pointer;
    let mut judge = Judge { mismatches: Vec::new(), inside: String::new(), waits: waits(driven) };
    match &driven.family {
        Err(refused) => judge.say(pointer, "start", "a start", &format!("refused: {refused}")),
        Ok(family) => judge.execution(&test.expect, pointer, family, WorkflowIndex::ROOT),
    }
    judge.mismatches
}

/// What a workflow that has not ended waits for, in words.
fn waits(driven: &Driven) -> String {
    if driven.is_endless {
        return format!("it does not end: stopped after {MOST_STEPS} steps");
    }
    let words = driven.unanswered.iter().map(|task| match task.used {
        0 => format!("`{}` ({}) has no mock", task.reference_name, task.task_type),
        used => format!("`{}` ({}) has used up its {used} mocks", task.reference_name, task.task_type),
    });
    words.collect::<Vec<_>>().join(", ")
}

struct Judge {
    mismatches: Vec<Mismatch>,
    /// Where in the family we are, `pay.` for the workflow that `pay` started.
    inside: String,
    waits: String,
}

impl Judge {
    fn say(&mut self, pointer: &crate::source::Pointer, what: &str, expected: &str, found: &str) {
        let what = format!("{}{what}", self.inside);
        self.mismatches.push(Mismatch::new(pointer, what, expected, found));
    }

    fn execution(&mut self, expect: &Expect, pointer: &crate::source::Pointer, family: &Family, index: WorkflowIndex) {
        let Some(execution) = family.execution(index) else { return };
        let workflow = &execution.scope().workflow;
        let status = expect.status.as_ref().map_or("COMPLETED", |status| status.value.as_str());
        if workflow.status.as_str() != status {
            let at = expect.status.as_ref().map_or(pointer, |status| &status.pointer);
            let why = match &workflow.reason_for_incompletion {
                Some(reason) => format!("{}: {reason}", workflow.status.as_str()),
                None if self.waits.is_empty() => workflow.status.as_str().to_owned(),
                None => format!("{}: {}", workflow.status.as_str(), self.waits),
            };
            self.say(at, "status", status, &why);
        }
        self.reason("reason", expect.reason.as_ref(), workflow.reason_for_incompletion.as_deref());
        for (about, expected) in &expect.values {
            let found = match *about {
                "input" => &workflow.input,
                "variables" => &workflow.variables,
                _ => &workflow.output,
            };
            compare(&format!("{}{about}", self.inside), expected, found, &mut self.mismatches);
        }
        self.paths(expect, execution);
        for (name, expected) in &expect.tasks {
            self.task(name, expected, execution);
        }
        for (name, expected) in &expect.children {
            self.child(name, expected, family, execution);
        }
    }

    fn reason(&mut self, what: &str, expected: Option<&Placed<String>>, found: Option<&str>) {
        let Some(expected) = expected else { return };
        if !found.is_some_and(|found| found.contains(&expected.value)) {
            self.say(
                &expected.pointer,
                what,
                &format!("something with {:?}", expected.value),
                found.unwrap_or("nothing"),
            );
        }
    }

    fn paths(&mut self, expect: &Expect, execution: &Execution) {
        let taken: Vec<(&str, &str)> = firsts(execution).collect();
        let same = |name: &String, (full, plain): &(&str, &str)| name == full || name == plain;
        let words = |names: Vec<&str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let found = || words(taken.iter().map(|(full, _)| *full).collect());
        if let Some(path) = &expect.path {
            let fits =
                path.value.len() == taken.len() && path.value.iter().zip(&taken).all(|(name, taken)| same(name, taken));
            if !fits {
                let expected = words(path.value.iter().map(String::as_str).collect());
                self.say(&path.pointer, "path", &expected, &found());
            }
        }
        if let Some(path) = &expect.path_contains {
            let mut rest = taken.iter();
            let missing = path.value.iter().find(|name| !rest.any(|taken| same(name, taken)));
            if let Some(missing) = missing {
                let expected = format!("{} (`{missing}` does not come there)", path.value.join(", "));
                self.say(&path.pointer, "path", &expected, &found());
            }
        }
    }

    fn task(&mut self, name: &str, expected: &ExpectTask, execution: &Execution) {
        let of = all_of(name, execution);
        let what = |about: &str| format!("tasks.{name}{about}");
        let reached =
            expected.reached.as_ref().map_or((true, &expected.pointer), |reached| (reached.value, &reached.pointer));
        let Some(last) = of.last() else {
            if reached.0 {
                self.say(reached.1, &what(""), "the task is reached", "it never came up");
            }
            return;
        };
        if !reached.0 {
            self.say(reached.1, &what(""), "the task is not reached", last.status.as_str());
        }
        if let Some(status) = expected.status.as_ref().filter(|status| status.value != last.status.as_str()) {
            let reason = last.reason_for_incompletion.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            self.say(&status.pointer, &what(".status"), &status.value, &format!("{}{reason}", last.status.as_str()));
        }
        self.reason(&what(".reason"), expected.reason.as_ref(), last.reason_for_incompletion.as_deref());
        self.count(&what(".attempts"), expected.attempts.as_ref(), u64::from(last.retry_count) + 1);
        let visits = of.iter().filter(|state| state.retry_count == 0).count();
        self.count(&what(".visits"), expected.visits.as_ref(), visits as u64);
        for (about, value) in &expected.values {
            let found: &Value = if *about == "input" { &last.input } else { &last.output };
            compare(&format!("{}tasks.{name}.{about}", self.inside), value, found, &mut self.mismatches);
        }
    }

    fn count(&mut self, what: &str, expected: Option<&Placed<u64>>, found: u64) {
        if let Some(expected) = expected.filter(|expected| expected.value != found) {
            self.say(&expected.pointer, what, &expected.value.to_string(), &found.to_string());
        }
    }

    /// The workflow that a task started; of several the last is meant.
    fn child(&mut self, name: &str, expected: &Expect, family: &Family, execution: &Execution) {
        let tasks = (0..execution.scope().tasks().len()).map(TaskIndex::from);
        let of =
            tasks.filter(|task| is_of(name, execution, *task)).filter_map(|task| execution.child_of(task)).next_back();
        match of {
            None => self.say(&expected.pointer, &format!("subWorkflows.{name}"), "a workflow is started", "none was"),
            Some(child) => {
                let outer = self.inside.len();
                let _ = write!(self.inside, "subWorkflows.{name}.");
                self.execution(expected, &expected.pointer, family, child);
                self.inside.truncate(outer);
            }
        }
    }
}

/// Whether a task object is of that name: its own, or that of its task without the round.
fn is_of(name: &str, execution: &Execution, task: TaskIndex) -> bool {
    let state = execution.scope().task(task.get());
    state.is_some_and(|state| &*state.reference_name == name)
        || execution.node_of(task).is_some_and(|node| &*node.reference_name == name)
}

fn all_of<'e>(name: &str, execution: &'e Execution) -> Vec<&'e TaskState> {
    let tasks = execution.scope().tasks().iter().enumerate();
    tasks.filter(|(index, _)| is_of(name, execution, TaskIndex::from(*index))).map(|(_, state)| state).collect()
}

/// The first attempt of every visit: its full name and that without the round.
fn firsts(execution: &Execution) -> impl Iterator<Item = (&str, &str)> {
    let tasks = execution.scope().tasks().iter().enumerate().filter(|(_, state)| state.retry_count == 0);
    tasks.map(|(index, state)| {
        let plain =
            execution.node_of(TaskIndex::from(index)).map_or(&*state.reference_name, |node| &*node.reference_name);
        (&*state.reference_name, plain)
    })
}
