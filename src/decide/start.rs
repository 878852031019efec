//! The first step of an execution.

use super::{Execution, Library, Moment, WorkflowIndex};
use crate::definition::Dialect;
use crate::plan::Plan;
use crate::resolve::{Scope, WorkflowState, WorkflowStatus};
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
}

impl Start {
    /// A start with that input, and nothing else.
    #[must_use]
    pub fn with_input(input: Map<String, Value>) -> Self {
        Self { input: Arc::new(Value::Object(input)), version: None, correlation_id: None, env: Arc::default() }
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
}

impl Execution {
    /// Starts the root of a family.
    pub(super) fn start(
        library: &Arc<Library>,
        plan: &Arc<Plan>,
        start: Start,
        moment: &mut Moment<'_>,
    ) -> Result<Self, Refused> {
        if let Some(version) = start.version.filter(|version| *version != plan.version) {
            return Err(Refused::NoSuchVersion { name: plan.name.clone(), version });
        }
        let mut execution = Self::new(library, plan, start, moment);
        execution.watch_workflow();
        match plan.first() {
            Some(first) => execution.schedule(first, moment),
            None => execution.complete(moment),
        }
        if plan.dialect == Dialect::Conductor
            && let Some(reference_name) = execution.variables_in_themselves()
        {
            return Err(Refused::VariablesInThemselves { reference_name });
        }
        Ok(execution)
    }

    /// An execution in which nothing has happened: for a test request, whose earlier tasks are given.
    #[must_use]
    pub fn new(library: &Arc<Library>, plan: &Arc<Plan>, start: Start, moment: &mut Moment<'_>) -> Self {
        let workflow = WorkflowState {
            input: with_template(start.input, &plan.input_template),
            output: Value::Object(Map::new()),
            variables: Value::Object(plan.variables.clone()),
            status: WorkflowStatus::Running,
            workflow_id: (moment.new_id)(),
            workflow_type: plan.name.clone(),
            version: plan.version,
            correlation_id: start.correlation_id,
            schema_version: plan.schema_version,
            ..WorkflowState::default()
        };
        Self {
            plan: Arc::clone(plan),
            library: Arc::clone(library),
            index: WorkflowIndex::ROOT,
            scope: Scope::new(workflow, start.env),
            control: Vec::new(),
            timers: BTreeMap::new(),
            timer_count: 0,
            open: 0,
            held: Vec::new(),
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
