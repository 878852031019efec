//! The pure step function: events in, commands out. Conductor's semantics live here.
//!
//! An [`Execution`] never looks at the clock, never sends, never waits: the shell that drives it passes in the time, ids and
//! secrets as a [`Moment`], does the [`Command`]s and answers with [`Event`]s. The same events give the same execution.
//! Start with [`Execution::start`], then [`Execution::step`]; when no command is under way and [`Execution::next_wake_ms`]
//! is `None`, nothing more can happen without somebody outside.
//!
//! Source: `DeciderService.java`, `WorkflowExecutorOps.java`, conductor-oss 3.32, and recordings of a real server.

mod advance;
mod end;
mod event;
mod finish;
mod given;
mod operators;
mod prepare;
mod signal;
mod start;
#[cfg(test)]
mod tests;
mod timer;

pub use event::{Call, Command, Event, Moment, Resend, RetryAdvice, TaskIndex, TaskResult};
pub use prepare::{Refusal, prepare, request, warnings};
pub use start::{Refused, Start};

use crate::plan::{NodeId, Plan};
use crate::resolve::{Scope, SecretSlot, TaskState};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use timer::Timer;

/// One run of a plan: what happened so far, and what is still to come.
#[derive(Debug)]
pub struct Execution {
    plan: Arc<Plan>,
    scope: Scope,
    /// Beside the scope's task objects, of the same length.
    control: Vec<Control>,
    timers: BTreeMap<(i64, u64), Timer>,
    timer_count: u64,
    /// Task objects that have not ended.
    open: usize,
    /// Tasks that ended while the workflow was paused: the flow goes on from them when it is resumed.
    held: Vec<TaskIndex>,
    /// Results that failed although their task is permissive: they count at the end.
    forgiven: Vec<TaskIndex>,
    refusals: HashMap<TaskIndex, Refusal>,
    commands: Vec<Command>,
    started_ms: i64,
    ended_ms: Option<i64>,
    failed_task: Option<TaskIndex>,
}

/// What the step function must remember of a task object, beyond what expressions can read.
#[derive(Debug)]
struct Control {
    node: NodeId,
    /// Where secrets stand in the task's input.
    secrets: Vec<SecretSlot>,
}

impl Execution {
    /// Takes in one event and gives what is to be done now. An event that comes too late, or is about nothing, changes nothing.
    pub fn step(&mut self, event: Event, moment: &mut Moment<'_>) -> Vec<Command> {
        match event {
            Event::Answered { task, result } => self.answered(task, result, moment),
            Event::Tick => self.tick(moment),
            Event::Update { reference_name, result } => self.updated(&reference_name, result, moment),
            Event::Pause => self.pause(),
            Event::Resume => self.resume(moment),
            Event::Terminate { reason } => self.terminate_from_outside(reason, moment),
        }
        std::mem::take(&mut self.commands)
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
    pub fn node_of(&self, task: TaskIndex) -> Option<NodeId> {
        self.control.get(task.0).map(|control| control.node)
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

    /// When something happens by itself next, milliseconds since 1970: call [`step`](Self::step) with [`Event::Tick`] then.
    #[must_use]
    pub fn next_wake_ms(&self) -> Option<i64> {
        if self.has_ended() {
            return None;
        }
        self.timers.keys().next().map(|(due, _)| *due)
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

    fn task(&self, task: TaskIndex) -> &TaskState {
        self.scope.task(task.0).expect("a task index belongs to the execution that gave it")
    }

    fn task_mut(&mut self, task: TaskIndex) -> &mut TaskState {
        self.scope.task_mut(task.0).expect("a task index belongs to the execution that gave it")
    }

    fn node_id(&self, task: TaskIndex) -> NodeId {
        self.control.get(task.0).expect("a task index belongs to the execution that gave it").node
    }
}
