//! Workflows that a workflow starts: `SUB_WORKFLOW`, `START_WORKFLOW`, the failure workflow. An execution only says what it wants;
//! its family starts it, and tells it what became of it.

use super::advance::Made;
use super::group::{Unmade, add_input};
use super::{Execution, Moment, Start, State, TaskIndex, TaskResult, WorkflowIndex};
use crate::plan::{InPlace, Plan, SubWorkflow, in_place};
use crate::resolve::{Context, Resolved, SecretSlot, TaskStatus, WorkflowStatus, java_text};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Something that the family does for an execution.
#[derive(Debug)]
pub(super) enum Effect {
    /// Start a workflow.
    Start(Box<StartChild>),
    /// End a child whose task object was cancelled.
    Cancel { child: WorkflowIndex, reason: String },
}

/// A workflow to start.
#[derive(Debug)]
pub(super) struct StartChild {
    pub(super) plan: Arc<Plan>,
    pub(super) start: Start,
    /// The task object that asks for it; none for a failure workflow.
    pub(super) task: Option<TaskIndex>,
    /// Whether the task object goes on only when it has ended.
    pub(super) waits: bool,
}

impl Execution {
    /// What the family has to do.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(super) fn has_no_effects(&self) -> bool {
        self.effects.is_empty()
    }

    /// What a workflow that this one starts is started with.
    fn start_of(&self, input: Map<String, Value>) -> Start {
        let correlation_id = self.scope.workflow.correlation_id.clone();
        Start { correlation_id, env: Arc::clone(&self.scope.env), ..Start::with_input(input) }
    }

    fn ask_for(&mut self, plan: Arc<Plan>, start: Start, task: Option<TaskIndex>, waits: bool) {
        self.effects.push(Effect::Start(Box::new(StartChild { plan, start, task, waits })));
    }

    /// The input of a `SUB_WORKFLOW`: what is to be started, with the inputs inside.
    pub(super) fn with_parameters(&self, made: Made, sub: &SubWorkflow) -> Result<Made, Unmade> {
        let mut made = made;
        let Ok(inputs) = &mut made.input else { return Ok(made) };
        let context = Context { dialect: self.plan.dialect, task_id: None };
        let params = sub.params.resolve(&self.scope, &context).map(Resolved::into_value).unwrap_or_default();
        let definition = self.definition_in_place(sub);
        let text = |key: &str| params.get(key).filter(|value| !value.is_null()).map(java_text);
        let name = text("name").or_else(|| text_of(definition.as_ref()?.get("name")?));
        let name = name.ok_or_else(|| Unmade::Faults("the sub-workflow has no name".to_owned()))?;
        let version = match text("version").and_then(|version| version.trim().parse::<i64>().ok()) {
            _ if definition.is_some() => None,
            Some(version) if version != 0 => Some(version),
            _ => Some(self.latest_version(&name)?),
        };
        let input = Arc::unwrap_or_clone(std::mem::take(&mut inputs.value));
        // Where a secret stands moves along with the inputs.
        let inside = crate::source::Pointer::root().key("workflowInput");
        let moved = |slot: &SecretSlot| SecretSlot { pointer: inside.join(&slot.pointer), ..slot.clone() };
        inputs.secrets = inputs.secrets.iter().map(moved).collect();
        let shown = definition
            .map(|definition| if self.is_conductor() { super::stored::workflow(&definition) } else { definition });
        let given = |key: &str| params.get(key).cloned().unwrap_or_default();
        inputs.value = Arc::new(json!({
            "subWorkflowName": name, "subWorkflowVersion": version, "subWorkflowTaskToDomain": given("taskToDomain"),
            "subWorkflowDefinition": shown, "workflowInput": input, "idempotencyKey": given("idempotencyKey"),
            "idempotencyStrategy": given("idempotencyStrategy"), "priority": given("priority"),
        }));
        add_input(&mut made, Map::new());
        Ok(made)
    }

    fn definition_in_place(&self, sub: &SubWorkflow) -> Option<Value> {
        match sub.definition.as_ref()? {
            InPlace::Written(definition) => Some(definition.clone()),
            InPlace::Expression(template) => {
                let context = Context { dialect: self.plan.dialect, task_id: None };
                template.resolve(&self.scope, &context).ok().map(Resolved::into_value).filter(Value::is_object)
            }
        }
    }

    fn latest_version(&self, name: &str) -> Result<i64, Unmade> {
        let latest = self.library.find(name, None).map(|plan| plan.version);
        latest.ok_or_else(|| {
            Unmade::Faults(format!("The Task {name} defined as a sub-workflow has no workflow definition available "))
        })
    }

    /// Asks for the child of a `SUB_WORKFLOW`.
    pub(super) fn start_child(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let input = &self.task(task).input;
        let name = input.get("subWorkflowName").map(java_text).unwrap_or_default();
        let version = input.get("subWorkflowVersion").and_then(Value::as_i64).filter(|version| *version != 0);
        let definition = input.get("subWorkflowDefinition").filter(|definition| definition.is_object());
        let plan = match definition {
            Some(definition) => in_place(definition, self.library.catalogue(), self.library.options()),
            None => self.library.find(&name, version).cloned(),
        };
        let is_in_place = definition.is_some();
        let Some(plan) = plan else { return self.no_such_workflow(task, &name, version, moment) };
        let revealed = self.revealed_input(task, moment);
        let inputs = revealed.get("workflowInput").and_then(Value::as_object).filter(|inputs| !inputs.is_empty());
        let mut given = match (inputs, revealed.as_object()) {
            (Some(inputs), _) => inputs.clone(),
            // A server's quirk: a child without inputs gets those of the task itself.
            (None, Some(whole)) if self.is_conductor() => whole.clone(),
            _ => Map::new(),
        };
        if is_in_place && self.is_conductor() {
            given.insert("_systemMetadata".to_owned(), json!({"dynamic": true}));
        }
        self.in_progress_from(task, moment);
        let parent = Some((self.scope.workflow.workflow_id.clone(), self.task(task).task_id.clone()));
        let start = Start { parent, ..self.start_of(given) };
        self.ask_for(plan, start, Some(task), true);
    }

    /// `START_WORKFLOW`: asks for a workflow, and goes on.
    pub(super) fn start_workflow(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let revealed = self.revealed_input(task, moment);
        let Some(request) = revealed.get("startWorkflow").filter(|request| request.is_object()) else {
            return self.not_started(task, "Missing 'startWorkflow' in input data.".to_owned(), moment);
        };
        let text = |key: &str| request.get(key).filter(|value| !value.is_null()).map(java_text);
        let (name, version) = (text("name").unwrap_or_default(), request.get("version").and_then(Value::as_i64));
        let definition = request.get("workflowDef").filter(|definition| definition.is_object());
        let plan = match definition {
            Some(definition) => in_place(definition, self.library.catalogue(), self.library.options()),
            None => self.library.find(&name, version.filter(|version| *version != 0)).cloned(),
        };
        let Some(plan) = plan else { return self.no_such_workflow(task, &name, version, moment) };
        let start = Start {
            correlation_id: text("correlationId").or_else(|| self.scope.workflow.correlation_id.clone()),
            ..self.start_of(request.get("input").and_then(Value::as_object).cloned().unwrap_or_default())
        };
        self.in_progress_from(task, moment);
        self.ask_for(plan, start, Some(task), false);
    }

    fn no_such_workflow(&mut self, task: TaskIndex, name: &str, version: Option<i64>, moment: &mut Moment<'_>) {
        let version = version.map_or_else(|| "null".to_owned(), |version| version.to_string());
        self.not_started(task, format!("No such workflow defined. name={name}, version={version}"), moment);
    }

    fn not_started(&mut self, task: TaskIndex, reason: String, moment: &mut Moment<'_>) {
        let result = TaskResult::new(TaskStatus::Failed, Value::Object(Map::new()));
        self.finish(task, TaskResult { reason: Some(reason), ..result }, moment);
    }

    /// The family has started what a task object asked for.
    pub(super) fn started(
        &mut self,
        task: TaskIndex,
        child: WorkflowIndex,
        id: &str,
        waits: bool,
        moment: &mut Moment<'_>,
    ) {
        if waits {
            self.set_state(task, State::Child(child));
            self.output_of(task).insert("subWorkflowId".to_owned(), id.into());
        } else {
            self.ended_at_once(task, Map::from_iter([("workflowId".to_owned(), id.into())]), moment);
        }
    }

    /// The child of a task object could not be started.
    pub(super) fn refused_child(&mut self, task: TaskIndex, reason: String, moment: &mut Moment<'_>) {
        self.not_started(task, reason, moment);
    }

    /// The child of a task object has ended.
    pub(super) fn child_ended(&mut self, task: TaskIndex, child: &ChildEnd, moment: &mut Moment<'_>) {
        if self.has_ended() || self.task(task).status.is_terminal() {
            return;
        }
        let status = match child.status {
            WorkflowStatus::Completed => TaskStatus::Completed,
            WorkflowStatus::TimedOut => TaskStatus::TimedOut,
            WorkflowStatus::Terminated => TaskStatus::Canceled,
            _ => TaskStatus::Failed,
        };
        let mut output = std::mem::take(self.output_of(task));
        if let Value::Object(given) = &*child.output {
            output.extend(given.clone());
        }
        let reason = (status != TaskStatus::Completed).then(|| {
            let why = child.reason.as_deref().unwrap_or("null");
            format!("Sub workflow {} failure reason: {why}", child.name)
        });
        let output = self.server_object(output);
        self.finish(task, TaskResult { reason, ..TaskResult::new(status, output) }, moment);
    }

    /// How this execution ended, for the one that started it.
    pub(super) fn ending(&self) -> ChildEnd {
        let workflow = &self.scope.workflow;
        ChildEnd {
            status: workflow.status,
            output: workflow.output.clone(),
            reason: workflow.reason_for_incompletion.clone(),
            name: format!("{}.{}/{}", workflow.workflow_type, workflow.version, workflow.workflow_id),
        }
    }

    /// Asks for the failure workflow, when there is one.
    pub(super) fn start_failure_workflow(&mut self) {
        let plan = Arc::clone(&self.plan);
        let Some(template) = &plan.failure_workflow else { return };
        let context = Context { dialect: plan.dialect, task_id: None };
        let name =
            template.resolve(&self.scope, &context).map(|Resolved { value, .. }| java_text(&value)).unwrap_or_default();
        if name.trim().is_empty() {
            return;
        }
        let version = plan.failure_workflow_version;
        if let Some(plan) = self.library.find(&name, version).cloned() {
            let start = self.start_of(self.failure_input());
            return self.ask_for(plan, start, None, false);
        }
        let version = version.map_or_else(|| "null".to_owned(), |version| version.to_string());
        let why = format!("No such workflow defined. name={name}, version={version}");
        self.note_failure_workflow(&format!("Error workflow {name} failed to start.  reason: {why}"));
    }

    /// What became of the failure workflow stands in the output.
    pub(super) fn note_failure_workflow(&mut self, text: &str) {
        if let Value::Object(output) = Arc::make_mut(&mut self.scope.workflow.output) {
            output.insert("conductor.failure_workflow".to_owned(), text.into());
        }
    }

    fn failure_input(&self) -> Map<String, Value> {
        let workflow = &self.scope.workflow;
        let mut input = workflow.input.as_object().cloned().unwrap_or_default();
        let failed = self.failed_task.map(|task| self.task(task).task_id.clone());
        let more = json!({
            "workflowId": workflow.workflow_id, "reason": workflow.reason_for_incompletion,
            "failureStatus": workflow.status.as_str(), "failureTaskId": failed, "failedWorkflow": self.to_value(),
        });
        if let Value::Object(more) = more {
            input.extend(more);
        }
        input
    }
}

/// How a child ended.
pub(super) struct ChildEnd {
    status: WorkflowStatus,
    output: Arc<Value>,
    reason: Option<String>,
    name: String,
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
