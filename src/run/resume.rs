//! Goes on with a run that was taken up again: what is known to be safe is sent again, everything else is decided by somebody.

use super::drive::Drive;
use super::record::By;
use super::recorder::Recorder;
use super::runner::{RecordedError, Run, Runner};
use crate::decide::{Call, Evaluate, Event, Family, TaskAddress, TaskResult};
use crate::definition::HttpInput;
use crate::plan::Node;
use crate::resolve::{Resolved, TaskState, TaskStatus};
use crate::task::CallRecord;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A run that was taken up again and has not gone on yet.
pub struct Resumed {
    pub(super) family: Family,
    pub(super) recorder: Recorder,
    pub(super) calls: Vec<(TaskAddress, CallRecord)>,
    pub(super) polls: HashMap<Arc<str>, usize>,
    pub(super) next_signal: usize,
    pub(super) open: BTreeMap<TaskAddress, Open>,
    pub(super) decided: BTreeMap<TaskAddress, Decision>,
}

/// What was under way when the records end.
pub(super) enum Open {
    /// A call; announced, it may have been sent.
    Call { call: Call, announced: bool },
    /// A task without a worker.
    Offered { queue: Arc<str> },
    /// A worker has taken the task: announced, a real one, which may have begun.
    Polled { queue: Arc<str>, poll: usize, announced: bool },
    /// A script.
    Script(Evaluate),
}

/// A call that was sent, perhaps, and whose answer is not known.
pub struct Unknown<'r> {
    /// The task object.
    pub task: TaskAddress,
    /// What is known about it.
    pub state: &'r TaskState,
    /// Its node.
    pub node: &'r Arc<Node>,
    /// The request, its secrets still references; `None` of a worker's task.
    pub request: Option<&'r Resolved>,
}

/// What is done about a call whose outcome is unknown.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// It went well, and this is its output.
    Answer(Value),
    /// It is sent again.
    Resend,
    /// It failed, and is not sent again.
    Fail,
    /// A look-up found what it was to make: the look-up's output stands for its own.
    Found(Value),
    /// A look-up did not find it: it is sent again.
    NotFound,
}

impl Resumed {
    /// What happened so far.
    #[must_use]
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// The calls that must not simply be sent again and that nobody has decided about. While there are any, going on would send one
    /// of them twice, perhaps.
    #[must_use]
    pub fn unknown(&self) -> Vec<Unknown<'_>> {
        let open = self.open.iter().filter(|(task, _)| !self.decided.contains_key(task));
        open.filter_map(|(task, open)| self.unknown_call(*task, open)).collect()
    }

    /// Says what is done about a call.
    pub fn decide(&mut self, task: TaskAddress, decision: Decision) {
        self.decided.insert(task, decision);
    }

    /// The task objects that have not ended and that somebody outside can end, in the order they were made.
    #[must_use]
    pub fn open_tasks(&self) -> Vec<(TaskAddress, &TaskState)> {
        let all = self.family.executions().flat_map(|(workflow, execution)| {
            let tasks = execution.scope().tasks().iter().enumerate();
            tasks.map(move |(index, state)| (TaskAddress { workflow, task: index.into() }, state))
        });
        all.filter(|(_, state)| !state.status.is_terminal()).collect()
    }

    /// Whether a call of the task was under way: only that can be sent again.
    #[must_use]
    pub fn was_under_way(&self, task: TaskAddress) -> bool {
        matches!(self.open.get(&task), Some(Open::Call { .. } | Open::Polled { .. }))
    }

    /// The run as it stands, without going on.
    #[must_use]
    pub fn into_run(self) -> Run {
        Run { family: self.family, calls: self.calls }
    }

    fn unknown_call<'s>(&'s self, task: TaskAddress, open: &'s Open) -> Option<Unknown<'s>> {
        let request = match open {
            Open::Call { call, announced: true } if !is_repeatable(&call.node, &call.request) => Some(&call.request),
            Open::Polled { announced: true, .. } => None,
            _ => return None,
        };
        let execution = self.family.execution(task.workflow)?;
        let (state, node) = (execution.scope().task(task.task.get())?, execution.node_of(task.task)?);
        Some(Unknown { task, state, node, request })
    }
}

impl Runner {
    /// Goes on with a run. Calls that are [unknown](Resumed::unknown) and not decided about are not sent: their tasks stay open until
    /// their time-out.
    ///
    /// # Errors
    /// [`RecordedError::Journal`] when the run cannot be written down any further; it can be taken up again.
    ///
    /// # Cancel safety
    /// As of [`run`](Self::run); the run can be taken up again.
    pub async fn resume(&self, resumed: Resumed) -> Result<Run, RecordedError> {
        let left_alone: BTreeSet<_> = resumed.unknown().iter().map(|unknown| unknown.task).collect();
        let Resumed { family, mut recorder, calls, polls, next_signal, open, mut decided } = resumed;
        recorder.resumed();
        let mut drive = Drive::new(self, family);
        (drive.records, drive.polls, drive.next_signal) = (calls, polls, next_signal);
        drive.recorder = Some(Box::new(recorder));
        for (task, open) in open {
            if !left_alone.contains(&task) {
                drive.take_up(task, open, decided.remove(&task));
            }
        }
        for (task, decision) in decided {
            drive.decided((task, By::User), decision);
        }
        self.ended(drive.finish(Vec::new()).await)
    }
}

impl Drive<'_> {
    fn take_up(&mut self, task: TaskAddress, open: Open, decision: Option<Decision>) {
        let by = match &decision {
            Some(Decision::Found(_) | Decision::NotFound) => By::LookUp,
            Some(_) => By::User,
            None => By::Run,
        };
        match (decision, open) {
            (Some(decision @ (Decision::Answer(_) | Decision::Found(_) | Decision::Fail)), _) => {
                self.made(task, !matches!(decision, Decision::Fail));
                self.decided((task, by), decision);
            }
            (_, Open::Call { call, announced }) => {
                if announced {
                    self.step((Event::Resent { task }, by));
                }
                self.call(call);
            }
            (_, Open::Script(evaluate)) => self.evaluate(evaluate),
            (_, Open::Offered { queue }) => self.offer(task, &queue),
            (_, Open::Polled { queue, announced: true, .. }) => {
                if let Some(worker) = self.runner.registry.worker(&queue) {
                    self.work(task, worker);
                }
            }
            (_, Open::Polled { queue, poll, announced: false }) => {
                let result = self.runner.answers.answer(&queue, poll);
                self.events.extend(result.map(|result| (Event::Answered { task, result }, By::Run)));
            }
        }
    }

    /// Somebody has said what became of a call.
    fn made(&mut self, task: TaskAddress, answered: bool) {
        let call = CallRecord { sent: true, answered, ..CallRecord::default() };
        if let Some(recorder) = &mut self.recorder {
            recorder.called(task, &call);
        }
        self.records.push((task, call));
    }

    /// Somebody has said how a task ends.
    fn decided(&mut self, (task, by): (TaskAddress, By), decision: Decision) {
        let result = match decision {
            Decision::Answer(output) | Decision::Found(output) => TaskResult::new(TaskStatus::Completed, output),
            Decision::Fail => {
                let reason = Some("it was given up when the run was taken up again".to_owned());
                let failed = TaskResult::new(TaskStatus::FailedWithTerminalError, Value::Object(Map::new()));
                TaskResult { reason, ..failed }
            }
            // There is nothing to send.
            Decision::Resend | Decision::NotFound => return,
        };
        self.events.push_back((Event::Answered { task, result }, by));
    }
}

/// Whether sending a request twice does the same as sending it once: as its entry says, else by its method, or by a key that the API
/// knows it by.
fn is_repeatable(node: &Node, request: &Resolved) -> bool {
    let Some(input) = request.value.as_object().map(HttpInput::of) else { return false };
    let method = input.method.and_then(Value::as_str).unwrap_or_default();
    let by_method = || ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].iter().any(|own| own.eq_ignore_ascii_case(method));
    let headers = input.headers.and_then(Value::as_object);
    let has_key =
        headers.is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case("Idempotency-Key")));
    has_key || node.entry.as_ref().map_or_else(by_method, |entry| entry.is_idempotent())
}
