//! Writes a run down as it goes: what happened, before it counts, and what is about to be done, before it is done.

use super::record::{Announced, By, Called, Happened, Started, kind, read, written};
use super::seed::{Seed, seeded};
use crate::decide::{Event, Moment, Start, TaskAddress};
use crate::host;
use crate::host::journal::{JournalError, NewRecord};
use crate::resolve::TaskState;
use crate::secret::{Named, Redactor, SecretStore};
use crate::task::CallRecord;
use serde::Serialize;
use serde_json::Value;

/// Keeps a batch of records for good: all of it, or an error and nothing of it. It may block.
pub type Sink = Box<dyn FnMut(&[NewRecord]) -> Result<(), JournalError> + Send>;

/// Writes one run down.
///
/// Ids and chance of the run come from its seed, and each secret whose name is known is written as a reference; so the
/// records and the secrets are enough to come to the same point again.
pub struct Recorder {
    /// Absent while a batch is written.
    sink: Option<Sink>,
    seed: Seed,
    steps: u64,
    now_ms: i64,
    secrets: Named,
    redactor: Redactor,
    batch: Vec<NewRecord>,
}

impl Recorder {
    /// A recorder of a new run. `secrets` are those that records may name; everything else that the redactor knows is masked.
    #[must_use]
    pub fn new(sink: Sink, secrets: Named, redactor: Redactor) -> Self {
        Self::later(sink, (Seed::new(), 0), host::now_ms(), (secrets, redactor))
    }

    /// A recorder that goes on after that many steps.
    pub(super) fn later(
        sink: Sink,
        (seed, steps): (Seed, u64),
        last_ms: i64,
        (secrets, redactor): (Named, Redactor),
    ) -> Self {
        Self {
            sink: Some(sink),
            seed,
            steps,
            now_ms: last_ms.max(host::now_ms()),
            secrets,
            redactor,
            batch: Vec::new(),
        }
    }

    /// Adds a record that stands before the start of the run: a text that it was made of.
    pub fn keep(&mut self, kind: &'static str, content: &impl Serialize) {
        self.add(kind, content);
    }

    /// Writes down what the run is started with, and calls its first step.
    pub(super) fn start<T>(
        &mut self,
        (workflow, start, settings): (&str, &Start, &Value),
        secrets: &dyn SecretStore,
        take: impl FnOnce(Start, &mut Moment<'_>) -> T,
    ) -> T {
        let started = Started {
            legwork: env!("CARGO_PKG_VERSION").to_owned(),
            seed: self.seed.to_string(),
            workflow: workflow.to_owned(),
            input: start.input.clone(),
            version: start.version,
            correlation_id: start.correlation_id.clone(),
            env: start.env.as_ref().clone(),
            settings: settings.clone(),
        };
        let lossy = self.add(kind::START, &started);
        let start = match lossy {
            Some(content) => {
                read::<Started>(&content, secrets).map_or_else(|_| start.clone(), |started| started.start())
            }
            None => start.clone(),
        };
        seeded((self.seed, 0), self.now_ms, secrets, |moment| take(start, moment))
    }

    /// Writes an event down, and calls its step. What could not be written down exactly does not count exactly either: the step sees
    /// what a replay will see.
    pub(super) fn step<T>(
        &mut self,
        (event, by): (Event, By),
        secrets: &dyn SecretStore,
        take: impl FnOnce(Event, &mut Moment<'_>) -> T,
    ) -> T {
        self.now_ms = self.now_ms.max(host::now_ms());
        self.steps += 1;
        let mut happened = Happened { event, by };
        if let Some(content) = self.add(kind::EVENT, &happened)
            && let Ok(masked) = read(&content, secrets)
        {
            happened = masked;
        }
        seeded((self.seed, self.steps), self.now_ms, secrets, |moment| take(happened.event, moment))
    }

    /// Writes down that a call is about to be made.
    pub(super) fn announce(&mut self, task: TaskAddress, state: &TaskState) {
        let announced =
            Announced { task, reference_name: state.reference_name.to_string(), task_id: state.task_id.clone() };
        self.add(kind::CALL, &announced);
    }

    /// Writes down what is known of a call that was made.
    pub(super) fn called(&mut self, task: TaskAddress, call: &CallRecord) {
        self.add(kind::CALLED, &Called::of(task, call));
    }

    /// Writes down that the run was taken up again.
    pub(super) fn resumed(&mut self) {
        self.add(kind::RESUMED, &serde_json::json!({"legwork": env!("CARGO_PKG_VERSION")}));
    }

    /// Adds a record to the batch. Gives its content when something in it was masked for good.
    fn add(&mut self, kind: &'static str, content: &impl Serialize) -> Option<String> {
        let mut value = serde_json::to_value(content).unwrap_or_default();
        let hiding = self.secrets.hide(&mut value, &self.redactor);
        let content = written(&value, &hiding.hidden);
        let masked = hiding.lossy.then(|| content.clone());
        self.batch.push(NewRecord { time_ms: self.now_ms, kind, content });
        masked
    }

    /// Puts the batch on disk, away from the thread that drives the run.
    ///
    /// # Errors
    /// Why it could not be written. The run must stop then.
    ///
    /// # Cancel safety
    /// When the future is dropped, the batch is written nevertheless, or not at all.
    pub(super) async fn write(&mut self) -> Result<(), JournalError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let Some(mut sink) = self.sink.take() else { return Ok(()) };
        let batch = std::mem::take(&mut self.batch);
        let writing = tokio::task::spawn_blocking(move || {
            let result = sink(&batch);
            (sink, result)
        });
        let (sink, result) = writing.await.expect("a sink does not panic");
        self.sink = Some(sink);
        result
    }
}
