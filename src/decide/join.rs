//! JOIN and `EXCLUSIVE_JOIN`. Source: `Join.java`, `ExclusiveJoin.java`.

use super::advance::Todo;
use super::{Execution, Moment, State, TaskIndex, TaskResult};
use crate::plan::Kind;
use crate::resolve::{TaskState, TaskStatus};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

/// What a JOIN waits for.
#[derive(Debug)]
pub(super) struct Awaited {
    on: Vec<Arc<str>>,
    /// How many names have not ended.
    left: usize,
}

impl Execution {
    pub(super) fn begin_join(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        self.in_progress_from(task, moment);
        let on = names(self.task(task).input.get("joinOn"));
        let mut left = 0;
        for name in on.iter().collect::<HashSet<_>>() {
            if self.joined(task, name).is_none_or(|joined| !self.task(joined).status.is_terminal()) {
                left += 1;
                self.awaited.entry(Arc::clone(name)).or_default().push(task);
            }
        }
        self.set_state(task, State::Join(Awaited { on, left }));
        if left == 0 {
            self.agenda.push(Todo::Join(task));
        }
    }

    pub(super) fn begin_exclusive_join(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        self.in_progress_from(task, moment);
        let node = self.node(task);
        if let Kind::ExclusiveJoin { on, default } = &node.kind {
            for name in on.iter().chain(default) {
                self.awaited.entry(Arc::clone(name)).or_default().push(task);
            }
        }
        self.agenda.push(Todo::ExclusiveJoin(task));
    }

    /// Tells those that wait for a task that it has ended for good.
    pub(super) fn tell_joins(&mut self, ended: TaskIndex) {
        if self.awaited.is_empty() {
            return;
        }
        let name = Arc::clone(&self.node_by_id(self.node_id(ended)).reference_name);
        let Some(waiting) = self.awaited.remove(&name) else { return };
        let mut still = Vec::new();
        for task in waiting {
            if self.task(task).status.is_terminal() {
                continue;
            }
            let is_it = self.joined(task, &name) == Some(ended);
            match &mut self.control[task.0].state {
                State::Join(awaited) if is_it => {
                    awaited.left -= 1;
                    if awaited.left == 0 {
                        self.agenda.push(Todo::Join(task));
                    }
                }
                State::Join(_) => still.push(task),
                _ => {
                    still.push(task);
                    self.agenda.push(Todo::ExclusiveJoin(task));
                }
            }
        }
        if !still.is_empty() {
            self.awaited.insert(name, still);
        }
    }

    /// The latest task object of a name that a JOIN waits for: inside a loop, of the same round.
    fn joined(&self, join: TaskIndex, name: &str) -> Option<TaskIndex> {
        let found = self.scope.latest_index(name).map(TaskIndex)?;
        let place = self.place(join);
        let same_round = place.is_none() || self.task(found).iteration == self.task(join).iteration;
        (same_round && (place == self.place(found) || place.is_none())).then_some(found)
    }

    /// Ends a JOIN whose tasks have all ended.
    pub(super) fn join(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        if self.task(task).status.is_terminal() {
            return;
        }
        let State::Join(Awaited { on, .. }) = std::mem::replace(&mut self.control[task.0].state, State::None) else {
            return;
        };
        let mut output = Map::new();
        let (mut failed, mut with_errors) = (false, String::new());
        for name in &on {
            let Some(joined) = self.joined(task, name) else { continue };
            let state = self.task(joined);
            if state.output.as_object().is_some_and(|output| !output.is_empty()) {
                output.insert(self.suffixed(task, name), Value::clone(&state.output));
            }
            if !state.status.is_successful() {
                failed = true;
                break;
            }
            if state.status == TaskStatus::CompletedWithErrors && self.node_by_id(self.node_id(joined)).optional {
                let _ = write!(with_errors, "{}/{} ", state.task_def_name, state.task_id);
            }
        }
        let (status, reason) = match (failed, with_errors.is_empty()) {
            (true, _) => (TaskStatus::Failed, Some(self.reasons(task, &on))),
            (false, true) => (TaskStatus::Completed, None),
            (false, false) => (TaskStatus::CompletedWithErrors, Some(with_errors + "completed with errors")),
        };
        let result = TaskResult::new(status, self.server_object(output));
        self.finish(task, TaskResult { reason, ..result }, moment);
    }

    fn reasons(&self, join: TaskIndex, on: &[Arc<str>]) -> String {
        let joined = on.iter().filter_map(|name| self.joined(join, name)).map(|task| self.task(task));
        let failed = joined.filter(|state| !state.status.is_successful());
        let reasons: Vec<_> = failed.map(|state| state.reason_for_incompletion.as_deref().unwrap_or("null")).collect();
        reasons.join(" ")
    }

    /// The name as a JOIN in a loop shows it: with the suffix of its round.
    fn suffixed(&self, join: TaskIndex, name: &str) -> String {
        match self.place(join) {
            Some(_) => format!("{name}__{}", self.task(join).iteration),
            None => name.to_owned(),
        }
    }

    /// Ends an `EXCLUSIVE_JOIN` when the first task of its names that there is has ended.
    pub(super) fn exclusive_join(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        if self.task(task).status.is_terminal() {
            return;
        }
        let node = self.node(task);
        let Kind::ExclusiveJoin { on, default } = &node.kind else { return };
        let first = |names: &[Arc<str>]| names.iter().find_map(|name| self.joined(task, name));
        let ended = |found: &TaskIndex| self.task(*found).status.is_terminal();
        let Some(found) = first(on).filter(ended).or_else(|| first(default).filter(ended)) else { return };
        let TaskState { status, output, reason_for_incompletion, .. } = self.task(found);
        let result = if status.is_successful() {
            TaskResult::new(TaskStatus::Completed, output.clone())
        } else {
            let reason = format!("{} ", reason_for_incompletion.as_deref().unwrap_or("null"));
            let result = TaskResult::new(TaskStatus::Failed, Value::Object(Map::new()));
            TaskResult { reason: Some(reason), ..result }
        };
        self.finish(task, result, moment);
    }
}

fn names(list: Option<&Value>) -> Vec<Arc<str>> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(Into::into).collect()
}
