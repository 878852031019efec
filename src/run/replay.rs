//! Comes to the same point again: a run from its records, and what was under way when they end.

use super::drive::Drive;
use super::record::{Announced, By, Called, Happened, Started, kind, read};
use super::recorder::{Recorder, Sink};
use super::resume::{Open, Resumed};
use super::runner::Runner;
use super::seed::{Seed, seeded};
use crate::decide::{Command, Event, Family, Refused, TaskAddress};
use crate::host::journal::OldRecord;
use crate::plan::Plan;
use crate::resolve::TaskState;
use crate::secret::Named;
use crate::task::CallRecord;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why the records do not give the run again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A record cannot be read.
    #[error("record {number} of the journal cannot be read")]
    Unreadable {
        /// The record's number.
        number: i64,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// There is no record of a start.
    #[error("the journal holds no start of a run")]
    NoStart,
    /// The start, which went well once, is refused.
    #[error("the start of the run is refused now")]
    Refused(#[source] Refused),
    /// The run goes another way than it went.
    #[error("at record {number} the run went on to `{reference_name}`, and does not now: legwork {legwork} began it, this is {}", env!("CARGO_PKG_VERSION"))]
    Diverged {
        /// The record's number.
        number: i64,
        /// The task that it was about to call.
        reference_name: String,
        /// The version that began the run.
        legwork: String,
    },
}

impl Runner {
    /// Takes a run up again from its records. Nothing is sent yet: look at [`Resumed::unknown`], then go on with
    /// [`resume`](Self::resume).
    ///
    /// # Errors
    /// [`ReplayError`] when the records do not give the run again.
    pub fn replay(
        &self,
        plan: &Arc<Plan>,
        records: &[OldRecord],
        sink: Sink,
        secrets: Named,
    ) -> Result<Resumed, ReplayError> {
        let (at, record) =
            records.iter().enumerate().find(|(_, record)| record.kind == kind::START).ok_or(ReplayError::NoStart)?;
        let started: Started = content(record, self)?;
        let seed = Seed::parse(&started.seed).ok_or(ReplayError::NoStart)?;
        let first = seeded((seed, 0), record.time_ms, &*self.services.secrets, |moment| {
            Family::start(self.library_of_runs(), plan, started.start(), moment)
        });
        let (family, commands) = first.map_err(ReplayError::Refused)?;
        let mut replay = Replay { drive: Drive::new(self, family), open: BTreeMap::new(), seed, steps: 0, started };
        replay.open(commands);
        for record in records.iter().skip(at + 1) {
            replay.take(record)?;
        }
        let last_ms = records.last().map_or(record.time_ms, |record| record.time_ms);
        let redactor = self.services.redactor.clone();
        let recorder = Recorder::later(sink, (seed, replay.steps), last_ms, (secrets, redactor));
        Ok(replay.into_resumed(recorder))
    }
}

/// The run as it was at a record.
struct Replay<'r> {
    drive: Box<Drive<'r>>,
    open: BTreeMap<TaskAddress, Open>,
    seed: Seed,
    steps: u64,
    started: Started,
}

impl Replay<'_> {
    fn take(&mut self, record: &OldRecord) -> Result<(), ReplayError> {
        match record.kind.as_str() {
            kind::EVENT => {
                let Happened { event, by } = content(record, self.drive.runner)?;
                self.event(event, by, record.time_ms);
            }
            kind::CALL => {
                let announced: Announced = content(record, self.drive.runner)?;
                self.announced(&announced, record.number)?;
            }
            kind::CALLED => {
                let called: Called = content(record, self.drive.runner)?;
                self.drive.records.push(called.into_record());
            }
            _ => {}
        }
        Ok(())
    }

    fn event(&mut self, event: Event, by: By, time_ms: i64) {
        if by == By::Signal {
            self.drive.next_signal += 1;
        }
        match &event {
            Event::Answered { task, .. } | Event::Evaluated { task, .. } => {
                self.open.remove(task);
            }
            Event::Polled { task } => self.polled(*task),
            _ => {}
        }
        self.steps += 1;
        let (seed, family) = ((self.seed, self.steps), &mut self.drive.family);
        let secrets = &*self.drive.runner.services.secrets;
        let commands = seeded(seed, time_ms, secrets, |moment| family.step(event, moment));
        self.close();
        self.open(commands);
    }

    fn polled(&mut self, task: TaskAddress) {
        let Some(Open::Offered { queue }) = self.open.get(&task) else { return };
        let queue = Arc::clone(queue);
        let poll = self.drive.polls.entry(Arc::clone(&queue)).or_default();
        self.open.insert(task, Open::Polled { queue, poll: *poll, announced: false });
        *poll += 1;
    }

    fn open(&mut self, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::Call(call) => self.open.insert(call.task, Open::Call { call, announced: false }),
                Command::Offer { task, queue } => self.open.insert(task, Open::Offered { queue }),
                Command::Evaluate(evaluate) => self.open.insert(evaluate.task, Open::Script(evaluate)),
            };
        }
    }

    /// Tasks that ended by themselves: of their calls, nothing more will be known.
    fn close(&mut self) {
        for task in self.drive.family.take_news() {
            if let Some(Open::Call { announced: true, .. }) = self.open.remove(&task) {
                self.drive.records.push((task, CallRecord { sent: true, ..CallRecord::default() }));
            }
        }
    }

    /// The run must be about to make the very call that it was about to make.
    fn announced(&mut self, call: &Announced, number: i64) -> Result<(), ReplayError> {
        let diverged = || ReplayError::Diverged {
            number,
            reference_name: call.reference_name.clone(),
            legwork: self.started.legwork.clone(),
        };
        let state = self.drive.family.execution(call.task.workflow);
        let state = state.and_then(|execution| execution.scope().task(call.task.task.get()));
        let is_same =
            |state: &&TaskState| state.task_id == call.task_id && *state.reference_name == *call.reference_name;
        state.filter(is_same).ok_or_else(diverged)?;
        match self.open.get_mut(&call.task) {
            Some(Open::Call { announced, .. } | Open::Polled { announced, .. }) => *announced = true,
            _ => return Err(diverged()),
        }
        Ok(())
    }

    fn into_resumed(self, recorder: Recorder) -> Resumed {
        let Drive { family, records, polls, next_signal, .. } = *self.drive;
        Resumed { family, recorder, calls: records, polls, next_signal, open: self.open, decided: BTreeMap::new() }
    }
}

fn content<T: DeserializeOwned>(record: &OldRecord, runner: &Runner) -> Result<T, ReplayError> {
    read(&record.content, &*runner.services.secrets)
        .map_err(|source| ReplayError::Unreadable { number: record.number, source })
}
