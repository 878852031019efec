//! What a run knows so far: the facts that expressions read, as one owned document.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

/// The status of a task object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "each variant is Conductor's constant of that name")]
pub enum TaskStatus {
    Scheduled,
    InProgress,
    Completed,
    CompletedWithErrors,
    Failed,
    FailedWithTerminalError,
    TimedOut,
    Canceled,
    Skipped,
}

impl TaskStatus {
    const NAMES: &[(TaskStatus, &str)] = &[
        (Self::Scheduled, "SCHEDULED"),
        (Self::InProgress, "IN_PROGRESS"),
        (Self::Completed, "COMPLETED"),
        (Self::CompletedWithErrors, "COMPLETED_WITH_ERRORS"),
        (Self::Failed, "FAILED"),
        (Self::FailedWithTerminalError, "FAILED_WITH_TERMINAL_ERROR"),
        (Self::TimedOut, "TIMED_OUT"),
        (Self::Canceled, "CANCELED"),
        (Self::Skipped, "SKIPPED"),
    ];

    /// The wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }

    /// The status of that wire name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, wire)| *wire == name).map(|(status, _)| *status)
    }

    /// Whether nothing more happens to the task object.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Scheduled | Self::InProgress)
    }

    /// Whether the flow goes on after it.
    #[must_use]
    pub fn is_successful(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors | Self::Skipped | Self::Scheduled | Self::InProgress)
    }
}

/// The status of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "each variant is Conductor's constant of that name")]
pub enum WorkflowStatus {
    #[default]
    Running,
    Completed,
    Failed,
    TimedOut,
    Terminated,
    Paused,
}

impl WorkflowStatus {
    /// The wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Terminated => "TERMINATED",
            Self::Paused => "PAUSED",
        }
    }

    /// Whether the execution has ended.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Running | Self::Paused)
    }
}

/// The execution itself, as `${workflow.…}` reads it.
#[derive(Debug, Clone, Default)]
pub struct WorkflowState {
    /// `workflow.input`.
    pub input: Arc<Value>,
    /// `workflow.output`; the last task's, unless the definition says otherwise, and then shared with it.
    pub output: Arc<Value>,
    /// `workflow.variables`.
    pub variables: Value,
    /// `workflow.status`.
    pub status: WorkflowStatus,
    /// `workflow.workflowId`.
    pub workflow_id: String,
    /// `workflow.parentWorkflowId`.
    pub parent_workflow_id: Option<String>,
    /// `workflow.parentWorkflowTaskId`.
    pub parent_workflow_task_id: Option<String>,
    /// `workflow.workflowType`.
    pub workflow_type: Arc<str>,
    /// `workflow.version`.
    pub version: i64,
    /// `workflow.correlationId`.
    pub correlation_id: Option<String>,
    /// `workflow.reasonForIncompletion`.
    pub reason_for_incompletion: Option<String>,
    /// `workflow.schemaVersion`.
    pub schema_version: i64,
}

/// One task object, as `${ref.…}` reads it. Each attempt and each round of a loop is a task object of its own.
#[derive(Debug, Clone)]
pub struct TaskState {
    /// `referenceTaskName`, with `__<iteration>` inside loops.
    pub reference_name: Arc<str>,
    /// `taskType`.
    pub task_type: Arc<str>,
    /// `taskDefName`.
    pub task_def_name: Arc<str>,
    /// `status`.
    pub status: TaskStatus,
    /// `input`: the resolved input; secrets are still references.
    pub input: Arc<Value>,
    /// `output`.
    pub output: Arc<Value>,
    /// `retryCount`: 0 for the first attempt.
    pub retry_count: u32,
    /// `pollCount`.
    pub poll_count: u32,
    /// `iteration`: 0 outside loops.
    pub iteration: u32,
    /// `taskId`.
    pub task_id: String,
    /// `scheduledTime`, milliseconds since 1970.
    pub scheduled_time: i64,
    /// `startTime`, milliseconds since 1970; 0 before it started.
    pub start_time: i64,
    /// `endTime`, milliseconds since 1970; 0 before it ended.
    pub end_time: i64,
    /// `reasonForIncompletion`.
    pub reason_for_incompletion: Option<String>,
    /// `callbackAfterSeconds`.
    pub callback_after_seconds: i64,
    /// `workerId`.
    pub worker_id: Option<String>,
}

impl TaskState {
    /// A task that has completed with that output, as it is given where nothing has run.
    #[must_use]
    pub fn completed(reference_name: &str, output: Value) -> Self {
        let name: Arc<str> = reference_name.into();
        Self {
            reference_name: Arc::clone(&name),
            task_type: "".into(),
            task_def_name: name,
            status: TaskStatus::Completed,
            input: nothing(),
            output: output.into(),
            retry_count: 0,
            poll_count: 0,
            iteration: 0,
            task_id: String::new(),
            scheduled_time: 0,
            start_time: 0,
            end_time: 0,
            reason_for_incompletion: None,
            callback_after_seconds: 0,
            worker_id: None,
        }
    }
}

/// Everything that an expression can see.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The execution.
    pub workflow: WorkflowState,
    /// `workflow.env`: texts by name.
    pub env: Arc<BTreeMap<String, String>>,
    tasks: Vec<TaskState>,
    latest: HashMap<Arc<str>, usize>,
}

/// What a task or a workflow holds that has given nothing: an empty object, one for all of them.
pub(crate) fn nothing() -> Arc<Value> {
    static NOTHING: LazyLock<Arc<Value>> = LazyLock::new(|| Arc::new(Value::Object(Map::new())));
    Arc::clone(&NOTHING)
}

impl Scope {
    /// A scope in which no task has run.
    #[must_use]
    pub fn new(workflow: WorkflowState, env: Arc<BTreeMap<String, String>>) -> Self {
        // Most workflows are short; the list doubles from one.
        Self { workflow, env, tasks: Vec::with_capacity(1), latest: HashMap::new() }
    }

    /// All task objects, in the order they were made.
    #[must_use]
    pub fn tasks(&self) -> &[TaskState] {
        &self.tasks
    }

    /// The task object of that index.
    #[must_use]
    pub fn task(&self, index: usize) -> Option<&TaskState> {
        self.tasks.get(index)
    }

    /// The task object of that index, to change it.
    pub fn task_mut(&mut self, index: usize) -> Option<&mut TaskState> {
        self.tasks.get_mut(index)
    }

    /// Adds a task object; from now on it is the latest of its reference name.
    pub fn push(&mut self, task: TaskState) -> usize {
        let index = self.tasks.len();
        let name = plain_name(&task);
        // Outside loops the name is the task object's own.
        let name = if name.len() == task.reference_name.len() { Arc::clone(&task.reference_name) } else { name.into() };
        self.latest.insert(name, index);
        self.make_room();
        self.tasks.push(task);
        index
    }

    /// Adds a task object whose reference name has suffixes; from now on it is the latest of the name without them.
    pub fn push_as(&mut self, plain_name: &str, task: TaskState) -> usize {
        let index = self.tasks.len();
        match self.latest.get_mut(plain_name) {
            Some(latest) => *latest = index,
            None => {
                self.latest.insert(plain_name.into(), index);
            }
        }
        self.make_room();
        self.tasks.push(task);
        index
    }

    /// A list that grows by itself would go from one to four: many workflows that wait have two.
    fn make_room(&mut self) {
        if self.tasks.len() == self.tasks.capacity() {
            self.tasks.reserve_exact(self.tasks.len().max(1));
        }
    }

    /// The latest task object of a reference name, without loop suffix.
    #[must_use]
    pub fn latest(&self, reference_name: &str) -> Option<&TaskState> {
        self.latest.get(reference_name).and_then(|index| self.tasks.get(*index))
    }

    /// The index of the latest task object of a reference name, without loop suffix.
    #[must_use]
    pub fn latest_index(&self, reference_name: &str) -> Option<usize> {
        self.latest.get(reference_name).copied()
    }

    /// The index of the task object that somebody outside means: the latest of a reference name, or, with a loop suffix, of that
    /// round.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<usize> {
        self.latest_index(name).or_else(|| self.tasks.iter().rposition(|task| &*task.reference_name == name))
    }

    /// The latest task object of every reference name, in the order the names first came up.
    pub fn latest_tasks(&self) -> impl Iterator<Item = (&str, &TaskState)> {
        let mut seen: Vec<_> =
            self.latest.iter().filter_map(|(name, index)| Some((&**name, self.tasks.get(*index)?, *index))).collect();
        seen.sort_by_key(|(_, _, index)| *index);
        seen.into_iter().map(|(name, task, _)| (name, task))
    }
}

/// The reference name without `__<iteration>`.
fn plain_name(task: &TaskState) -> &str {
    let name = &*task.reference_name;
    if task.iteration == 0 {
        return name;
    }
    name.rsplit_once("__").filter(|(_, suffix)| suffix.parse::<u32>().is_ok()).map_or(name, |(plain, _)| plain)
}
