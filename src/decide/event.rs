//! What goes into a step and what comes out of it.

use crate::plan::NodeId;
use crate::resolve::{Resolved, TaskStatus};
use crate::secret::SecretStore;
use serde_json::Value;

/// What a step may use from outside: the time, new ids, chance and secrets. All are arguments, so that a step is a pure function.
pub struct Moment<'a> {
    /// Milliseconds since 1970.
    pub now_ms: i64,
    /// Gives a new id at each call.
    pub new_id: &'a mut dyn FnMut() -> String,
    /// Gives a number in 0..1 at each call.
    pub chance: &'a mut dyn FnMut() -> f64,
    /// Where secrets come from.
    pub secrets: &'a dyn SecretStore,
}

/// The index of a task object in its execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskIndex(pub(crate) usize);

impl TaskIndex {
    /// The plain number: the position in the execution's list of tasks.
    #[must_use]
    pub fn get(self) -> usize {
        self.0
    }
}

impl From<usize> for TaskIndex {
    fn from(index: usize) -> Self {
        Self(index)
    }
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A call or a worker gave a result.
    Answered {
        /// The task object.
        task: TaskIndex,
        /// What came of it.
        result: TaskResult,
    },
    /// Time has passed: everything due by [`Moment::now_ms`] happens.
    Tick,
    /// Somebody outside updates a task.
    Update {
        /// Its reference name; the latest task object is meant.
        reference_name: String,
        /// The result.
        result: TaskResult,
    },
    /// Somebody outside pauses the workflow.
    Pause,
    /// Somebody outside resumes it.
    Resume,
    /// Somebody outside ends it.
    Terminate {
        /// Why.
        reason: Option<String>,
    },
}

/// Something to do.
#[derive(Debug)]
pub enum Command {
    /// Send a request, and answer with the result.
    Call(Call),
    /// Hand the task to a worker of the queue, if there is one.
    Offer {
        /// The task object.
        task: TaskIndex,
        /// The queue.
        queue: std::sync::Arc<str>,
    },
}

/// A request to send.
#[derive(Debug)]
pub struct Call {
    /// The task object.
    pub task: TaskIndex,
    /// Its node in the plan.
    pub node: NodeId,
    /// The request in the shape of an HTTP task's input; secrets are still references.
    pub request: Resolved,
}

/// What came of one attempt.
#[derive(Debug, Clone)]
pub struct TaskResult {
    /// The status that the task gets.
    pub status: TaskStatus,
    /// The output.
    pub output: Value,
    /// Why it did not complete.
    pub reason: Option<String>,
    /// With `IN_PROGRESS`: offered again after that many milliseconds.
    pub callback_after_ms: Option<i64>,
    /// What the engine that made the call knows about another attempt; workers know nothing.
    pub advice: Option<RetryAdvice>,
}

impl TaskResult {
    /// A result of that status and output, without anything else.
    #[must_use]
    pub fn new(status: TaskStatus, output: Value) -> Self {
        Self { status, output, reason: None, callback_after_ms: None, advice: None }
    }
}

/// What is known about sending a call again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryAdvice {
    /// Whether another attempt can do harm.
    pub resend: Resend,
    /// Not before that time, milliseconds since 1970 (the API's own Retry-After): replaces the computed delay.
    pub not_before_ms: Option<i64>,
}

/// Whether a failed call may be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resend {
    /// It was not carried out, or carrying it out twice does no harm.
    Safe,
    /// It may have been carried out; the sentence says why another attempt is not made.
    Unsafe(String),
    /// No attempt can mend it; the sentence says why.
    Never(String),
}
