//! The pure step function: events in, commands out. Conductor's semantics live here.
//!
//! A [`Family`] is a run with everything that it starts, each an [`Execution`]. It never looks at the clock, never sends,
//! never waits: the shell that drives it passes in the time, ids and secrets as a [`Moment`], does the [`Command`]s and
//! answers with [`Event`]s. The same events give the same family. Start with [`Family::start`], then [`Family::step`]; when
//! no command is under way and [`Family::next_wake_ms`] is `None`, nothing more can happen without somebody outside.
//!
//! Source: `DeciderService.java`, `WorkflowExecutorOps.java`, conductor-oss 3.32, and recordings of a real server.

mod advance;
mod again;
mod child;
mod do_while;
mod dynamic_fork;
mod end;
mod event;
mod family;
#[cfg(test)]
mod family_tests;
mod finish;
mod given;
mod group;
mod join;
mod library;
mod operators;
mod prepare;
mod print;
mod publish;
mod script;
mod signal;
mod start;
mod stored;
mod switch;
#[cfg(test)]
mod tests;
mod timer;
mod wait;

pub use event::{
    Call, Command, Evaluate, Event, Moment, Resend, RetryAdvice, ScriptKind, TaskAddress, TaskIndex, TaskResult,
    WorkflowIndex,
};
pub use family::Family;
pub use library::Library;
pub use prepare::{Refusal, prepare, request, warnings};
pub use start::{Refused, Start};

use crate::definition::Dialect;
use crate::plan::{Node, NodeId, Plan};
use crate::resolve::{Scope, SecretSlot, TaskState, hash_ordered};
use advance::Agenda;
use advance::Todo;
use child::Effect;
use do_while::Rounds;
use join::Awaited;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use timer::Timers;

/// One run of a plan: what happened so far, and what is still to come.
#[derive(Debug)]
pub struct Execution {
    plan: Arc<Plan>,
    library: Arc<Library>,
    /// Its place in the family.
    index: WorkflowIndex,
    scope: Scope,
    /// Beside the scope's task objects, of the same length.
    control: Vec<Control>,
    timers: Timers,
    /// Task objects that have not ended.
    open: usize,
    /// What is left to do in this step.
    agenda: Agenda,
    /// What is done when the workflow is resumed.
    held: Vec<Todo>,
    /// Task objects that wait for others, by the reference name of these.
    awaited: HashMap<Arc<str>, Vec<TaskIndex>>,
    /// Nodes that came up during the run; their ids follow those of the plan.
    extra: Vec<Arc<Node>>,
    /// What the family has to do.
    effects: Vec<Effect>,
    /// Whether the start itself is still under way: what a server does before it answers.
    starting: bool,
    /// Scripts that are being evaluated.
    evaluating: usize,
    /// A server has failed over this execution, and it never goes on.
    stuck: bool,
    refused: Option<Refused>,
    /// Results that failed although their task is permissive: they count at the end.
    forgiven: Vec<TaskIndex>,
    refusals: HashMap<TaskIndex, Refusal>,
    commands: Vec<Command>,
    /// Task objects that have ended since somebody asked.
    news: Vec<TaskAddress>,
    started_ms: i64,
    ended_ms: Option<i64>,
    failed_task: Option<TaskIndex>,
}

/// What the step function must remember of a task object, beyond what expressions can read.
#[derive(Debug)]
struct Control {
    node: NodeId,
    place: Place,
    /// Where secrets stand in the task's input.
    secrets: Arc<[SecretSlot]>,
    state: State,
    /// Dropped with its round of a loop.
    removed: bool,
}

/// Where a task object belongs: the loop whose round it is part of.
type Place = Option<TaskIndex>;

/// What an operator remembers.
#[derive(Debug)]
enum State {
    None,
    Join(Awaited),
    Loop(Box<Rounds>),
    Child(WorkflowIndex),
}

impl Execution {
    /// Takes in one event. One that comes too late, or is about nothing, changes nothing.
    fn take_in(&mut self, event: Event, moment: &mut Moment<'_>) {
        match event {
            Event::Polled { task } => self.polled(task.task, moment),
            Event::Resent { task } => self.resent(task.task, moment),
            Event::Answered { task, result } => self.answered(task.task, result, moment),
            Event::Evaluated { task, result } => self.evaluated(task.task, result, moment),
            Event::Tick => self.tick(moment),
            Event::Update { reference_name, result, .. } => self.updated(&reference_name, result, moment),
            Event::Pause { .. } => self.pause(),
            Event::Resume { .. } => self.resume(),
            Event::Retry { .. } => self.retry_workflow(moment),
            Event::Terminate { reason, .. } => self.terminate_from_outside(reason, moment),
        }
        self.drain(moment);
    }

    /// What the steps so far left to be done, and the task objects that have ended.
    fn take_out(&mut self) -> (Vec<Command>, Vec<TaskAddress>) {
        self.forget_stale_timers();
        (std::mem::take(&mut self.commands), std::mem::take(&mut self.news))
    }

    /// The plan it runs.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Everything that happened, as expressions read it.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The node that a task object belongs to.
    #[must_use]
    pub fn node_of(&self, task: TaskIndex) -> Option<&Arc<Node>> {
        self.control.get(task.0).map(|control| self.node_by_id(control.node))
    }

    /// The address of one of its task objects.
    #[must_use]
    pub fn address(&self, task: TaskIndex) -> TaskAddress {
        TaskAddress { workflow: self.index, task }
    }

    /// Why a task was refused before anything was sent.
    #[must_use]
    pub fn refusal(&self, task: TaskIndex) -> Option<&Refusal> {
        self.refusals.get(&task)
    }

    /// All refusals, in the order of their tasks.
    #[must_use]
    pub fn refusals(&self) -> Vec<(TaskIndex, &Refusal)> {
        let mut all: Vec<_> = self.refusals.iter().map(|(task, refusal)| (*task, refusal)).collect();
        all.sort_by_key(|(task, _)| *task);
        all
    }

    /// When something happens by itself next, milliseconds since 1970.
    #[must_use]
    pub fn next_wake_ms(&self) -> Option<i64> {
        if self.has_ended() {
            return None;
        }
        self.timers.next_ms()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.scope.workflow.status.is_terminal()
    }

    /// When it started, milliseconds since 1970.
    #[must_use]
    pub fn started_ms(&self) -> i64 {
        self.started_ms
    }

    /// When it ended, milliseconds since 1970.
    #[must_use]
    pub fn ended_ms(&self) -> Option<i64> {
        self.ended_ms
    }

    /// The task object that ended the workflow.
    #[must_use]
    pub fn failed_task(&self) -> Option<TaskIndex> {
        self.failed_task
    }

    /// The execution that a task object has started and waits for.
    #[must_use]
    pub fn child_of(&self, task: TaskIndex) -> Option<WorkflowIndex> {
        match self.control.get(task.0)?.state {
            State::Child(child) => Some(child),
            _ => None,
        }
    }

    /// Its task objects in the order they were made; those of rounds that a loop has dropped are left out.
    pub fn tasks(&self) -> impl Iterator<Item = (TaskIndex, &TaskState)> {
        let all = self.scope.tasks().iter().zip(&self.control).enumerate();
        all.filter(|(_, (_, control))| !control.removed).map(|(index, (state, _))| (TaskIndex(index), state))
    }

    /// Why a server refuses the start after all, which turned out when its first tasks were made.
    #[must_use]
    pub fn refused(&self) -> Option<&Refused> {
        self.refused.as_ref()
    }

    fn is_conductor(&self) -> bool {
        self.plan.dialect == Dialect::Conductor
    }

    fn set_state(&mut self, task: TaskIndex, state: State) {
        if let Some(control) = self.control.get_mut(task.0) {
            control.state = state;
        }
    }

    /// The output of a task object, to change it.
    fn output_of(&mut self, task: TaskIndex) -> &mut Map<String, Value> {
        let output = Arc::make_mut(&mut self.task_mut(task).output);
        if !output.is_object() {
            *output = Value::Object(Map::new());
        }
        output.as_object_mut().expect("it was made an object")
    }

    fn change_input(&mut self, task: TaskIndex, change: impl FnOnce(&mut Map<String, Value>)) {
        let server = self.is_conductor();
        if let Value::Object(input) = Arc::make_mut(&mut self.task_mut(task).input) {
            change(input);
            if server {
                *input = hash_ordered(std::mem::take(input));
            }
        }
    }

    /// An object that a server makes has the order of its maps.
    fn server_object(&self, map: Map<String, Value>) -> Value {
        Value::Object(if self.is_conductor() { hash_ordered(map) } else { map })
    }

    fn task(&self, task: TaskIndex) -> &TaskState {
        self.scope.task(task.0).expect("a task index belongs to the execution that gave it")
    }

    fn task_mut(&mut self, task: TaskIndex) -> &mut TaskState {
        self.scope.task_mut(task.0).expect("a task index belongs to the execution that gave it")
    }

    fn node(&self, task: TaskIndex) -> Arc<Node> {
        Arc::clone(self.node_by_id(self.node_id(task)))
    }

    fn node_by_id(&self, id: NodeId) -> &Arc<Node> {
        match id.0.checked_sub(self.plan.node_count()) {
            Some(extra) => self.extra.get(extra).expect("a node id belongs to the execution that gave it"),
            None => self.plan.shared(id),
        }
    }

    fn node_id(&self, task: TaskIndex) -> NodeId {
        self.control.get(task.0).expect("a task index belongs to the execution that gave it").node
    }
}
