//! The first step of an execution.

use super::advance::{Agenda, Todo};
use super::timer::Timers;
use super::{Execution, Library, Moment, WorkflowIndex};
use crate::plan::Plan;
use crate::resolve::{Scope, WorkflowState, WorkflowStatus, nothing};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What an execution is started with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The workflow's input, an object. Runs that start with the same input share it.
    pub input: Arc<Value>,
    /// The version that is asked for; `None` is the latest.
    pub version: Option<i64>,
    /// `correlationId`.
    pub correlation_id: Option<String>,
    /// Values of `workflow.env`.
    pub env: Arc<BTreeMap<String, String>>,
    /// The ids of the workflow and the task object that wait for it.
    pub parent: Option<(String, String)>,
}

impl Start {
    /// A start with that input, and nothing else.
    #[must_use]
    pub fn with_input(input: Map<String, Value>) -> Self {
        Self {
            input: Arc::new(Value::Object(input)),
            version: None,
            correlation_id: None,
            env: Arc::default(),
            parent: None,
        }
    }
}

impl Default for Start {
    fn default() -> Self {
        Self::with_input(Map::new())
    }
}

/// Why an execution was not started.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// There is no definition of that version.
    #[error("no such workflow defined: name={name}, version={version}")]
    NoSuchVersion {
        /// The workflow's name.
        name: String,
        /// The version that was asked for.
        version: i64,
    },
    /// The first tasks store the workflow's variables inside themselves, which a server answers with an internal error.
    #[error("the variables of the workflow would hold themselves: task `{reference_name}` stores all of them in one")]
    VariablesInThemselves {
        /// The task that does it.
        reference_name: String,
    },
    /// The first tasks cannot be made, which a server answers with an error.
    #[error("the first tasks cannot be made: {reason}")]
    FirstTasks {
        /// Why.
        reason: String,
    },
}

impl Execution {
    /// Starts the root of a family.
    pub(super) fn start(
        library: &Arc<Library>,
        plan: &Arc<Plan>,
        start: Start,
        moment: &mut Moment<'_>,
    ) -> Result<Box<Self>, Refused> {
        if let Some(version) = start.version.filter(|version| *version != plan.version) {
            return Err(Refused::NoSuchVersion { name: plan.name.to_string(), version });
        }
        let mut execution = Box::new(Self::new(library, plan, start, moment));
        execution.set_out(moment);
        match execution.refused.take() {
            Some(refused) => Err(refused),
            None => Ok(execution),
        }
    }

    /// Starts a child at that place of a family.
    pub(super) fn start_as(
        index: WorkflowIndex,
        library: &Arc<Library>,
        plan: &Arc<Plan>,
        start: Start,
        moment: &mut Moment<'_>,
    ) -> Self {
        let mut execution = Self::new(library, plan, start, moment);
        execution.index = index;
        execution.set_out(moment);
        execution
    }

    fn set_out(&mut self, moment: &mut Moment<'_>) {
        self.starting = true;
        self.watch_workflow();
        match self.plan.first() {
            Some(first) => self.agenda.push(Todo::Schedule(first, None)),
            None => self.complete(moment),
        }
        self.drain(moment);
    }

    /// An execution in which nothing has happened: for a test request, whose earlier tasks are given.
    #[must_use]
    pub fn new(library: &Arc<Library>, plan: &Arc<Plan>, start: Start, moment: &mut Moment<'_>) -> Self {
        let (parent_workflow_id, parent_workflow_task_id) = start.parent.unzip();
        let workflow = WorkflowState {
            input: with_template(start.input, &plan.input_template),
            output: nothing(),
            variables: Value::Object(plan.variables.clone()),
            status: WorkflowStatus::Running,
            workflow_id: (moment.new_id)(),
            workflow_type: Arc::clone(&plan.name),
            version: plan.version,
            correlation_id: start.correlation_id,
            schema_version: plan.schema_version,
            parent_workflow_id,
            parent_workflow_task_id,
            reason_for_incompletion: None,
        };
        Self {
            plan: Arc::clone(plan),
            library: Arc::clone(library),
            index: WorkflowIndex::ROOT,
            scope: Scope::new(workflow, start.env),
            control: Vec::new(),
            timers: Timers::default(),
            open: 0,
            agenda: Agenda::default(),
            held: Vec::new(),
            awaited: HashMap::new(),
            extra: Vec::new(),
            effects: Vec::new(),
            starting: false,
            evaluating: 0,
            stuck: false,
            refused: None,
            forgiven: Vec::new(),
            refusals: HashMap::new(),
            commands: Vec::new(),
            news: Vec::new(),
            started_ms: moment.now_ms,
            ended_ms: None,
            failed_task: None,
        }
    }
}

/// `inputTemplate` fills missing and null inputs at the top level; its values are not resolved.
fn with_template(mut input: Arc<Value>, template: &Map<String, Value>) -> Arc<Value> {
    for (key, value) in template {
        if input.get(key).is_none_or(Value::is_null)
            && let Value::Object(input) = Arc::make_mut(&mut input)
        {
            input.insert(key.clone(), value.clone());
        }
    }
    input
}
