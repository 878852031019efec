//! One run from start to end.

use super::drive::Drive;
use super::observe::{Observer, Progress, Silent};
use super::recorder::Recorder;
use super::signal::Signals;
use crate::decide::{Execution, Family, Library, Moment, Refused, Start, TaskAddress, WorkflowIndex};
use crate::host;
use crate::host::journal::JournalError;
use crate::host::ledger::Ledger;
use crate::http::Transport;
use crate::http::limit::Limits;
use crate::plan::Plan;
use crate::resolve::WorkflowStatus;
use crate::secret::{Redactor, SecretStore};
use crate::task::{CallRecord, Registry, Services, WorkerAnswers};
use serde_json::Value;
use std::sync::Arc;

/// Runs plans. Make one and share it: it holds the transport's pool, and no state of any run.
#[derive(Clone)]
pub struct Runner {
    pub(super) services: Services,
    pub(super) registry: Registry,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) answers: WorkerAnswers,
    pub(super) signals: Signals,
    library: Arc<Library>,
}

/// A run that has ended, or that nothing can go on in.
#[derive(Debug)]
pub struct Run {
    /// What happened: the workflow that was run, and everything that it started.
    pub family: Family,
    /// The calls that were made, in the order they ended.
    pub calls: Vec<(TaskAddress, CallRecord)>,
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

/// Why a run that is written down did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// Its start was refused: nothing was sent and nothing written.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It could not be written down any further.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Run {
    /// The workflow that was run.
    #[must_use]
    pub fn execution(&self) -> &Execution {
        self.family.root()
    }

    /// How it ended.
    #[must_use]
    pub fn ending(&self) -> Ending {
        let status = self.execution().scope().workflow.status;
        if !status.is_terminal() {
            return Ending::Waiting;
        }
        if status == WorkflowStatus::Completed {
            return Ending::Completed;
        }
        let sent = self.calls.iter().any(|(_, call)| call.sent);
        let refused = self.family.executions().any(|(_, execution)| !execution.refusals().is_empty())
            || self.calls.iter().any(|(_, call)| call.is_refused());
        if refused && !sent {
            return Ending::Refused;
        }
        let failing = self.failing();
        let last = self.calls.iter().rev().find(|(task, _)| Some(*task) == failing);
        match last {
            Some((_, call)) if !call.answered && !call.withheld && call.refused.is_none() => Ending::NoAnswer,
            _ => Ending::Failed,
        }
    }

    /// The task object that ended the workflow: of a sub-workflow that failed, the one in it.
    fn failing(&self) -> Option<TaskAddress> {
        let mut workflow = WorkflowIndex::ROOT;
        loop {
            let execution = self.family.execution(workflow)?;
            let task = execution.failed_task()?;
            match execution.child_of(task) {
                Some(child) => workflow = child,
                None => return Some(execution.address(task)),
            }
        }
    }

    /// The call that a task object made.
    #[must_use]
    pub fn call(&self, task: TaskAddress) -> Option<&CallRecord> {
        self.calls.iter().rev().find(|(of, _)| *of == task).map(|(_, call)| call)
    }
}

impl Runner {
    /// A runner that sends by `transport` and takes secrets from `secrets`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, secrets: Arc<dyn SecretStore>, redactor: Redactor) -> Self {
        Self {
            services: Services { transport, secrets, redactor, ledger: None, limits: Arc::default() },
            registry: Registry::default(),
            observer: Arc::new(Silent),
            answers: WorkerAnswers::default(),
            signals: Signals::default(),
            library: Arc::default(),
        }
    }

    /// With another transport, made of the one it has: one that records, say.
    #[must_use]
    pub fn transport(mut self, over: impl FnOnce(Arc<dyn Transport>) -> Arc<dyn Transport>) -> Self {
        self.services.transport = over(self.services.transport);
        self
    }

    /// With a ledger: a task whose definition has `ensure` makes its thing once for each key, binds it for good, and never makes it again.
    #[must_use]
    pub fn ledger(mut self, ledger: Ledger) -> Self {
        self.services.ledger = Some(ledger);
        self
    }

    /// With limits that are shared with other runners, or are those of a plan.
    #[must_use]
    pub fn limits(mut self, limits: Arc<Limits>) -> Self {
        self.services.limits = limits;
        self
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

    /// With definitions that runs may start: sub-workflows, started workflows, failure workflows.
    #[must_use]
    pub fn library(mut self, library: Arc<Library>) -> Self {
        self.library = library;
        self
    }

    /// What tasks of this runner use.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// The definitions that runs may start.
    #[must_use]
    pub fn library_of_runs(&self) -> &Arc<Library> {
        &self.library
    }

    pub(super) fn http_task(&self) -> &dyn crate::task::SystemTask {
        &**self.registry.http()
    }

    /// Runs a plan until it and everything that it started has ended, or nothing can go on without somebody outside.
    ///
    /// # Errors
    /// [`Refused`] when the start is refused; a task that fails is no error but a run that ended so.
    ///
    /// # Cancel safety
    /// Dropping the future drops what is under way; a request that was sent may have been carried out.
    pub async fn run(&self, plan: &Arc<Plan>, start: Start) -> Result<Run, Refused> {
        let (family, commands) = self.at_now(|moment| Family::start(&self.library, plan, start, moment))?;
        // Without a recorder nothing can fail.
        let (run, _) = Drive::new(self, family).finish(commands).await;
        self.observer.progress(&Progress::Stopped { workflow: &run.execution().scope().workflow });
        not_refused(run)
    }

    /// Runs a plan as [`run`](Self::run) does, and writes it down, so that it can be taken up again after its process has ended.
    /// `settings` is whatever the program needs to make the same plan and runner again.
    ///
    /// # Errors
    /// When the start is refused, or the run cannot be written down: it was stopped then, and can be taken up again.
    ///
    /// # Cancel safety
    /// As of [`run`](Self::run); the run can be taken up again.
    pub async fn run_recorded(
        &self,
        plan: &Arc<Plan>,
        start: Start,
        settings: &Value,
        mut recorder: Recorder,
    ) -> Result<Run, RecordedError> {
        let secrets = &*self.services.secrets;
        let (family, commands) = recorder.start((&plan.name, &start, settings), secrets, |start, moment| {
            Family::start(&self.library, plan, start, moment)
        })?;
        let mut drive = Drive::new(self, family);
        drive.recorder = Some(Box::new(recorder));
        self.ended(drive.finish(commands).await)
    }

    pub(super) fn ended(&self, (run, written): (Run, Result<(), JournalError>)) -> Result<Run, RecordedError> {
        written?;
        self.observer.progress(&Progress::Stopped { workflow: &run.execution().scope().workflow });
        Ok(not_refused(run)?)
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

/// A server may refuse a start only after its first scripts.
fn not_refused(run: Run) -> Result<Run, Refused> {
    match run.execution().refused() {
        Some(refused) => Err(refused.clone()),
        None => Ok(run),
    }
}
