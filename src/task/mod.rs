//! What carries a task out: one file a task type, behind [`SystemTask`].
//!
//! The step function never comes here; the runner hands a task to the one that is registered for it, and the result goes back
//! as an event.

mod authorize;
mod http;
#[cfg(feature = "script")]
pub mod script;
#[path = "without_script.rs"]
#[cfg(not(feature = "script"))]
pub mod script;
mod worker;

pub use http::HttpTask;
pub use worker::{WorkerAnswer, WorkerAnswers};

use crate::decide::TaskResult;
use crate::host::ledger::Ledger;
use crate::http::limit::Limits;
use crate::http::{Exchange, Kind, RequestError, Transport};
use crate::plan::{Node, Plan};
use crate::resolve::Resolved;
use crate::secret::{Redactor, SecretStore};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that is boxed because its trait must be usable as an object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries out tasks of one type.
///
/// Implement it for a task of your own, and register it by the task's name or type; [`HttpTask`] is the one to look at.
pub trait SystemTask: Send + Sync {
    /// Carries out one attempt and never panics; a failure is a result.
    ///
    /// # Cancel safety
    /// The future may be dropped at any time: when the workflow ends first, or the run is interrupted.
    fn execute<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Outcome>;

    /// What an attempt would send, without sending it, looking anything up or opening a connection.
    fn plan(&self, attempt: &Attempt<'_>) -> Option<CallRecord> {
        let _ = attempt;
        None
    }
}

/// One attempt at one task.
pub struct Attempt<'a> {
    /// The plan.
    pub plan: Arc<Plan>,
    /// The task's node in it.
    pub node: Arc<Node>,
    /// The task object's id.
    pub task_id: String,
    /// The input; for a task by reference the rendered request. Secrets are still references.
    pub request: Resolved,
    /// What the attempt may use.
    pub services: &'a Services,
}

/// What tasks use: shared by all runs of a runner.
#[derive(Clone)]
pub struct Services {
    /// Sends requests.
    pub transport: Arc<dyn Transport>,
    /// Gives secrets.
    pub secrets: Arc<dyn SecretStore>,
    /// Masks them.
    pub redactor: Redactor,
    /// Remembers what was made for whom; without one, a task definition's `ensure` binds nothing.
    pub ledger: Option<Ledger>,
    /// What all calls keep to together.
    pub limits: Arc<Limits>,
}

/// What came of an attempt.
#[derive(Default)]
pub struct Outcome {
    /// The result; `None` when the task stays as it is for ever, which a server does with some inputs it cannot read.
    pub result: Option<TaskResult>,
    /// The call that was made, or that could not be made; `None` for a task that makes none.
    pub call: Option<CallRecord>,
}

/// One call as the report tells of it.
#[derive(Debug, Default)]
pub struct CallRecord {
    /// What was sent and what came back, masked; `None` when there was no request.
    pub exchange: Option<Box<Exchange>>,
    /// Whether any byte of the request went out.
    pub sent: bool,
    /// Whether an answer came.
    pub answered: bool,
    /// The kind of the failure.
    pub kind: Option<Kind>,
    /// Why no request could be built.
    pub refused: Option<RequestError>,
    /// Whether it was decided not to send it, now or ever: somebody else has the key, say.
    pub withheld: bool,
    /// What was decided about the call beside sending it, in sentences: it waited, was withheld, was not needed.
    pub notes: Vec<Box<str>>,
    /// Of a dry run: what would be asked for before the request is sent, `a token from POST https://zoom.us/oauth/token …`.
    pub asked_first: Option<String>,
}

impl CallRecord {
    /// Whether it was refused before anything was sent: no request could be built, the guard keeps it back, or the sandbox does not
    /// know it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        let kept_back = !self.sent && matches!(self.kind, Some(Kind::NoEntry | Kind::NoRecording | Kind::Egress));
        self.refused.is_some() || kept_back
    }
}

/// Tasks by name or type.
#[derive(Clone)]
pub struct Registry {
    tasks: HashMap<Box<str>, Arc<dyn SystemTask>>,
    http: Arc<dyn SystemTask>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { tasks: HashMap::new(), http: Arc::new(HttpTask::default()) }
    }
}

impl Registry {
    /// Registers a task for a task name or, for types that nobody knows, a type.
    pub fn register(&mut self, name: &str, task: Arc<dyn SystemTask>) {
        self.tasks.insert(name.into(), task);
    }

    /// The one that carries out this queue's tasks.
    #[must_use]
    pub fn worker(&self, queue: &str) -> Option<&Arc<dyn SystemTask>> {
        self.tasks.get(queue)
    }

    /// The one that sends requests.
    #[must_use]
    pub fn http(&self) -> &Arc<dyn SystemTask> {
        &self.http
    }
}
