//! One test from start to end: a family of executions, the mocks as its outside, and time that passes when nothing else can.

use super::plans::World;
use super::{Mock, Mocks, Test};
use crate::decide::{
    Command, Evaluate, Event, Execution, Family, Moment, Refused, TaskAddress, TaskResult, WorkflowIndex,
};
use crate::plan::Node;
use crate::resolve::{TaskState, TaskStatus};
use crate::secret::{Secret, SecretStore};
use crate::task::script;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// When every test starts, milliseconds since 1970: 2026-01-01, so that a test gives the same on every day.
const START_MS: i64 = 1_767_225_600_000;

/// After so many steps a test is taken for one that never ends.
pub(super) const MOST_STEPS: usize = if cfg!(test) { 10_000 } else { 200_000 };

/// After so many steps others get their turn: Ctrl-C, above all.
const TURN: usize = 1024;

/// A task that waited for somebody outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Its reference name.
    pub reference_name: String,
    /// Its type.
    pub task_type: String,
    /// How many mocks of that name had been used before.
    pub used: usize,
}

/// What one test did.
pub(super) struct Driven {
    pub(super) family: Result<Box<Family>, Refused>,
    pub(super) unanswered: Vec<Unanswered>,
    pub(super) unused: Vec<String>,
    pub(super) elapsed_ms: i64,
    /// Whether it was stopped because it did not come to an end.
    pub(super) is_endless: bool,
}

/// Runs a test until it ends, or nothing can go on without somebody outside.
pub(super) async fn run(world: &World, test: &Test) -> Driven {
    let mut machine = Machine { now_ms: START_MS, count: 0 };
    let started = machine.step(|moment| Family::start(&world.library, &world.plan, test.start.clone(), moment));
    match started {
        Err(refused) => Driven {
            family: Err(refused),
            unanswered: Vec::new(),
            unused: Vec::new(),
            elapsed_ms: 0,
            is_endless: false,
        },
        Ok((family, commands)) => {
            let mut drive = Drive::new(machine, family, &test.mocks);
            drive.go_on(commands).await;
            drive.driven(&test.mocks)
        }
    }
}

/// The machine of a test: its clock stands still, ids count up, and nothing happens by chance.
struct Machine {
    now_ms: i64,
    count: u64,
}

impl Machine {
    fn step<T>(&mut self, step: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let count = &mut self.count;
        let mut new_id = || {
            *count += 1;
            format!("00000000-0000-4000-8000-{count:012x}")
        };
        step(&mut Moment { now_ms: self.now_ms, new_id: &mut new_id, chance: &mut || 0.0, secrets: &StandIn })
    }
}

/// A stand-in for every secret: no real one is ever read.
struct StandIn;

impl SecretStore for StandIn {
    fn secret(&self, name: &str) -> Option<Secret> {
        Some(Secret::new(format!("stand-in for the secret {name}")))
    }
}

/// Something that a mock makes happen.
enum Due {
    Poll(TaskAddress),
    Answer(TaskAddress, TaskResult),
}

struct Drive<'t> {
    machine: Machine,
    family: Family,
    /// What mocks make happen, by time and order.
    due: BTreeMap<(i64, u64), Due>,
    order: u64,
    /// The mocks of each execution; none for one that has none.
    mocks: BTreeMap<WorkflowIndex, &'t Mocks>,
    /// How many mocks of a list were used, by the place of the list.
    used: HashMap<usize, usize>,
    /// Tasks that were handed out, and got no mock.
    stuck: BTreeMap<TaskAddress, usize>,
    /// Tasks that stay in progress by their mock, and get the next one.
    again: BTreeSet<TaskAddress>,
    /// How many task objects of each execution were looked at.
    seen: BTreeMap<WorkflowIndex, usize>,
    known: usize,
    steps: usize,
}

impl<'t> Drive<'t> {
    fn new(machine: Machine, family: Family, mocks: &'t Mocks) -> Self {
        Self {
            machine,
            family,
            due: BTreeMap::new(),
            order: 0,
            mocks: BTreeMap::from([(WorkflowIndex::ROOT, mocks)]),
            used: HashMap::new(),
            stuck: BTreeMap::new(),
            again: BTreeSet::new(),
            seen: BTreeMap::new(),
            known: 1,
            steps: 0,
        }
    }

    async fn go_on(&mut self, commands: Vec<Command>) {
        self.obey(commands).await;
        while let Some(event) = self.next() {
            let about = match &event {
                Event::Answered { task, .. } => Some(*task),
                _ => None,
            };
            let commands = self.step(event);
            self.obey(commands).await;
            if let Some(task) = about.filter(|task| self.again.remove(task)) {
                self.answer(task, false);
            }
        }
    }

    fn step(&mut self, event: Event) -> Vec<Command> {
        self.steps += 1;
        let Self { machine, family, .. } = self;
        machine.step(|moment| family.step(event, moment))
    }

    /// The next thing that happens; the clock is set to its time. `None` when only somebody outside could go on.
    fn next(&mut self) -> Option<Event> {
        if self.is_endless() {
            return None;
        }
        let mock = self.due.first_key_value().map(|((due, _), _)| *due);
        let wake = self.family.next_wake_ms().filter(|_| mock.is_some() || self.is_moving());
        let now = self.machine.now_ms;
        match (mock, wake) {
            (Some(due), wake) if wake.is_none_or(|wake| due <= wake) => {
                self.machine.now_ms = now.max(due);
                let (_, due) = self.due.pop_first()?;
                Some(match due {
                    Due::Poll(task) => Event::Polled { task },
                    Due::Answer(task, result) => Event::Answered { task, result },
                })
            }
            (_, Some(wake)) => {
                self.machine.now_ms = now.max(wake);
                Some(Event::Tick)
            }
            _ => None,
        }
    }

    /// Whether a task goes on by itself when time passes: it waits for its next attempt or for a time. Else what is due next is only
    /// the time-out of a task that nobody answers.
    fn is_moving(&self) -> bool {
        self.family.executions().any(|(_, execution)| {
            let tasks = execution.scope().tasks().iter().enumerate();
            let open = tasks.filter(|(_, state)| !state.status.is_terminal());
            let mut waiting = open.filter(|(index, state)| {
                let is_timed = state.status == TaskStatus::Scheduled || &*state.task_type == "WAIT";
                is_timed && !self.stuck.contains_key(&execution.address((*index).into()))
            });
            waiting.next().is_some() || (self.stuck.is_empty() && !execution.has_ended())
        })
    }

    async fn obey(&mut self, commands: Vec<Command>) {
        let mut waiting: std::collections::VecDeque<Command> = commands.into();
        self.adopt();
        while let Some(command) = waiting.pop_front().filter(|_| !self.is_endless()) {
            if self.steps.is_multiple_of(TURN) {
                tokio::task::yield_now().await;
            }
            match command {
                Command::Call(call) => self.answer(call.task, false),
                Command::Offer { task, .. } => self.answer(task, true),
                Command::Evaluate(evaluate) => {
                    if self.is_mocked_script(&evaluate) {
                        self.answer(evaluate.task, false);
                        continue;
                    }
                    let Evaluate { task, kind, text, input } = evaluate;
                    let execution = self.family.execution(task.workflow);
                    let dialect = execution.map(|execution| execution.plan().dialect).unwrap_or_default();
                    let result = script::evaluate(kind, text, input, dialect).await.map_err(|err| err.to_string());
                    waiting.extend(self.step(Event::Evaluated { task, result }));
                    self.adopt();
                }
            }
        }
        self.answer_the_patient();
    }

    fn is_endless(&self) -> bool {
        self.steps >= MOST_STEPS
    }

    /// Gives executions that came up the mocks of the task that started them.
    fn adopt(&mut self) {
        let children: Vec<_> = self.family.executions().skip(self.known).map(|(index, _)| index).collect();
        self.known += children.len();
        for child in children {
            if let Some(mocks) = self.mocks_of_child(child) {
                self.mocks.insert(child, mocks);
            }
        }
    }

    fn mocks_of_child(&self, child: WorkflowIndex) -> Option<&'t Mocks> {
        let (parent, execution, index) = self.starter(child)?;
        let tasks = execution.scope().tasks();
        let node = execution.node_of(index.into())?;
        let mocks = self.mocks.get(&parent)?;
        let exact = tasks.get(index).and_then(|state| mocks.children.get(&*state.reference_name));
        exact.or_else(|| mocks.children.get(&*node.reference_name))
    }

    /// The task object that started an execution: its sub-workflow's, or one that has its id as output (`START_WORKFLOW`).
    fn starter(&self, child: WorkflowIndex) -> Option<(WorkflowIndex, &Execution, usize)> {
        let workflow = &self.family.execution(child)?.scope().workflow;
        let started = |state: &TaskState| match &workflow.parent_workflow_task_id {
            Some(task_id) => state.task_id == *task_id,
            None => state.output.get("workflowId").and_then(Value::as_str) == Some(&workflow.workflow_id),
        };
        self.family.executions().find_map(|(parent, execution)| {
            let is_parent =
                workflow.parent_workflow_id.as_ref().is_none_or(|id| execution.scope().workflow.workflow_id == *id);
            let index = is_parent.then(|| execution.scope().tasks().iter().rposition(started))??;
            Some((parent, execution, index))
        })
    }

    /// INLINE and its like may have a mock; the condition of an operator is always evaluated.
    fn is_mocked_script(&self, evaluate: &Evaluate) -> bool {
        let found = self.find(evaluate.task);
        found.is_some_and(|(node, state)| {
            matches!(&*state.task_type, "INLINE" | "LAMBDA" | "JSON_JQ_TRANSFORM")
                && self.list(evaluate.task.workflow, node, state).is_some()
        })
    }

    /// Answers tasks that wait by themselves, without a command: HUMAN and WAIT of a definition in place.
    fn answer_the_patient(&mut self) {
        let mut patient = Vec::new();
        for (workflow, execution) in self.family.executions().filter(|(index, _)| self.mocks.contains_key(index)) {
            let tasks = execution.scope().tasks();
            let seen = self.seen.insert(workflow, tasks.len()).unwrap_or(0);
            for (index, state) in tasks.iter().enumerate().skip(seen) {
                let waits = state.status == TaskStatus::InProgress && matches!(&*state.task_type, "HUMAN" | "WAIT");
                let node = execution.node_of(index.into()).filter(|_| waits);
                if node.is_some_and(|node| self.list(workflow, node, state).is_some()) {
                    patient.push(execution.address(index.into()));
                }
            }
        }
        for task in patient {
            self.answer(task, false);
        }
    }

    /// Lets the next mock of a task happen.
    fn answer(&mut self, task: TaskAddress, poll: bool) {
        let Some((mock, used)) = self.next_mock(task) else { return };
        let Some(mock) = mock else {
            self.stuck.insert(task, used);
            return;
        };
        let start = self.machine.now_ms.saturating_add(mock.queue_wait_ms);
        if poll {
            self.later(start, Due::Poll(task));
        }
        let result = TaskResult {
            reason: mock.reason.clone(),
            ..TaskResult::new(mock.status, Value::Object(mock.output.clone()))
        };
        self.later(start.saturating_add(mock.execution_ms), Due::Answer(task, result));
        if !mock.status.is_terminal() {
            self.again.insert(task);
        }
    }

    fn later(&mut self, due_ms: i64, due: Due) {
        self.order += 1;
        self.due.insert((due_ms, self.order), due);
    }

    /// The next mock of a task, if there is one, and how many of its list were used before.
    fn next_mock(&mut self, task: TaskAddress) -> Option<(Option<&'t Mock>, usize)> {
        let (node, state) = self.find(task)?;
        let Some(list) = self.list(task.workflow, node, state) else { return Some((None, 0)) };
        let used = self.used.entry(list.as_ptr().addr()).or_default();
        let mock = list.get(*used);
        let before = *used;
        *used += usize::from(mock.is_some());
        Some((mock, before))
    }

    /// The mocks of a task: of its round, else of its name.
    fn list(&self, workflow: WorkflowIndex, node: &Node, state: &TaskState) -> Option<&'t [Mock]> {
        let mocks = self.mocks.get(&workflow)?;
        let list = mocks.tasks.get(&*state.reference_name).or_else(|| mocks.tasks.get(&*node.reference_name))?;
        (!list.is_empty()).then_some(list.as_slice())
    }

    fn find(&self, task: TaskAddress) -> Option<(&Node, &TaskState)> {
        let execution = self.family.execution(task.workflow)?;
        Some((execution.node_of(task.task)?, execution.scope().task(task.task.get())?))
    }

    fn driven(self, mocks: &Mocks) -> Driven {
        let open = |task: &TaskAddress| self.find(*task).filter(|(_, state)| !state.status.is_terminal());
        let unanswered = self.stuck.iter().filter_map(|(task, used)| {
            let (_, state) = open(task)?;
            let (reference_name, task_type) = (state.reference_name.to_string(), state.task_type.to_string());
            Some(Unanswered { reference_name, task_type, used: *used })
        });
        let mut unanswered: Vec<_> = unanswered.collect();
        unanswered.extend(self.patient());
        let mut unused = Vec::new();
        collect_unused(mocks, "", &self.used, &mut unused);
        let elapsed_ms = self.machine.now_ms - START_MS;
        let is_endless = self.is_endless();
        Driven { family: Ok(Box::new(self.family)), unanswered, unused, elapsed_ms, is_endless }
    }
}

impl Drive<'_> {
    /// Tasks that wait for somebody by themselves, and got no mock.
    fn patient(&self) -> impl Iterator<Item = Unanswered> {
        let tasks = self.family.executions().flat_map(|(_, execution)| {
            let tasks = execution.scope().tasks().iter().enumerate();
            tasks.map(|(index, state)| (execution.address(index.into()), state))
        });
        let open = tasks.filter(|(task, state)| {
            let waits = matches!(&*state.task_type, "HUMAN" | "WAIT") && state.status == TaskStatus::InProgress;
            waits && !self.stuck.contains_key(task)
        });
        open.map(|(_, state)| Unanswered {
            reference_name: state.reference_name.to_string(),
            task_type: state.task_type.to_string(),
            used: 0,
        })
    }
}

fn collect_unused(mocks: &Mocks, inside: &str, used: &HashMap<usize, usize>, into: &mut Vec<String>) {
    for (reference, list) in &mocks.tasks {
        let count = used.get(&list.as_ptr().addr()).copied().unwrap_or(0);
        if count < list.len() {
            into.push(match (count, list.len()) {
                (0, _) => format!("{inside}{reference}"),
                (count, all) => format!("{inside}{reference} ({count} of {all} used)"),
            });
        }
    }
    for (reference, child) in &mocks.children {
        collect_unused(child, &format!("{inside}{reference}."), used, into);
    }
}
