//! Drives a family of executions on virtual time: what is to be done is done in a given order, and everybody answers.

use legwork::catalogue::Catalogue;
use legwork::decide::{
    Command, Evaluate, Event, Execution, Family, Moment, ScriptKind, Start, TaskAddress, TaskIndex, TaskResult,
    WorkflowIndex,
};
use legwork::definition::{Dialect, Document};
use legwork::plan::{self, Options};
use legwork::report;
use legwork::resolve::{TaskState, TaskStatus, WorkflowStatus};
use legwork::secret::{Secret, SecretStore};
use legwork::source::SourceFile;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// More steps than any of the flows needs.
const TOO_MANY: usize = 5_000;

/// Chooses which of several things happens next.
#[derive(Debug, Clone)]
pub(super) struct Order {
    choices: Vec<u16>,
    next: usize,
}

impl Order {
    pub(super) fn new(choices: Vec<u16>) -> Self {
        Self { choices, next: 0 }
    }

    fn choose(&mut self, of: usize) -> usize {
        self.next += 1;
        usize::from(self.choices[self.next % self.choices.len()]) % of.max(1)
    }
}

/// A run that has come to its end, or stands still.
pub(super) struct Driver {
    pub(super) family: Family,
    order: Order,
    due: Vec<Event>,
    now_ms: i64,
    ids: u32,
    steps: usize,
}

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

impl Driver {
    /// Runs a definition; every task fails as often as its name says.
    pub(super) fn run(definition: &Value, order: Order) -> Self {
        let mut driver = Self::start(definition, order);
        while driver.advance() {}
        driver
    }

    /// The same, but at the given step a task fails for good, and somebody outside pauses or ends the workflow. Events about
    /// tasks that have ended keep coming in.
    pub(super) fn disturbed(definition: &Value, order: Order, when: usize) -> Self {
        let mut driver = Self::start(definition, order);
        while driver.advance() {
            if driver.steps == when {
                driver.disturb();
            }
        }
        driver
    }

    fn start(definition: &Value, order: Order) -> Self {
        let document = Arc::new(Document::parse(SourceFile::new("flow.json", definition.to_string())));
        let options = Options { dialect: Dialect::Conductor, ..Options::default() };
        let planned = plan::build(&document, &Catalogue::builtin(), options);
        let plan = planned.plan.unwrap_or_else(|| panic!("{:?}", planned.diagnostics));
        let mut ids = 0;
        let (family, commands) =
            at(0, &mut ids, |moment| Family::start(&Arc::default(), &plan, Start::default(), moment))
                .expect("the start is accepted");
        let mut driver = Self { family, order, due: Vec::new(), now_ms: 0, ids, steps: 0 };
        driver.obey(commands);
        driver
    }

    /// Lets one thing happen. Gives whether anything was left to happen.
    fn advance(&mut self) -> bool {
        self.steps += 1;
        assert!(self.steps < TOO_MANY, "it never ends:\n{}", self.trail());
        let event = if self.due.is_empty() { self.outside() } else { Some(self.chosen()) };
        let Some(event) = event else { return false };
        self.take(event);
        true
    }

    fn chosen(&mut self) -> Event {
        let index = self.order.choose(self.due.len());
        self.due.swap_remove(index)
    }

    /// Nothing is under way: time passes, or somebody does what the workflow waits for.
    fn outside(&mut self) -> Option<Event> {
        if let Some(wake) = self.family.next_wake_ms() {
            assert!(wake >= self.now_ms || self.steps > 0);
            self.now_ms = self.now_ms.max(wake);
            return Some(Event::Tick);
        }
        for (workflow, execution) in self.family.executions().filter(|(_, execution)| !execution.has_ended()) {
            if execution.scope().workflow.status == WorkflowStatus::Paused {
                return Some(Event::Resume { workflow });
            }
            let waits = |task: &&TaskState| &*task.task_type == "HUMAN" && !task.status.is_terminal();
            if let Some(task) = execution.scope().tasks().iter().find(waits) {
                let result = TaskResult::new(TaskStatus::Completed, json!({"by": "somebody"}));
                return Some(Event::Update { workflow, reference_name: task.reference_name.to_string(), result });
            }
        }
        None
    }

    fn take(&mut self, event: Event) {
        let family = &mut self.family;
        let commands = at(self.now_ms, &mut self.ids, |moment| family.step(event, moment));
        self.obey(commands);
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            let event = match command {
                Command::Evaluate(evaluate) => self.evaluated(&evaluate),
                Command::Call(call) => self.answered(call.task),
                Command::Offer { task, .. } => {
                    self.due.push(Event::Polled { task });
                    self.answered(task)
                }
            };
            self.due.push(event);
        }
    }

    fn answered(&self, address: TaskAddress) -> Event {
        let result = if self.task(address).is_some_and(fails) {
            TaskResult { reason: Some("not yet".to_owned()), ..TaskResult::new(TaskStatus::Failed, json!({})) }
        } else {
            TaskResult::new(TaskStatus::Completed, json!({"done": true}))
        };
        Event::Answered { task: address, result }
    }

    fn evaluated(&self, evaluate: &Evaluate) -> Event {
        let text = &*evaluate.text;
        let result = match (text.split_once("['iteration'] < "), evaluate.kind) {
            (Some((name, most)), _) => {
                let iteration = evaluate.input[name.trim_start_matches("$.")]["iteration"].as_u64();
                Ok(json!(iteration.expect("the round") < most.parse().expect("a number")))
            }
            (None, ScriptKind::Jq) if self.task(evaluate.task).is_some_and(fails) => Err("not yet".to_owned()),
            (None, ScriptKind::Jq) => Ok(json!([text])),
            (None, _) => Ok(text.trim_matches('\'').into()),
        };
        Event::Evaluated { task: evaluate.task, result }
    }

    /// One of four things goes wrong.
    fn disturb(&mut self) {
        let workflow = WorkflowIndex::ROOT;
        match self.order.choose(4) {
            0 => self.take(Event::Terminate { workflow, reason: Some("enough".to_owned()) }),
            1 => self.take(Event::Pause { workflow }),
            2 => {
                for event in &mut self.due {
                    if let Event::Answered { result, .. } = event {
                        *result = TaskResult::new(TaskStatus::FailedWithTerminalError, json!({}));
                    }
                }
            }
            _ => {
                let ended = self.family.root().scope().tasks().iter().position(|task| task.status.is_terminal());
                let Some(task) = ended.map(|task| TaskAddress { workflow, task: TaskIndex::from(task) }) else {
                    return;
                };
                self.take(Event::Polled { task });
                self.take(Event::Answered { task, result: TaskResult::new(TaskStatus::Failed, json!({})) });
            }
        }
    }

    fn task(&self, address: TaskAddress) -> Option<&TaskState> {
        self.family.execution(address.workflow)?.scope().tasks().get(address.task.get())
    }

    fn tasks(&self) -> impl Iterator<Item = &TaskState> {
        self.family.executions().flat_map(|(_, execution)| execution.scope().tasks())
    }

    /// How many task objects each reference name has got.
    pub(super) fn attempts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        self.tasks().for_each(|task| *counts.entry(task.reference_name.to_string()).or_default() += 1);
        counts
    }

    /// Tasks that have not ended.
    pub(super) fn open_tasks(&self) -> Vec<String> {
        self.tasks().filter(|task| !task.status.is_terminal()).map(line).collect()
    }

    /// What came of it, whatever the order in which task objects came up: statuses, outputs and variables.
    pub(super) fn result(&self) -> (Vec<String>, Vec<Value>) {
        let mut tasks: Vec<_> = self.family.executions().flat_map(|(_, execution)| lines(execution)).collect();
        tasks.sort();
        let workflow = |execution: &Execution| {
            let workflow = &execution.scope().workflow;
            json!([workflow.workflow_type, workflow.status.as_str(), workflow.variables])
        };
        let mut workflows: Vec<_> = self.family.executions().map(|(_, execution)| workflow(execution)).collect();
        workflows.sort_by_key(Value::to_string);
        (tasks, workflows)
    }

    /// Everything, to the letter.
    pub(super) fn report(&self) -> Vec<Value> {
        self.family.executions().map(|(_, execution)| report::execution(execution)).collect()
    }

    /// One line for each task object.
    pub(super) fn trail(&self) -> String {
        self.family.executions().fold(String::new(), |mut text, (index, execution)| {
            let _ = writeln!(text, "{} {}", index.get(), execution.scope().workflow.status.as_str());
            execution.scope().tasks().iter().fold(text, |text, task| text + "  " + &line(task) + "\n")
        })
    }
}

fn at<T>(now_ms: i64, ids: &mut u32, step: impl FnOnce(&mut Moment<'_>) -> T) -> T {
    let mut new_id = || {
        *ids += 1;
        format!("id-{ids}")
    };
    step(&mut Moment { now_ms, new_id: &mut new_id, chance: &mut || 0.5, secrets: &NoSecrets })
}

/// `t3_fails_2` fails at its first two attempts.
fn fails(task: &TaskState) -> bool {
    let times = task.reference_name.split_once("_fails_").map(|(_, times)| times.split("__").next().unwrap_or(times));
    times.is_some_and(|times| task.retry_count < times.parse().expect("a number"))
}

fn line(task: &TaskState) -> String {
    format!("{}#{} {} {}", task.reference_name, task.retry_count, task.task_type, task.status.as_str())
}

/// One line for each task object of an execution.
///
/// A server ends a workflow before it writes an optional task down as passed over, when that was the last one open. Which
/// one is the last depends on the order: at most one of them reads so, and it counts as passed over like the others.
fn lines(execution: &Execution) -> Vec<String> {
    let tasks = execution.scope().tasks();
    let is_completed = execution.scope().workflow.status == WorkflowStatus::Completed;
    let is_last_attempt = |index: usize, task: &TaskState| {
        tasks.iter().skip(index + 1).all(|later| later.reference_name != task.reference_name)
    };
    let mut last_open = 0;
    let lines = tasks.iter().enumerate().map(|(index, task)| {
        let mut text = line(task);
        if is_completed && task.status == TaskStatus::Failed && is_last_attempt(index, task) {
            last_open += 1;
            text = text.replace("FAILED", "COMPLETED_WITH_ERRORS");
        }
        format!("{text} {}", without_ids(&task.output))
    });
    let lines = lines.collect();
    assert!(last_open <= 1, "{last_open} optional tasks were the last one open");
    lines
}

/// Which number an id has depends on the order.
fn without_ids(value: &Value) -> String {
    let text = value.to_string();
    let mut parts = text.split("id-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "id" + part.trim_start_matches(|ch: char| ch.is_ascii_digit()))
}
