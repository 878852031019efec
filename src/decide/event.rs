//! What goes into a step and what comes out of it.

use crate::plan::Node;
use crate::resolve::{Resolved, TaskStatus};
use crate::secret::SecretStore;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

/// The index of an execution in its family; the root is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkflowIndex(pub(crate) usize);

impl WorkflowIndex {
    /// The execution that the family was started with.
    pub const ROOT: Self = Self(0);

    /// The plain number: executions count up in the order they were started.
    #[must_use]
    pub fn get(self) -> usize {
        self.0
    }
}

impl From<usize> for WorkflowIndex {
    fn from(index: usize) -> Self {
        Self(index)
    }
}

/// A task object of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskAddress {
    /// The execution it belongs to.
    pub workflow: WorkflowIndex,
    /// Its place there.
    pub task: TaskIndex,
}

/// Something that happened. Its JSON is part of the journal's format.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A worker has taken a task that was offered.
    Polled {
        /// The task object.
        task: TaskAddress,
    },
    /// A call whose outcome is unknown is sent again: its time-out counts from now.
    Resent {
        /// The task object.
        task: TaskAddress,
    },
    /// A call or a worker gave a result.
    Answered {
        /// The task object.
        task: TaskAddress,
        /// What came of it.
        result: TaskResult,
    },
    /// A script was evaluated.
    Evaluated {
        /// The task object that asked for it.
        task: TaskAddress,
        /// What the script gives, or what it failed with, in the evaluator's words.
        result: Result<Value, String>,
    },
    /// Time has passed: everything due by [`Moment::now_ms`] happens.
    Tick,
    /// Somebody outside updates a task.
    Update {
        /// The execution.
        workflow: WorkflowIndex,
        /// Its reference name; the latest task object is meant.
        reference_name: String,
        /// The result.
        result: TaskResult,
    },
    /// Somebody outside pauses a workflow.
    Pause {
        /// The execution.
        workflow: WorkflowIndex,
    },
    /// Somebody outside resumes it.
    Resume {
        /// The execution.
        workflow: WorkflowIndex,
    },
    /// Somebody outside has a workflow that failed try again from where it failed.
    Retry {
        /// The execution.
        workflow: WorkflowIndex,
    },
    /// Somebody outside ends it.
    Terminate {
        /// The execution.
        workflow: WorkflowIndex,
        /// Why.
        reason: Option<String>,
    },
}

impl Event {
    /// The execution that it is about; `None` for time, which passes for all of them.
    #[must_use]
    pub fn workflow(&self) -> Option<WorkflowIndex> {
        match self {
            Self::Polled { task }
            | Self::Resent { task }
            | Self::Answered { task, .. }
            | Self::Evaluated { task, .. } => Some(task.workflow),
            Self::Update { workflow, .. }
            | Self::Pause { workflow }
            | Self::Resume { workflow }
            | Self::Retry { workflow }
            | Self::Terminate { workflow, .. } => Some(*workflow),
            Self::Tick => None,
        }
    }
}

/// Something to do.
#[derive(Debug)]
pub enum Command {
    /// Send a request, and answer with the result.
    Call(Call),
    /// Hand the task to a worker of the queue, if there is one.
    Offer {
        /// The task object.
        task: TaskAddress,
        /// The queue.
        queue: Arc<str>,
    },
    /// Evaluate a script, and tell what it gives with [`Event::Evaluated`].
    Evaluate(Evaluate),
}

/// A script to evaluate.
#[derive(Debug)]
pub struct Evaluate {
    /// The task object.
    pub task: TaskAddress,
    /// The language.
    pub kind: ScriptKind,
    /// The script.
    pub text: Arc<str>,
    /// What the script sees: `$`, or its variables, or the document that a query reads.
    pub input: Value,
}

/// The languages of scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptKind {
    /// `javascript`: the input is `$`.
    Javascript,
    /// `graaljs`: the input is `$`.
    Graaljs,
    /// `python`: the members of the input are variables, and the text is the body of a function.
    Python,
    /// A jq program over the input. Gives the list of all its results.
    Jq,
}

/// A request to send.
#[derive(Debug)]
pub struct Call {
    /// The task object.
    pub task: TaskAddress,
    /// What is known of the task beforehand.
    pub node: Arc<Node>,
    /// The request in the shape of an HTTP task's input; secrets are still references.
    pub request: Resolved,
}

/// What came of one attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskResult {
    /// The status that the task gets.
    pub status: TaskStatus,
    /// The output.
    pub output: Arc<Value>,
    /// Why it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With `IN_PROGRESS`: offered again after that many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_after_ms: Option<i64>,
    /// What the engine that made the call knows about another attempt; workers know nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<RetryAdvice>,
}

impl TaskResult {
    /// A result of that status and output, without anything else.
    #[must_use]
    pub fn new(status: TaskStatus, output: impl Into<Arc<Value>>) -> Self {
        Self { status, output: output.into(), reason: None, callback_after_ms: None, advice: None }
    }
}

/// What is known about sending a call again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryAdvice {
    /// Whether another attempt can do harm.
    pub resend: Resend,
    /// Not before that time, milliseconds since 1970 (the API's own Retry-After): replaces the computed delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before_ms: Option<i64>,
}

/// Whether a failed call may be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Resend {
    /// It was not carried out, or carrying it out twice does no harm.
    Safe,
    /// It may have been carried out; the sentence says why another attempt is not made.
    Unsafe(String),
    /// No attempt can mend it; the sentence says why.
    Never(String),
}
