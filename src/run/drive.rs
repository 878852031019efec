//! The loop of one run: does what the family commands, and tells it what came of it.

use super::observe::Progress;
use super::runner::{Run, Runner};
use crate::decide::{Command, Evaluate, Event, Execution, Family, TaskAddress};
use crate::host;
use crate::plan::{Node, Plan};
use crate::resolve::{Resolved, TaskState};
use crate::task::{Attempt, BoxFuture, CallRecord, Outcome, SystemTask, script};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable, abortable};
use futures_util::stream::FuturesUnordered;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// What comes of something that is under way.
enum Done {
    Call(TaskAddress, Outcome),
    Script(Event),
}

/// What goes along with a task to whoever carries it out.
struct Handed {
    plan: Arc<Plan>,
    node: Arc<Node>,
    task_id: String,
    request: Resolved,
}

/// The state of one run.
pub(super) struct Drive<'r> {
    runner: &'r Runner,
    family: Family,
    under_way: FuturesUnordered<Abortable<BoxFuture<'r, Done>>>,
    in_flight: HashMap<TaskAddress, AbortHandle>,
    events: VecDeque<Event>,
    records: Vec<(TaskAddress, CallRecord)>,
    polls: HashMap<Arc<str>, usize>,
    next_signal: usize,
}

impl<'r> Drive<'r> {
    pub(super) fn new(runner: &'r Runner, family: Family) -> Self {
        Self {
            runner,
            family,
            under_way: FuturesUnordered::new(),
            in_flight: HashMap::new(),
            events: VecDeque::new(),
            records: Vec::new(),
            polls: HashMap::new(),
            next_signal: 0,
        }
    }

    /// Goes on until nothing can go on any more.
    pub(super) async fn to_the_end(mut self, commands: Vec<Command>) -> Run {
        self.settle();
        self.obey(commands);
        while let Some(event) = self.next().await {
            let commands = self.runner.at_now(|moment| self.family.step(event, moment));
            self.settle();
            self.obey(commands);
        }
        Run { family: self.family, calls: self.records }
    }

    async fn next(&mut self) -> Option<Event> {
        match self.events.pop_front().or_else(|| self.signal()) {
            Some(event) => Some(event),
            None => self.wait().await,
        }
    }

    /// The next thing that happens: a call ends, or a time comes. `None` when nothing can go on.
    async fn wait(&mut self) -> Option<Event> {
        let wake = self.family.next_wake_ms();
        match (self.under_way.is_empty(), wake) {
            (true, None) => None,
            (false, None) => self.next_done().await,
            (_, Some(due)) => {
                let delay = u64::try_from(due - host::now_ms()).unwrap_or(0);
                if self.under_way.is_empty() && delay > 0 {
                    self.runner.observer.progress(&Progress::Waiting { until_ms: due });
                }
                let sleep = tokio::time::sleep(Duration::from_millis(delay));
                tokio::select! {
                    Some(event) = self.next_done() => Some(event),
                    () = sleep => Some(Event::Tick),
                }
            }
        }
    }

    /// The end of a call or a script; a task that stays as it is for ever gives none.
    async fn next_done(&mut self) -> Option<Event> {
        loop {
            // What was abandoned gives nothing.
            let Ok(done) = self.under_way.next().await? else { continue };
            match done {
                Done::Script(event) => return Some(event),
                Done::Call(task, outcome) => {
                    self.in_flight.remove(&task);
                    self.records.extend(outcome.call.map(|call| (task, call)));
                    if let Some(result) = outcome.result {
                        return Some(Event::Answered { task, result });
                    }
                }
            }
        }
    }

    fn signal(&mut self) -> Option<Event> {
        let event = self.runner.signals.0.get(self.next_signal)?.event(self.family.root().scope())?;
        self.next_signal += 1;
        Some(event)
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Call(call) => {
                    self.tell_started(call.task);
                    self.carry_out(self.runner.registry.http(), call.task, call.node, call.request);
                }
                Command::Offer { task, queue } => self.offer(task, &queue),
                Command::Evaluate(evaluate) => self.evaluate(evaluate),
            }
        }
    }

    fn evaluate(&mut self, evaluate: Evaluate) {
        let Evaluate { task, kind, text, input } = evaluate;
        let future: BoxFuture<'r, _> = Box::pin(async move {
            let result = script::evaluate(kind, text, input).await;
            Done::Script(Event::Evaluated { task, result })
        });
        self.under_way.push(abortable(future).0);
    }

    fn carry_out(&mut self, with: &'r Arc<dyn SystemTask>, task: TaskAddress, node: Arc<Node>, request: Resolved) {
        let Some((execution, state)) = self.find(task) else { return };
        let handed = Handed { plan: Arc::clone(execution.plan()), node, task_id: state.task_id.clone(), request };
        let runner = self.runner;
        let future: BoxFuture<'r, _> = Box::pin(async move {
            let Handed { plan, node, task_id, request } = handed;
            let attempt = Attempt { plan: &plan, node: &node, task_id: &task_id, request, services: &runner.services };
            Done::Call(task, with.execute(attempt).await)
        });
        let (future, handle) = abortable(future);
        self.in_flight.insert(task, handle);
        self.under_way.push(future);
    }

    /// Asks who is there for the queue: a registered task, else the answers given beforehand, else nobody.
    fn offer(&mut self, task: TaskAddress, queue: &Arc<str>) {
        if let Some(worker) = self.runner.registry.worker(queue) {
            self.poll(task);
            self.work(task, worker);
            return;
        }
        let poll = self.polls.entry(queue.clone()).or_default();
        if let Some(result) = self.runner.answers.answer(queue, *poll) {
            *poll += 1;
            self.poll(task);
            self.events.push_back(Event::Answered { task, result });
        }
    }

    fn poll(&mut self, task: TaskAddress) {
        let commands = self.runner.at_now(|moment| self.family.step(Event::Polled { task }, moment));
        debug_assert!(commands.is_empty(), "taking a task leaves nothing to do");
        self.tell_started(task);
    }

    fn work(&mut self, task: TaskAddress, worker: &'r Arc<dyn SystemTask>) {
        let execution = self.family.execution(task.workflow);
        let found =
            execution.and_then(|execution| Some((execution.node_of(task.task)?, execution.input_of(task.task))));
        let Some((node, request)) = found.map(|(node, request)| (Arc::clone(node), request)) else { return };
        self.carry_out(worker, task, node, request);
    }

    /// Tells of the tasks that have ended, and drops the calls of those that ended without them: their time was over, or the
    /// workflow ended. What became of such a call is unknown.
    fn settle(&mut self) {
        for task in self.family.take_news() {
            if let Some(handle) = self.in_flight.remove(&task) {
                handle.abort();
                self.records.push((task, CallRecord { sent: true, ..CallRecord::default() }));
            }
            if let Some((_, state)) = self.find(task) {
                self.runner.observer.progress(&Progress::Ended { task, state });
            }
        }
    }

    fn tell_started(&self, task: TaskAddress) {
        if let Some((_, state)) = self.find(task) {
            self.runner.observer.progress(&Progress::Started { task, state });
        }
    }

    fn find(&self, task: TaskAddress) -> Option<(&Execution, &TaskState)> {
        let execution = self.family.execution(task.workflow)?;
        Some((execution, execution.scope().task(task.task.get())?))
    }
}
