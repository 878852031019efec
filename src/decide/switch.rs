//! SWITCH and DECISION: a value or a script picks the list that the flow goes on with.

use super::advance::Todo;
use super::group::Unmade;
use super::{Execution, Moment, ScriptKind, TaskIndex, TaskResult};
use crate::plan::{Evaluator, Kind, NodeId, Switch};
use crate::resolve::{TaskStatus, java_text};
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl Execution {
    /// What a server adds to the input when a value picks the list, and the first task of it; `None` when a script does.
    pub(super) fn decided_by_param(
        switch: &Switch,
        input: &Map<String, Value>,
    ) -> Option<(Map<String, Value>, Option<NodeId>)> {
        let Evaluator::Param(param) = &switch.evaluator else { return None };
        let case = java_text(input.get(param).unwrap_or(&Value::Null));
        let first = switch.first(&case);
        Some((decision(&case, first), first))
    }

    pub(super) fn switch(&mut self, task: TaskIndex, switch: &Switch, moment: &mut Moment<'_>) {
        match &switch.evaluator {
            Evaluator::Param(_) if self.is_conductor() => {
                let input = &self.task(task).input;
                let case = input.get("case").map(java_text).unwrap_or_default();
                let has_children = input.get("hasChildren").is_some();
                self.end_switch(task, switch, &case, moment);
                if !has_children {
                    self.go_on(task);
                }
            }
            Evaluator::Param(param) => {
                let case = java_text(self.task(task).input.get(param).unwrap_or(&Value::Null));
                self.take_case(task, switch, &case, moment);
            }
            Evaluator::Script { language, text } => {
                let Some(kind) = ScriptKind::parse(language) else {
                    let why = switch.known_evaluator().err().unwrap_or_default();
                    return self.cannot_go_on(Unmade::Fails(why), moment);
                };
                // Secrets stay references here, as on a server.
                let input = Value::clone(&self.task(task).input);
                self.in_progress_from(task, moment);
                self.evaluate(task, kind, Arc::clone(text), input);
            }
        }
    }

    /// A script has picked a case.
    pub(super) fn switch_evaluated(&mut self, task: TaskIndex, result: Result<Value, String>, moment: &mut Moment<'_>) {
        let node = self.node(task);
        let Kind::Switch(switch) = &node.kind else { return };
        match result {
            Ok(value) => self.take_case(task, switch, &java_text(&value), moment),
            Err(error) => {
                let result = TaskResult::new(TaskStatus::Failed, Value::Object(Map::new()));
                self.finish(task, TaskResult { reason: Some(error), ..result }, moment);
            }
        }
    }

    fn take_case(&mut self, task: TaskIndex, switch: &Switch, case: &str, moment: &mut Moment<'_>) {
        let first = switch.first(case);
        let place = self.place(task);
        if let Some(first) = first.filter(|_| self.is_conductor()) {
            // A server maps the first task of a case before the SWITCH has an output.
            self.schedule_group(first, place, moment);
        }
        let decision = decision(case, first);
        let keeps_inputs = !(switch.is_decision && self.is_conductor());
        self.change_input(task, |input| {
            if !keeps_inputs {
                input.clear();
            }
            input.extend(decision);
        });
        self.end_switch(task, switch, case, moment);
        match first {
            Some(first) if !self.is_conductor() => self.agenda.push(Todo::Schedule(first, place)),
            Some(_) => {}
            None => self.go_on(task),
        }
    }

    fn end_switch(&mut self, task: TaskIndex, switch: &Switch, case: &str, moment: &mut Moment<'_>) {
        let output = if switch.is_decision {
            json!({"caseOutput": [case]})
        } else {
            json!({"evaluationResult": [case], "selectedCase": case})
        };
        self.close(task, TaskStatus::Completed, output, moment);
        self.tell_joins(task);
    }
}

impl Switch {
    /// Whether there is an evaluator of that name; else why not.
    pub(super) fn known_evaluator(&self) -> Result<(), String> {
        match &self.evaluator {
            Evaluator::Script { language, .. } if ScriptKind::parse(language).is_none() => {
                Err(format!("No evaluator registered for type: {language}"))
            }
            _ => Ok(()),
        }
    }

    /// The first task that a case leads to.
    fn first(&self, case: &str) -> Option<NodeId> {
        let matching = self.cases.iter().find(|(name, _)| name == case);
        match matching {
            Some((_, first)) if self.is_decision => first.or(self.default),
            Some((_, first)) => *first,
            None => self.default,
        }
    }
}

fn decision(case: &str, first: Option<NodeId>) -> Map<String, Value> {
    let mut decision = Map::from_iter([("case".to_owned(), Value::from(case))]);
    if first.is_some() {
        decision.insert("hasChildren".to_owned(), "true".into());
    }
    decision
}
