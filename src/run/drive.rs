//! The loop of one run: does what the family commands, and tells it what came of it.

use super::observe::Progress;
use super::record::By;
use super::recorder::Recorder;
use super::runner::{Run, Runner};
use super::span;
use super::under_way::{Abandoned, Done, Due, DueCall, UnderWay};
use crate::decide::{Call, Command, Evaluate, Event, Execution, Family, TaskAddress};
use crate::host;
use crate::host::journal::JournalError;
use crate::plan::Node;
use crate::resolve::{Resolved, TaskState};
use crate::task::{Attempt, CallRecord, SystemTask, script};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// The state of one run.
pub(super) struct Drive<'r> {
    pub(super) runner: &'r Runner,
    pub(super) family: Family,
    /// What listeners know the run by.
    span: tracing::Span,
    /// Who writes the run down; nobody does when it need not survive its process.
    pub(super) recorder: Option<Box<Recorder>>,
    under_way: UnderWay<'r>,
    /// What may begin when everything before it is written down.
    held: Vec<Due<'r>>,
    pub(super) events: VecDeque<(Event, By)>,
    pub(super) records: Vec<(TaskAddress, CallRecord)>,
    pub(super) polls: HashMap<Arc<str>, usize>,
    pub(super) next_signal: usize,
}

impl<'r> Drive<'r> {
    /// In a box: a run that waits holds its state once, and not in each future that it passes through.
    pub(super) fn new(runner: &'r Runner, family: Family) -> Box<Self> {
        Box::new(Self {
            runner,
            span: span::of_run(&family),
            family,
            recorder: None,
            under_way: UnderWay::default(),
            held: Vec::new(),
            events: VecDeque::new(),
            records: Vec::with_capacity(1),
            polls: HashMap::new(),
            next_signal: 0,
        })
    }

    /// Goes on until nothing can go on any more, or the recorder fails: nothing else can.
    pub(super) async fn finish(mut self: Box<Self>, commands: Vec<Command>) -> (Run, Result<(), JournalError>) {
        self.settle();
        self.obey(commands);
        let ended = self.go_on().await;
        span::ended(&self.span, &self.family);
        let Self { family, records, .. } = *self;
        (Run { family, calls: records }, ended)
    }

    async fn go_on(&mut self) -> Result<(), JournalError> {
        self.write_down().await?;
        while let Some(event) = self.next().await {
            let mut commands = self.step(event);
            self.settle();
            // What has come in the meantime is written down in one go.
            while let Some(event) = self.come_in() {
                commands.append(&mut self.step(event));
                self.settle();
            }
            self.obey(commands);
            self.write_down().await?;
        }
        Ok(())
    }

    pub(super) fn step(&mut self, (event, by): (Event, By)) -> Vec<Command> {
        let family = &mut self.family;
        match &mut self.recorder {
            None => self.runner.at_now(|moment| family.step(event, moment)),
            Some(recorder) => {
                let secrets = &*self.runner.services.secrets;
                recorder.step((event, by), secrets, |event, moment| family.step(event, moment))
            }
        }
    }

    /// Keeps what happened and what is about to be done; only then it is done. Answers go on coming in.
    async fn write_down(&mut self) -> Result<(), JournalError> {
        let Some(mut recorder) = self.recorder.take() else { return Ok(()) };
        let mut came_in = Vec::new();
        let result = {
            let mut writing = std::pin::pin!(recorder.write());
            loop {
                tokio::select! {
                    biased;
                    result = &mut writing => break result,
                    Some(done) = self.under_way.next() => came_in.push(done),
                }
            }
        };
        self.recorder = Some(recorder);
        for done in came_in {
            let event = self.done(done);
            self.events.extend(event);
        }
        for due in self.held.drain(..) {
            self.under_way.push(due);
        }
        result
    }

    /// An answer that came while something was written down. Signals have their own order, and wait for none.
    fn come_in(&mut self) -> Option<(Event, By)> {
        let alone = self.recorder.is_none() || !self.runner.signals.0.is_empty();
        if alone { None } else { self.events.pop_front() }
    }

    async fn next(&mut self) -> Option<(Event, By)> {
        match self.events.pop_front().or_else(|| self.signal()) {
            Some(event) => Some(event),
            None => self.wait().await,
        }
    }

    /// The next thing that happens: a call ends, or a time comes. `None` when nothing can go on.
    async fn wait(&mut self) -> Option<(Event, By)> {
        let wake = self.family.next_wake_ms();
        match (self.under_way.is_empty(), wake) {
            (true, None) => None,
            (false, None) => self.next_done().await,
            (_, Some(due)) => {
                let delay = u64::try_from(due - host::now_ms()).unwrap_or(0);
                if self.under_way.is_empty() && delay > 0 {
                    span::waits(&self.span, delay);
                    self.runner.observer.progress(&Progress::Waiting { until_ms: due });
                }
                let sleep = tokio::time::sleep(Duration::from_millis(delay));
                tokio::select! {
                    Some(event) = self.next_done() => Some(event),
                    () = sleep => Some((Event::Tick, By::Run)),
                }
            }
        }
    }

    /// The end of a call or a script; a task that stays as it is for ever gives none.
    async fn next_done(&mut self) -> Option<(Event, By)> {
        loop {
            let done = self.under_way.next().await?;
            if let Some(event) = self.done(done) {
                return Some(event);
            }
        }
    }

    fn done(&mut self, done: Done) -> Option<(Event, By)> {
        let (task, outcome) = match done {
            Done::Script(event) => return Some((event, By::Run)),
            Done::Call(task, outcome) => (task, outcome),
        };
        if let Some(call) = outcome.call {
            if let Some(recorder) = &mut self.recorder {
                recorder.called(task, &call);
            }
            self.records.push((task, call));
        }
        outcome.result.map(|result| (Event::Answered { task, result }, By::Run))
    }

    fn signal(&mut self) -> Option<(Event, By)> {
        let event = self.runner.signals.0.get(self.next_signal)?.event(self.family.root().scope())?;
        self.next_signal += 1;
        Some((event, By::Signal))
    }

    fn obey(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Call(call) => self.call(call),
                Command::Offer { task, queue } => self.offer(task, &queue),
                Command::Evaluate(evaluate) => self.evaluate(evaluate),
            }
        }
    }

    pub(super) fn call(&mut self, call: Call) {
        self.tell_started(call.task);
        self.carry_out(self.runner.registry.http(), call.task, call.node, call.request);
    }

    pub(super) fn evaluate(&mut self, evaluate: Evaluate) {
        let Evaluate { task, kind, text, input } = evaluate;
        let Some(execution) = self.family.execution(task.workflow) else { return };
        let dialect = execution.plan().dialect;
        let script = Box::pin(async move {
            let result = script::evaluate(kind, text, input, dialect).await.map_err(|error| error.to_string());
            Event::Evaluated { task, result }
        });
        self.begin(Due::Script(script));
    }

    fn carry_out(&mut self, with: &'r Arc<dyn SystemTask>, task: TaskAddress, node: Arc<Node>, request: Resolved) {
        // Something that came in together with the command may have ended its task.
        let found = find(&self.family, task).filter(|(_, state)| !state.status.is_terminal());
        let Some((execution, state)) = found else { return };
        if let Some(recorder) = &mut self.recorder {
            recorder.announce(task, state);
        }
        let (plan, task_id) = (Arc::clone(execution.plan()), state.task_id.clone());
        let span = span::of_task(&self.span, execution, state);
        let attempt = Attempt { plan, node, task_id, request, services: &self.runner.services };
        let takes_turns = Arc::ptr_eq(with, self.runner.registry.http());
        self.begin(Due::Call(DueCall { task, with, attempt, span, takes_turns }));
    }

    fn begin(&mut self, due: Due<'r>) {
        match &self.recorder {
            None => self.under_way.push(due),
            Some(_) => self.held.push(due),
        }
    }

    /// Asks who is there for the queue: a registered task, else the answers given beforehand, else nobody.
    pub(super) fn offer(&mut self, task: TaskAddress, queue: &Arc<str>) {
        if let Some(worker) = self.runner.registry.worker(queue) {
            self.poll(task);
            self.work(task, worker);
            return;
        }
        let poll = self.polls.entry(queue.clone()).or_default();
        if let Some(result) = self.runner.answers.answer(queue, *poll) {
            *poll += 1;
            self.poll(task);
            self.events.push_back((Event::Answered { task, result }, By::Run));
        }
    }

    fn poll(&mut self, task: TaskAddress) {
        let commands = self.step((Event::Polled { task }, By::Run));
        debug_assert!(commands.is_empty(), "taking a task leaves nothing to do");
        self.tell_started(task);
    }

    pub(super) fn work(&mut self, task: TaskAddress, worker: &'r Arc<dyn SystemTask>) {
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
            let held = self.held.iter().position(|due| due.call() == Some(task));
            let held = held.map(|at| self.held.remove(at));
            if self.under_way.abandon(task) == Abandoned::Call || held.is_some() {
                self.records.push((task, CallRecord { sent: true, ..CallRecord::default() }));
            }
            if let Some((_, state)) = find(&self.family, task) {
                span::settled(&self.span, state, &self.runner.services.redactor);
                self.runner.observer.progress(&Progress::Ended { task, state });
            }
        }
    }

    fn tell_started(&self, task: TaskAddress) {
        if let Some((_, state)) = find(&self.family, task) {
            span::started(&self.span, state, &self.runner.services.redactor);
            self.runner.observer.progress(&Progress::Started { task, state });
        }
    }
}

fn find(family: &Family, task: TaskAddress) -> Option<(&Execution, &TaskState)> {
    let execution = family.execution(task.workflow)?;
    Some((execution, execution.scope().task(task.task.get())?))
}
