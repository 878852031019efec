//! What an execution has done, as far as a picture shows it.

use super::State;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// The way that an execution took.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The workflow's name.
    name: String,
    /// The workflow's status.
    pub(super) status: String,
    tasks: HashMap<String, Visits>,
}

/// The text holds no execution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an execution has a `status` and a list of `tasks`, each with `referenceTaskName` and `status`")]
pub struct NoExecution;

/// All task objects of one reference name.
#[derive(Debug, Clone, Default)]
pub(super) struct Visits {
    /// The status of the last one.
    status: String,
    attempts: u64,
    rounds: u64,
    /// What a SWITCH or DECISION came to.
    cases: BTreeSet<String>,
    /// The reference names that a dynamic fork made.
    pub(super) forked: Vec<String>,
    /// How often a loop went round.
    pub(super) iterations: u64,
}

impl Taken {
    /// Reads an execution as Conductor's `GET /api/workflow/{id}` prints it, or as `execution` inside a report of a run.
    ///
    /// # Errors
    /// [`NoExecution`] when the value is something else.
    pub fn read(value: &Value) -> Result<Self, NoExecution> {
        let execution = value.get("execution").unwrap_or(value);
        let tasks = execution.get("tasks").and_then(Value::as_array).ok_or(NoExecution)?;
        let text = |key: &str| execution.get(key).and_then(Value::as_str);
        let status = text("status").ok_or(NoExecution)?.to_owned();
        let name = text("workflowName").or_else(|| text("workflowType")).unwrap_or_default().to_owned();
        let mut taken = Self { name, status, tasks: HashMap::new() };
        for task in tasks {
            let task = task.as_object().ok_or(NoExecution)?;
            let reference = task.get("referenceTaskName").and_then(Value::as_str).ok_or(NoExecution)?;
            taken.tasks.entry(plain_name(reference, task).to_owned()).or_default().add(task);
        }
        Ok(taken)
    }

    /// The name of the workflow that was executed; empty when the execution does not tell.
    #[must_use]
    pub fn workflow_name(&self) -> &str {
        &self.name
    }

    pub(super) fn of(&self, reference_name: &str) -> Option<&Visits> {
        self.tasks.get(reference_name)
    }

    /// What became of the workflow itself.
    pub(super) fn state(&self) -> State {
        match self.status.as_str() {
            "COMPLETED" => State::Good,
            "RUNNING" | "PAUSED" => State::Open,
            _ => State::Bad,
        }
    }
}

impl Visits {
    fn add(&mut self, task: &Map<String, Value>) {
        let number = |key: &str| task.get(key).and_then(Value::as_u64).unwrap_or(0);
        task.get("status").and_then(Value::as_str).unwrap_or_default().clone_into(&mut self.status);
        self.attempts = self.attempts.max(number("retryCount") + 1);
        self.rounds = self.rounds.max(number("iteration"));
        let output = task.get("outputData");
        let of_output = |key: &str| output.and_then(|output| output.get(key));
        let cases = of_output("evaluationResult").or_else(|| of_output("caseOutput"));
        self.cases.extend(texts(cases));
        self.cases.extend(of_output("selectedCase").and_then(Value::as_str).map(str::to_owned));
        self.forked.extend(texts(task.get("inputData").and_then(|input| input.get("forkedTasks"))));
        self.iterations = self.iterations.max(of_output("iteration").and_then(Value::as_u64).unwrap_or(0));
    }

    /// Whether it came to that case; `None` asks for the case of all others.
    pub(super) fn took(&self, case: Option<&str>, known: &[&str]) -> bool {
        match case {
            Some(case) => self.cases.contains(case),
            None => self.cases.iter().any(|case| !known.contains(&case.as_str())),
        }
    }

    pub(super) fn state(&self) -> State {
        match self.status.as_str() {
            "COMPLETED" => State::Good,
            "COMPLETED_WITH_ERRORS" | "SKIPPED" => State::Passed,
            "SCHEDULED" | "IN_PROGRESS" => State::Open,
            _ => State::Bad,
        }
    }

    /// `FAILED, 3 attempts`, `COMPLETED, 5 rounds`.
    pub(super) fn words(&self) -> String {
        let mut words = self.status.clone();
        for (count, what) in [(self.attempts, "attempts"), (self.rounds, "rounds")] {
            if count > 1 {
                let _ = write!(words, ", {count} {what}");
            }
        }
        words
    }
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = String> + '_ {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

/// The reference name without the `__<iteration>` that a loop adds.
fn plain_name<'t>(reference: &'t str, task: &Map<String, Value>) -> &'t str {
    let iteration = task.get("iteration").and_then(Value::as_u64).filter(|iteration| *iteration > 0);
    iteration.and_then(|iteration| reference.strip_suffix(&format!("__{iteration}"))).unwrap_or(reference)
}
