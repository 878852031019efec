//! `DO_WHILE`: rounds over a list of tasks. Source: `DoWhile.java`.

use super::advance::Todo;
use super::{Execution, Moment, Place, ScriptKind, State, TaskIndex, TaskResult};
use crate::plan::{Kind, Loop, Node, Reads};
use crate::resolve::{Context, Resolved, TaskStatus, java_text, nothing};
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::sync::Arc;

/// What is known of a loop that is under way.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    /// The number of the current round, from 1.
    iteration: u32,
    /// Task objects of the round that have not ended.
    open: usize,
    /// Whether the flow has come to the end of the list.
    reached_end: bool,
    /// The task objects of the round.
    members: Vec<TaskIndex>,
    items: Option<Vec<Value>>,
    /// How many rounds are kept, and those that are.
    keep: Option<usize>,
    kept: VecDeque<(u32, Vec<TaskIndex>)>,
}

impl Rounds {
    /// The end of the round is looked at again.
    pub(super) fn look_again(&mut self) {
        self.reached_end = true;
    }
}

impl Execution {
    pub(super) fn begin_loop(&mut self, task: TaskIndex, repeated: &Loop, moment: &mut Moment<'_>) {
        self.in_progress_from(task, moment);
        let items = self.items(task, repeated);
        let is_empty = items.as_ref().is_some_and(Vec::is_empty);
        let keep = self.task(task).input.get("keepLastN").and_then(whole_number);
        self.set_state(task, State::Loop(Box::new(Rounds { items, keep, ..Rounds::default() })));
        if is_empty || repeated.first.is_none() {
            let output = Map::from_iter([("iteration".to_owned(), 0.into())]);
            return self.ended_at_once(task, output, moment);
        }
        self.next_round(task);
    }

    /// What the loop goes through: a list; a single value counts as one, null as none. `None` when only the condition counts.
    fn items(&self, task: TaskIndex, repeated: &Loop) -> Option<Vec<Value>> {
        let context = Context { dialect: self.plan.dialect, task_id: None };
        let own = repeated.items.as_ref().map(|items| items.resolve(&self.scope, &context));
        let value = match own {
            Some(resolved) => resolved.map(Resolved::into_value).unwrap_or_default(),
            None => self.task(task).input.get("_items")?.clone(),
        };
        Some(match value {
            Value::Null => Vec::new(),
            Value::Array(list) => list,
            single => vec![single],
        })
    }

    fn next_round(&mut self, task: TaskIndex) {
        let node = self.node(task);
        let (Kind::Loop(Loop { first: Some(first), .. }), State::Loop(rounds)) =
            (&node.kind, &mut self.control[task.0].state)
        else {
            return;
        };
        rounds.iteration += 1;
        rounds.reached_end = false;
        rounds.members.clear();
        let iteration = rounds.iteration;
        let item = rounds.items.as_ref().and_then(|items| items.get(iteration as usize - 1).cloned());
        self.task_mut(task).iteration = iteration;
        let output = self.output_of(task);
        output.insert("iteration".to_owned(), iteration.into());
        if let Some(item) = item {
            output.insert("loopIndex".to_owned(), (iteration - 1).into());
            output.insert("loopItem".to_owned(), item);
        }
        self.agenda.push(Todo::Schedule(*first, Some(task)));
    }

    /// The name and the round of a task object of a node at a place.
    pub(super) fn name_at(&self, node: &Node, place: Place) -> (Arc<str>, u32) {
        let Some(round) = place else { return (Arc::clone(&node.reference_name), 0) };
        let State::Loop(rounds) = &self.control[round.0].state else { return (Arc::clone(&node.reference_name), 0) };
        let mut name = format!("{}__{}", node.reference_name, rounds.iteration);
        if !self.is_conductor() && self.place(round).is_some() {
            // Inside a loop inside a loop, the rounds of all of them tell the names apart.
            let outer = &self.task(round).reference_name;
            let suffix = outer.get(self.node_by_id(self.node_id(round)).reference_name.len()..).unwrap_or_default();
            name = format!("{}{suffix}__{}", node.reference_name, rounds.iteration);
        }
        (name.into(), rounds.iteration)
    }

    pub(super) fn enter_round(&mut self, task: TaskIndex, place: Place) {
        if let Some(State::Loop(rounds)) = place.map(|round| &mut self.control[round.0].state) {
            rounds.open += 1;
            rounds.members.push(task);
        }
    }

    /// A task object of the round is open again.
    pub(super) fn enter_again(&mut self, place: Place) {
        if let Some(State::Loop(rounds)) = place.map(|round| &mut self.control[round.0].state) {
            rounds.open += 1;
        }
    }

    pub(super) fn leave_round(&mut self, task: TaskIndex) {
        if let Some(State::Loop(rounds)) = self.place(task).map(|round| &mut self.control[round.0].state) {
            rounds.open -= 1;
        }
    }

    pub(super) fn reach_end(&mut self, place: Place) {
        if let Some(State::Loop(rounds)) = place.map(|round| &mut self.control[round.0].state) {
            rounds.reached_end = true;
        }
    }

    /// Ends the round when nothing in it is open, and the flow has come to its end.
    pub(super) fn check_round(&mut self, place: Place) {
        let Some(round) = place else { return };
        if let State::Loop(rounds) = &self.control[round.0].state
            && rounds.open == 0
            && rounds.reached_end
        {
            self.agenda.push(Todo::RoundEnd(round));
        }
    }

    pub(super) fn end_round(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let State::Loop(rounds) = &mut self.control[task.0].state else { return };
        // A branch that no JOIN waits for went on in the same step: its last task tells again.
        if rounds.open > 0 {
            return;
        }
        // It may have been told twice.
        if !std::mem::take(&mut rounds.reached_end) || self.task(task).status.is_terminal() {
            return;
        }
        let failures = self.write_round(task, None);
        if !failures.is_empty() {
            let output = self.task(task).output.clone();
            let result = TaskResult::new(TaskStatus::Failed, output);
            return self.finish(task, TaskResult { reason: Some(failures), ..result }, moment);
        }
        self.forget_rounds(task);
        if self.never_goes_on(task, moment) {
            return;
        }
        let State::Loop(rounds) = &self.control[task.0].state else { return };
        let has_more = rounds.items.as_ref().is_none_or(|items| items.len() > rounds.iteration as usize);
        let node = self.node(task);
        let Kind::Loop(repeated) = &node.kind else { return };
        if !has_more {
            return self.complete_loop(task, moment);
        }
        let input = self.condition_input(task, &node, repeated);
        self.evaluate(task, ScriptKind::Javascript, Arc::clone(&repeated.condition), input);
    }

    /// Writes the outputs of the round into that of the loop; that of `without` is left empty. Gives the reasons of its failures.
    pub(super) fn write_round(&mut self, task: TaskIndex, without: Option<TaskIndex>) -> String {
        let State::Loop(rounds) = &self.control[task.0].state else { return String::new() };
        let (iteration, members) = (rounds.iteration, self.members(task, rounds));
        let (mut output, mut failures) = (Map::new(), String::new());
        for member in members {
            let state = self.task(member);
            // A later attempt stands behind the one that it follows.
            let is_latest = self.scope.latest_index(&self.node_by_id(self.node_id(member)).reference_name);
            if is_latest == Some(member.0)
                && state.status.is_terminal()
                && !state.status.is_successful()
                && without.is_none()
            {
                failures.push_str(state.reason_for_incompletion.as_deref().unwrap_or("null"));
                failures.push(' ');
            }
            let value = if Some(member) == without { Value::Object(Map::new()) } else { Value::clone(&state.output) };
            output.insert(self.node_by_id(self.node_id(member)).reference_name.to_string(), value);
        }
        let output = self.server_object(output);
        self.output_of(task).insert(iteration.to_string(), output);
        failures
    }

    /// The task objects of the round. A server counts those of a loop inside that have the same number, and none of those that
    /// only came up in a dynamic fork.
    fn members(&self, task: TaskIndex, rounds: &Rounds) -> Vec<TaskIndex> {
        let mut members = rounds.members.clone();
        if self.is_conductor() {
            let inner = rounds.members.iter().filter_map(|member| match &self.control[member.0].state {
                State::Loop(inner) if inner.iteration == rounds.iteration => Some(&inner.members),
                _ => None,
            });
            members.extend(inner.flatten());
            let written =
                |task: &TaskIndex| self.plan.find(&self.node_by_id(self.node_id(*task)).reference_name).is_some();
            if written(&task) {
                members.retain(written);
            }
        }
        // In the order of the definition, whichever came first.
        members.sort_by_key(|member| self.node_id(*member));
        members
    }

    /// When a step of its own ends a workflow, a server has written the rounds of open loops down just before that step.
    pub(super) fn write_open_rounds(&mut self, by: TaskIndex) {
        let kind = &self.node_by_id(self.node_id(by)).kind;
        let own_step = !matches!(
            kind,
            Kind::Http
                | Kind::ByReference
                | Kind::Worker { .. }
                | Kind::Join { .. }
                | Kind::SubWorkflow(_)
                | Kind::StartWorkflow
                | Kind::Human
                | Kind::Wait
                | Kind::Event { .. }
        );
        if !own_step || !self.is_conductor() {
            return;
        }
        let without = if matches!(kind, Kind::Loop(_)) { None } else { Some(by) };
        for task in (0..self.control.len()).rev().map(TaskIndex) {
            let is_open = !self.task(task).status.is_terminal();
            let has_begun = matches!(&self.control[task.0].state, State::Loop(rounds) if !rounds.members.is_empty());
            if is_open && has_begun {
                self.write_round(task, without);
            }
        }
    }

    /// With `keepLastN`, the rounds before the last n are dropped, their task objects as well.
    fn forget_rounds(&mut self, task: TaskIndex) {
        let State::Loop(rounds) = &mut self.control[task.0].state else { return };
        let Some(keep) = rounds.keep else { return };
        let members = std::mem::take(&mut rounds.members);
        rounds.kept.push_back((rounds.iteration, members));
        let many = rounds.kept.len().saturating_sub(keep);
        let old: Vec<_> = rounds.kept.drain(..many).collect();
        for (iteration, members) in old {
            self.output_of(task).shift_remove(&iteration.to_string());
            for member in members {
                self.control[member.0].removed = true;
                let state = self.task_mut(member);
                (state.input, state.output) = (nothing(), nothing());
            }
        }
    }

    /// What the condition sees: the inputs, the loop's output by its name, and the latest output of each task inside by its name.
    fn condition_input(&self, task: TaskIndex, node: &Node, repeated: &Loop) -> Value {
        let state = self.task(task);
        let context = Context { dialect: self.plan.dialect, task_id: Some(&state.task_id) };
        let name = if self.is_conductor() { &state.reference_name } else { &node.reference_name };
        let resolved = || node.input.resolve(&self.scope, &context).map(Resolved::into_value);
        let mut inputs = match self.reads_an_input(repeated, name).then(resolved) {
            Some(Ok(Value::Object(inputs))) => inputs,
            _ => Map::new(),
        };
        let inside = repeated.inside.iter().filter_map(|name| Some((&**name, &self.scope.latest(name)?.output)));
        let outputs = std::iter::once((&**name, &state.output)).chain(inside);
        match &repeated.reads {
            Reads::Everything => inputs.extend(outputs.map(|(name, output)| (name.to_owned(), Value::clone(output)))),
            Reads::Members(members) => {
                inputs.retain(|name, _| members.iter().any(|(read, _)| read == name));
                for (name, output) in outputs {
                    if let Some(read) = read_of(name, output, members) {
                        inputs.insert(name.to_owned(), read);
                    }
                }
            }
        }
        Value::Object(inputs)
    }

    /// Whether the condition reads an input of the loop. The list that a loop goes through is one, and each round would copy it.
    fn reads_an_input(&self, repeated: &Loop, own_name: &str) -> bool {
        let Reads::Members(members) = &repeated.reads else { return true };
        let is_output = |name: &str| {
            name == own_name
                || repeated.inside.iter().any(|inside| **inside == *name) && self.scope.latest(name).is_some()
        };
        members.iter().any(|(name, _)| !is_output(name))
    }

    pub(super) fn loop_evaluated(&mut self, task: TaskIndex, result: Result<Value, String>, moment: &mut Moment<'_>) {
        match result {
            Ok(value) if is_true(&value) => self.next_round(task),
            Ok(_) => self.complete_loop(task, moment),
            Err(error) => {
                let node = self.node(task);
                let Kind::Loop(repeated) = &node.kind else { return };
                let reason = format!("Unable to evaluate condition {}, exception {error}", repeated.condition);
                let output = self.task(task).output.clone();
                let result = TaskResult::new(TaskStatus::FailedWithTerminalError, output);
                self.finish(task, TaskResult { reason: Some(reason), ..result }, moment);
            }
        }
    }

    fn complete_loop(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let output = std::mem::take(self.output_of(task));
        let output = self.server_object(output);
        self.close(task, TaskStatus::Completed, output, moment);
        self.go_on(task);
    }

    /// A loop inside a loop has a second round: a server makes a task object for another run of the inner loop then, which
    /// never starts, and neither loop ends.
    fn never_goes_on(&mut self, task: TaskIndex, moment: &mut Moment<'_>) -> bool {
        let place = self.place(task);
        if !self.is_conductor() || place.is_none() || self.task(task).iteration < 2 {
            return false;
        }
        self.output_of_round_is_lost(task);
        let iteration = self.task(task).iteration;
        let again = self.create(self.node_id(task), place, moment);
        let plain = Arc::clone(&self.node_by_id(self.node_id(task)).reference_name);
        let state = self.task_mut(again);
        state.reference_name = format!("{plain}__{iteration}").into();
        state.iteration = iteration;
        self.in_progress_from(again, moment);
        true
    }

    fn output_of_round_is_lost(&mut self, task: TaskIndex) {
        let iteration = self.task(task).iteration.to_string();
        self.output_of(task).shift_remove(&iteration);
    }
}

/// What the members say is read of an output.
fn read_of(name: &str, output: &Value, members: &[(String, Option<String>)]) -> Option<Value> {
    let mut reads = members.iter().filter(|(read, _)| read == name).map(|(_, inner)| inner.as_deref()).peekable();
    reads.peek()?;
    let inner: Option<Vec<&str>> = reads.collect();
    let Some(inner) = inner else { return Some(output.clone()) };
    let found = inner.into_iter().filter_map(|key| Some((key.to_owned(), output.get(key)?.clone())));
    Some(Value::Object(found.collect()))
}

/// Truth as in JavaScript, but the text `false` is not true.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty() && text != "false" && text != "NaN",
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn whole_number(value: &Value) -> Option<usize> {
    java_text(value).trim().parse().ok()
}
