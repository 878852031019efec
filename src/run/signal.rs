//! Signals given beforehand: what somebody outside does to a run, in order.

use crate::decide::{Event, TaskResult, WorkflowIndex};
use crate::resolve::{Scope, TaskStatus};
use serde::Deserialize;
use serde_json::{Map, Value};

/// One signal: an update of a task, or an operation on the workflow.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Signal {
    /// `{"ref", "status", "output"?, "reason"?, "whenStatus"?, "afterOutput"?}`.
    Update(Update),
    /// `{"op": "pause" | "resume" | "terminate" | "retry", "whenRef", "whenStatus"?, "reason"?}`.
    Operation(Operation),
}

/// An update of a task from outside.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Update {
    /// The task's reference name.
    #[serde(rename = "ref")]
    pub reference_name: String,
    /// Its new status.
    pub status: TaskStatus,
    /// Its output.
    #[serde(default)]
    pub output: Option<Map<String, Value>>,
    /// Why it did not complete.
    #[serde(default)]
    pub reason: Option<String>,
    /// Waits until the task has that status, IN_PROGRESS when absent.
    #[serde(default)]
    pub when_status: Option<String>,
    /// Waits until the task has output as well.
    #[serde(default)]
    pub after_output: bool,
}

/// An operation on the workflow.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    /// `pause`, `resume`, `terminate` or `retry`.
    pub op: OperationKind,
    /// Waits for that task.
    pub when_ref: String,
    /// To have that status, IN_PROGRESS when absent.
    #[serde(default)]
    pub when_status: Option<String>,
    /// Why (terminate).
    #[serde(default)]
    pub reason: Option<String>,
}

/// What is done to the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationKind {
    /// What is under way may end, nothing new starts.
    Pause,
    /// The flow goes on.
    Resume,
    /// The workflow ends as TERMINATED.
    Terminate,
    /// The workflow, which has failed, goes on from where it failed.
    Retry,
}

/// Signals, applied strictly in order: the next one only when its condition holds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Signals(pub Vec<Signal>);

impl Signal {
    /// The event, when its condition holds.
    pub(super) fn event(&self, scope: &Scope) -> Option<Event> {
        match self {
            Self::Update(update) => update.event(scope),
            Self::Operation(operation) => operation.event(scope),
        }
    }
}

impl Update {
    fn event(&self, scope: &Scope) -> Option<Event> {
        let task = scope.task(scope.named(&self.reference_name)?)?;
        let has_output = task.output.as_object().is_some_and(|output| !output.is_empty());
        if task.status.as_str() != self.when_status.as_deref().unwrap_or("IN_PROGRESS")
            || (self.after_output && !has_output)
        {
            return None;
        }
        let output = Value::Object(self.output.clone().unwrap_or_default());
        let result = TaskResult { reason: self.reason.clone(), ..TaskResult::new(self.status, output) };
        let workflow = WorkflowIndex::ROOT;
        Some(Event::Update { workflow, reference_name: self.reference_name.clone(), result })
    }
}

impl Operation {
    fn event(&self, scope: &Scope) -> Option<Event> {
        let task = scope.task(scope.named(&self.when_ref)?)?;
        if task.status.as_str() != self.when_status.as_deref().unwrap_or("IN_PROGRESS") {
            return None;
        }
        let workflow = WorkflowIndex::ROOT;
        Some(match self.op {
            OperationKind::Pause => Event::Pause { workflow },
            OperationKind::Resume => Event::Resume { workflow },
            OperationKind::Retry => Event::Retry { workflow },
            OperationKind::Terminate => Event::Terminate { workflow, reason: self.reason.clone() },
        })
    }
}
