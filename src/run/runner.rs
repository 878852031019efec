//! One run from start to end.

use super::observe::{Observer, Progress, Silent};
use super::signal::Signals;
use crate::decide::{Command, Event, Execution, Moment, Refused, Start, TaskIndex};
use crate::host;
use crate::http::{Kind, Transport};
use crate::plan::{NodeId, Plan};
use crate::resolve::{Resolved, WorkflowStatus};
use crate::secret::{Redactor, SecretStore};
use crate::task::{Attempt, BoxFuture, CallRecord, Outcome, Registry, Services, SystemTask, WorkerAnswers};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable, abortable};
use futures_util::stream::FuturesUnordered;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Runs plans. Make one and share it: it holds the transport's pool, and no state of any run.
#[derive(Clone)]
pub struct Runner {
    pub(super) services: Services,
    registry: Registry,
    observer: Arc<dyn Observer>,
    answers: WorkerAnswers,
    signals: Signals,
}

/// A run that has ended, or that nothing can go on in.
#[derive(Debug)]
pub struct Run {
    /// What happened.
    pub execution: Execution,
    /// The calls that were made, in the order they ended.
    pub calls: Vec<(TaskIndex, CallRecord)>,
}

/// How a run ended, as far as it matters to whoever started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The workflow COMPLETED.
    Completed,
    /// It ended otherwise.
    Failed,
    /// It ended because a task was refused, and nothing was sent at all.
    Refused,
    /// It ended because a call got no answer.
    NoAnswer,
    /// It has not ended: somebody outside must do something.
    Waiting,
}

impl Run {
    /// How it ended.
    #[must_use]
    pub fn ending(&self) -> Ending {
        let status = self.execution.scope().workflow.status;
        if !status.is_terminal() {
            return Ending::Waiting;
        }
        if status == WorkflowStatus::Completed {
            return Ending::Completed;
        }
        let sent = self.calls.iter().any(|(_, call)| call.sent);
        let refused =
            !self.execution.refusals().is_empty() || self.calls.iter().any(|(_, call)| call.refused.is_some());
        let unknown = self.calls.iter().any(|(_, call)| matches!(call.kind, Some(Kind::NoEntry)));
        if (refused || unknown) && !sent {
            return Ending::Refused;
        }
        let failing = self.execution.failed_task();
        let last = self.calls.iter().rev().find(|(task, _)| Some(*task) == failing);
        match last {
            Some((_, call)) if !call.answered && call.refused.is_none() => Ending::NoAnswer,
            _ => Ending::Failed,
        }
    }

    /// The call that a task object made.
    #[must_use]
    pub fn call(&self, task: TaskIndex) -> Option<&CallRecord> {
        self.calls.iter().rev().find(|(of, _)| *of == task).map(|(_, call)| call)
    }
}

impl Runner {
    /// A runner that sends by `transport` and takes secrets from `secrets`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, secrets: Arc<dyn SecretStore>, redactor: Redactor) -> Self {
        Self {
            services: Services { transport, secrets, redactor },
            registry: Registry::default(),
            observer: Arc::new(Silent),
            answers: WorkerAnswers::default(),
            signals: Signals::default(),
        }
    }

    /// With a listener.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// With tasks of your own.
    #[must_use]
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = registry;
        self
    }

    /// With answers for SIMPLE tasks whose worker is not there.
    #[must_use]
    pub fn worker_answers(mut self, answers: WorkerAnswers) -> Self {
        self.answers = answers;
        self
    }

    /// With signals from outside.
    #[must_use]
    pub fn signals(mut self, signals: Signals) -> Self {
        self.signals = signals;
        self
    }

    /// What tasks of this runner use.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    pub(super) fn http_task(&self) -> &dyn crate::task::SystemTask {
        &**self.registry.http()
    }

    /// Runs a plan until it ends, or nothing can go on without somebody outside.
    ///
    /// # Errors
    /// [`Refused`] when the start is refused; a task that fails is no error but a run that ended so.
    ///
    /// # Cancel safety
    /// Dropping the future drops what is under way; a request that was sent may have been carried out.
    pub async fn run(&self, plan: &Arc<Plan>, start: Start) -> Result<Run, Refused> {
        let (execution, commands) = self.at_now(|moment| Execution::start(plan, start, moment))?;
        let mut drive = Drive::new(self, plan, execution);
        drive.obey(commands);
        drive.drive_on().await;
        self.observer.progress(&Progress::Stopped { workflow: &drive.execution.scope().workflow });
        Ok(Run { execution: drive.execution, calls: drive.records })
    }

    /// Calls a step with the time, ids, chance and secrets of this machine.
    pub(super) fn at_now<T>(&self, step: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let mut moment = Moment {
            now_ms: host::now_ms(),
            new_id: &mut host::new_id,
            chance: &mut host::chance,
            secrets: &*self.services.secrets,
        };
        step(&mut moment)
    }
}

/// What goes along with a task to whoever carries it out.
struct Handed {
    node: NodeId,
    task_id: String,
    request: Resolved,
}

/// The state of one run.
struct Drive<'r> {
    runner: &'r Runner,
    plan: &'r Arc<Plan>,
    execution: Execution,
    calls: FuturesUnordered<Abortable<BoxFuture<'r, (TaskIndex, Outcome)>>>,
    in_flight: HashMap<TaskIndex, AbortHandle>,
    events: VecDeque<Event>,
    records: Vec<(TaskIndex, CallRecord)>,
    polls: HashMap<Arc<str>, usize>,
    next_signal: usize,
    told: usize,
}

impl<'r> Drive<'r> {
    fn new(runner: &'r Runner, plan: &'r Arc<Plan>, execution: Execution) -> Self {
        Self {
            runner,
            plan,
            execution,
            calls: FuturesUnordered::new(),
            in_flight: HashMap::new(),
            events: VecDeque::new(),
            records: Vec::new(),
            polls: HashMap::new(),
            next_signal: 0,
            told: 0,
        }
    }

    async fn drive_on(&mut self) {
        loop {
            self.tell_new();
            let next = match self.events.pop_front().or_else(|| self.signal()) {
                Some(event) => Some(event),
                None => self.wait().await,
            };
            let Some(event) = next else { break };
            let about = task_of(&event);
            let commands = self.runner.at_now(|moment| self.execution.step(event, moment));
            self.tell_ended(about);
            self.abandon();
            if self.execution.has_ended() {
                self.tell_new();
                break;
            }
            self.obey(commands);
        }
    }

    /// The next thing that happens: a call ends, or a time comes. `None` when nothing can go on.
    async fn wait(&mut self) -> Option<Event> {
        let wake = self.execution.next_wake_ms();
        match (self.calls.is_empty(), wake) {
            (true, None) => None,
            (false, None) => self.next_call().await,
            (_, Some(due)) => {
                let delay = u64::try_from(due - host::now_ms()).unwrap_or(0);
                if self.calls.is_empty() && delay > 0 {
                    self.runner.observer.progress(&Progress::Waiting { until_ms: due });
                }
                let sleep = tokio::time::sleep(Duration::from_millis(delay));
                tokio::select! {
                    Some(event) = self.next_call() => Some(event),
                    () = sleep => Some(Event::Tick),
                }
            }
        }
    }

    /// The end of a call; a task that stays as it is for ever gives none.
    async fn next_call(&mut self) -> Option<Event> {
        loop {
            // A call that was abandoned gives nothing.
            let Ok((task, outcome)) = self.calls.next().await? else { continue };
            self.in_flight.remove(&task);
            self.records.extend(outcome.call.map(|call| (task, call)));
            if let Some(result) = outcome.result {
                return Some(Event::Answered { task, result });
            }
        }
    }

    fn signal(&mut self) -> Option<Event> {
        let event = self.runner.signals.0.get(self.next_signal)?.event(self.execution.scope())?;
        self.next_signal += 1;
        Some(event)
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Call(call) => {
                    self.tell_started(call.task);
                    self.call(call.task, call.node, call.request);
                }
                Command::Offer { task, queue } => self.offer(task, &queue),
            }
        }
    }

    fn call(&mut self, task: TaskIndex, node: NodeId, request: Resolved) {
        let Some(state) = self.execution.scope().task(task.get()) else { return };
        let task_id = state.task_id.clone();
        self.carry_out(self.runner.registry.http(), task, Handed { node, task_id, request });
    }

    fn carry_out(&mut self, with: &'r Arc<dyn SystemTask>, task: TaskIndex, handed: Handed) {
        let (runner, plan) = (self.runner, self.plan);
        let future: BoxFuture<'r, _> = Box::pin(async move {
            let Handed { node, task_id, request } = handed;
            let attempt =
                Attempt { plan, node: plan.node(node), task_id: &task_id, request, services: &runner.services };
            (task, with.execute(attempt).await)
        });
        let (future, handle) = abortable(future);
        self.in_flight.insert(task, handle);
        self.calls.push(future);
    }

    /// Drops the calls whose task has ended without them: its time was over, or the workflow ended. What became of them is unknown.
    fn abandon(&mut self) {
        let execution = &self.execution;
        let records = &mut self.records;
        self.in_flight.retain(|task, handle| {
            let ended = execution.scope().task(task.get()).is_none_or(|state| state.status.is_terminal());
            if ended {
                handle.abort();
                records.push((*task, CallRecord { sent: true, ..CallRecord::default() }));
            }
            !ended
        });
    }

    /// Asks who is there for the queue: a registered task, else the answers given beforehand, else nobody.
    fn offer(&mut self, task: TaskIndex, queue: &Arc<str>) {
        if let Some(worker) = self.runner.registry.worker(queue) {
            self.runner.at_now(|moment| self.execution.polled(task, moment));
            self.tell_started(task);
            self.work(task, worker);
            return;
        }
        let poll = self.polls.entry(queue.clone()).or_default();
        if let Some(result) = self.runner.answers.answer(queue, *poll) {
            *poll += 1;
            self.runner.at_now(|moment| self.execution.polled(task, moment));
            self.tell_started(task);
            self.events.push_back(Event::Answered { task, result });
        }
    }

    fn work(&mut self, task: TaskIndex, worker: &'r Arc<dyn SystemTask>) {
        let (Some(state), Some(node)) = (self.execution.scope().task(task.get()), self.execution.node_of(task)) else {
            return;
        };
        let (task_id, request) = (state.task_id.clone(), self.execution.input_of(task));
        self.carry_out(worker, task, Handed { node, task_id, request });
    }

    /// Tells of tasks that came up and ended within one step.
    fn tell_new(&mut self) {
        let tasks = self.execution.scope().tasks();
        for (index, state) in tasks.iter().enumerate().skip(self.told) {
            if state.status.is_terminal() {
                self.runner.observer.progress(&Progress::Ended { task: TaskIndex::from(index), state });
            }
        }
        self.told = tasks.len();
    }

    fn tell_started(&self, task: TaskIndex) {
        if let Some(state) = self.execution.scope().task(task.get()) {
            self.runner.observer.progress(&Progress::Started { task, state });
        }
    }

    fn tell_ended(&self, task: Option<TaskIndex>) {
        let Some(task) = task.filter(|task| task.get() < self.told) else { return };
        if let Some(state) = self.execution.scope().task(task.get()).filter(|state| state.status.is_terminal()) {
            self.runner.observer.progress(&Progress::Ended { task, state });
        }
    }
}

fn task_of(event: &Event) -> Option<TaskIndex> {
    match event {
        Event::Answered { task, .. } => Some(*task),
        _ => None,
    }
}
