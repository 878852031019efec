//! What of a definition the tests have reached: its tasks, and the ways through its operators.
//!
//! Counted are the tasks of the definition itself, each case of a SWITCH and its default, each branch of a fork, the body of each
//! loop, the next attempt of each task that has one, the way on after the failure of an optional or permissive task, and the
//! failure that starts a failure workflow. A failure that merely ends the workflow exercises nothing of it, and does not count.

use super::UnderTest;
use crate::decide::{Execution, TaskIndex};
use crate::definition::{TaskType, WorkflowDef, WorkflowTask};
use crate::diagnostic::Diagnostic;
use crate::plan::{Kind, Plan};
use crate::resolve::{TaskState, TaskStatus, WorkflowStatus};
use crate::source::{Pointer, SourceFile, Span};
use serde_json::Value;
use std::collections::BTreeSet;

/// What the tests have reached.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The definition's file.
    pub file: SourceFile,
    /// Tasks and ways, in text order.
    pub items: Vec<Covered>,
}

/// One task or way, and whether a test has come there.
#[derive(Debug, Clone)]
pub struct Covered {
    /// The task's reference name; empty for the workflow itself.
    pub reference_name: String,
    /// The way, when it is not the task itself.
    pub branch: Option<Branch>,
    /// Where it stands in the definition.
    pub span: Span,
    /// Whether a test has come there.
    pub reached: bool,
}

/// A way through an operator, or after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branch {
    /// A case of a SWITCH or DECISION.
    Case(String),
    /// What it does when no case matches.
    Default,
    /// A branch of a fork, by its first task.
    Fork(String),
    /// The body of a loop, by its first task.
    Body(String),
    /// Another attempt.
    Retry,
    /// The flow goes on after a failure, or a failure workflow starts.
    Failure,
}

impl Coverage {
    /// Everything there is to reach in the definition, nothing reached yet.
    pub(super) fn of(under_test: &UnderTest) -> Result<Self, Vec<Diagnostic>> {
        let plan = under_test.plans(&super::Mocks::default())?.plan;
        let document = &under_test.document;
        let mut collect = Collect { plan: &plan, items: Vec::new() };
        if let Some(def) = document.workflow() {
            collect.tasks(&def.tasks, &Pointer::root().key("tasks"));
            collect.failure_workflow(def);
        }
        let place = |(mut item, pointer): (Covered, Pointer)| {
            let located = document.spans.locate(&pointer);
            item.span = located.key.filter(|_| item.branch.is_some()).unwrap_or(located.value);
            item
        };
        Ok(Self { file: document.file.clone(), items: collect.items.into_iter().map(place).collect() })
    }

    /// Adds what an execution has reached.
    pub(super) fn add(&mut self, execution: &Execution) {
        let visited = Visited::of(execution);
        for item in self.items.iter_mut().filter(|item| !item.reached) {
            item.reached = visited.has(&item.reference_name, item.branch.as_ref());
        }
    }

    /// How many tasks were reached, of how many.
    #[must_use]
    pub fn tasks(&self) -> (usize, usize) {
        count(self.items.iter().filter(|item| item.branch.is_none()))
    }

    /// How many ways were taken, of how many.
    #[must_use]
    pub fn branches(&self) -> (usize, usize) {
        count(self.items.iter().filter(|item| item.branch.is_some()))
    }

    /// Tasks and ways together, in percent, rounded down to a tenth; 100 when there is nothing to reach.
    #[must_use]
    pub fn percent(&self) -> f64 {
        let (reached, all) = count(self.items.iter());
        let tenths = (reached * 1000).checked_div(all).unwrap_or(1000);
        f64::from(u32::try_from(tenths).unwrap_or(0)) / 10.0
    }

    /// What no test has reached.
    pub fn missing(&self) -> impl Iterator<Item = &Covered> {
        self.items.iter().filter(|item| !item.reached)
    }
}

fn count<'i>(items: impl Iterator<Item = &'i Covered>) -> (usize, usize) {
    items.fold((0, 0), |(reached, all), item| (reached + usize::from(item.reached), all + 1))
}

struct Collect<'c> {
    plan: &'c Plan,
    items: Vec<(Covered, Pointer)>,
}

impl Collect<'_> {
    fn tasks(&mut self, tasks: &[WorkflowTask], base: &Pointer) {
        for (index, task) in tasks.iter().enumerate() {
            self.task(task, &base.index(index));
        }
    }

    fn task(&mut self, task: &WorkflowTask, at: &Pointer) {
        let name = &task.task_reference_name;
        self.put(name, None, at.key("taskReferenceName"));
        if matches!(task.task_type, TaskType::Switch | TaskType::Decision) {
            for (case, tasks) in &task.decision_cases {
                let at = at.key("decisionCases").key(case);
                self.put(name, Some(Branch::Case(case.clone())), at.clone());
                self.tasks(tasks, &at);
            }
            let at = at.key("defaultCase");
            self.put(name, Some(Branch::Default), at.clone());
            self.tasks(&task.default_case, &at);
        }
        for (index, branch) in task.fork_tasks.iter().enumerate() {
            let at = at.key("forkTasks").index(index);
            if let Some(first) = branch.first() {
                self.put(name, Some(Branch::Fork(first.task_reference_name.clone())), at.clone());
            }
            self.tasks(branch, &at);
        }
        if let Some(first) = task.loop_over.first() {
            self.put(name, Some(Branch::Body(first.task_reference_name.clone())), at.key("loopOver"));
            self.tasks(&task.loop_over, &at.key("loopOver"));
        }
        self.after_failure(task, at);
    }

    fn after_failure(&mut self, task: &WorkflowTask, at: &Pointer) {
        let node = self.plan.find(&task.task_reference_name).map(|id| self.plan.node(id));
        let leaves = node.is_some_and(|node| matches!(node.kind, Kind::Http | Kind::ByReference | Kind::Worker { .. }));
        if leaves && node.is_some_and(|node| node.retry.count > 0) {
            self.put(&task.task_reference_name, Some(Branch::Retry), at.key("retryCount"));
        }
        if task.optional || task.permissive {
            let key = if task.optional { "optional" } else { "permissive" };
            self.put(&task.task_reference_name, Some(Branch::Failure), at.key(key));
        }
    }

    fn failure_workflow(&mut self, def: &WorkflowDef) {
        if def.failure_workflow.is_some() {
            self.put("", Some(Branch::Failure), Pointer::root().key("failureWorkflow"));
        }
    }

    fn put(&mut self, name: &str, branch: Option<Branch>, at: Pointer) {
        let covered = Covered { reference_name: name.to_owned(), branch, span: Span::default(), reached: false };
        self.items.push((covered, at));
    }
}

/// What one execution has visited, by the plain names of its tasks.
#[derive(Default)]
struct Visited<'e> {
    tasks: BTreeSet<&'e str>,
    cases: BTreeSet<(&'e str, &'e str)>,
    retried: BTreeSet<&'e str>,
    failed: BTreeSet<&'e str>,
    known_cases: BTreeSet<(&'e str, &'e str)>,
    has_failed: bool,
}

impl<'e> Visited<'e> {
    fn of(execution: &'e Execution) -> Self {
        let mut visited = Self::default();
        let status = execution.scope().workflow.status;
        visited.has_failed =
            matches!(status, WorkflowStatus::Failed | WorkflowStatus::TimedOut | WorkflowStatus::Terminated);
        for (index, state) in execution.scope().tasks().iter().enumerate() {
            let node = execution.node_of(TaskIndex::from(index));
            let name = node.map_or(&*state.reference_name, |node| &*node.reference_name);
            visited.task(name, state);
        }
        if let Some(def) = execution.plan().definition() {
            let cases = def.all_tasks().into_iter().flat_map(|task| {
                task.decision_cases.iter().map(|(case, _)| (task.task_reference_name.as_str(), case.as_str()))
            });
            visited.known_cases = cases.collect();
        }
        visited
    }

    fn task(&mut self, name: &'e str, state: &'e TaskState) {
        self.tasks.insert(name);
        if state.retry_count > 0 {
            self.retried.insert(name);
        }
        if !matches!(state.status, TaskStatus::Completed | TaskStatus::Scheduled | TaskStatus::InProgress) {
            self.failed.insert(name);
        }
        let list = state.output.get("evaluationResult").or_else(|| state.output.get("caseOutput"));
        let cases = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        self.cases.extend(cases.map(|case| (name, case)));
    }

    fn has(&self, name: &str, branch: Option<&Branch>) -> bool {
        match branch {
            None => self.tasks.contains(name),
            Some(Branch::Case(case)) => self.cases.contains(&(name, case.as_str())),
            Some(Branch::Default) => {
                let mut taken = self.cases.iter().filter(|(of, _)| *of == name);
                taken.any(|case| !self.known_cases.contains(case))
            }
            Some(Branch::Fork(first) | Branch::Body(first)) => self.tasks.contains(first.as_str()),
            Some(Branch::Retry) => self.retried.contains(name),
            Some(Branch::Failure) if name.is_empty() => self.has_failed,
            Some(Branch::Failure) => self.failed.contains(name),
        }
    }
}
