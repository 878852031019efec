//! `WorkflowDef`: a workflow definition as Conductor stores it.

use super::WorkflowTask;
use super::read::{Cursor, Field, Fields, Report, fields, read_object, write_object};
use serde_json::{Map, Value};

/// What happens when a workflow's `timeoutSeconds` are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WorkflowTimeoutPolicy {
    /// The workflow ends as `TIMED_OUT`.
    TimeOutWf,
    /// Nothing but an alert.
    #[default]
    AlertOnly,
}

/// A workflow definition. Source: conductor-common `WorkflowDef.java`, 3.32.3.
#[derive(Debug, Clone)]
pub struct WorkflowDef {
    /// `name`.
    pub name: String,
    /// `version`, 1 when absent.
    pub version: i64,
    /// `description`.
    pub description: Option<String>,
    /// `tasks`, in order.
    pub tasks: Vec<WorkflowTask>,
    /// `inputParameters`: names of the inputs; never checked by a server.
    pub input_parameters: Vec<String>,
    /// `outputParameters`, unresolved.
    pub output_parameters: Map<String, Value>,
    /// `inputTemplate`: defaults for missing or null top-level inputs, never resolved.
    pub input_template: Map<String, Value>,
    /// `variables`: initial values, never resolved.
    pub variables: Map<String, Value>,
    /// `failureWorkflow`.
    pub failure_workflow: Option<String>,
    /// `schemaVersion`, 2 when absent.
    pub schema_version: i64,
    /// `restartable`, true when absent.
    pub restartable: bool,
    /// `ownerEmail`.
    pub owner_email: Option<String>,
    /// `timeoutPolicy`.
    pub timeout_policy: WorkflowTimeoutPolicy,
    /// `timeoutSeconds`, 0 for none.
    pub timeout_seconds: i64,
    /// `inputSchema` as written.
    pub input_schema: Option<Value>,
    /// `outputSchema` as written.
    pub output_schema: Option<Value>,
    /// `enforceSchema`, true when absent.
    pub enforce_schema: bool,
    /// `failureWorkflowVersion`.
    pub failure_workflow_version: Option<i64>,
    /// `workflowStatusListenerEnabled`.
    pub workflow_status_listener_enabled: bool,
    /// `workflowStatusListenerSink`.
    pub workflow_status_listener_sink: Option<String>,
    /// `rateLimitConfig` as written.
    pub rate_limit_config: Option<Value>,
    /// `cacheConfig` as written; without effect.
    pub cache_config: Option<Value>,
    /// `maskedFields`; without effect.
    pub masked_fields: Vec<String>,
    /// `metadata`: free for the author.
    pub metadata: Map<String, Value>,
    /// What the fields above do not hold exactly as written: unknown fields, and known ones of another type. Such a
    /// value goes before the typed one when the definition is written.
    pub extra: Map<String, Value>,
    /// The keys in the order they were written.
    pub keys: Vec<Box<str>>,
}

impl WorkflowDef {
    /// Reads a definition, as far as it can be read, without a word about what is wrong with it.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        read_object(&Cursor::root(value, None), &mut Report::new(None))
    }

    /// The wire names of the typed fields.
    pub fn field_names() -> impl Iterator<Item = &'static str> {
        Self::FIELDS.iter().map(|field| field.name)
    }

    /// The definition as a value: what was read comes out as it was written, key order included.
    #[must_use]
    pub fn to_value(&self) -> Value {
        write_object(self)
    }

    /// Every task, those inside operators too, each before its children.
    #[must_use]
    pub fn all_tasks(&self) -> Vec<&WorkflowTask> {
        let mut all = Vec::new();
        let mut waiting: Vec<&WorkflowTask> = self.tasks.iter().rev().collect();
        while let Some(task) = waiting.pop() {
            all.push(task);
            let children: Vec<_> = task.children().collect();
            waiting.extend(children.into_iter().rev());
        }
        all
    }
}

impl Default for WorkflowDef {
    /// Conductor's defaults of every field.
    fn default() -> Self {
        Self {
            name: String::new(),
            version: 1,
            description: None,
            tasks: Vec::new(),
            input_parameters: Vec::new(),
            output_parameters: Map::new(),
            input_template: Map::new(),
            variables: Map::new(),
            failure_workflow: None,
            schema_version: 2,
            restartable: true,
            owner_email: None,
            timeout_policy: WorkflowTimeoutPolicy::default(),
            timeout_seconds: 0,
            input_schema: None,
            output_schema: None,
            enforce_schema: true,
            failure_workflow_version: None,
            workflow_status_listener_enabled: false,
            workflow_status_listener_sink: None,
            rate_limit_config: None,
            cache_config: None,
            masked_fields: Vec::new(),
            metadata: Map::new(),
            extra: Map::new(),
            keys: Vec::new(),
        }
    }
}

impl Fields for WorkflowDef {
    const FIELDS: &'static [Field<Self>] = fields! {
        "name" => name,
        "description" => description,
        "version" => version,
        "tasks" => tasks,
        "inputParameters" => input_parameters,
        "outputParameters" => output_parameters,
        "inputTemplate" => input_template,
        "variables" => variables,
        "failureWorkflow" => failure_workflow,
        "failureWorkflowVersion" => failure_workflow_version,
        "schemaVersion" => schema_version,
        "restartable" => restartable,
        "workflowStatusListenerEnabled" => workflow_status_listener_enabled,
        "workflowStatusListenerSink" => workflow_status_listener_sink,
        "ownerEmail" => owner_email,
        "timeoutPolicy" => timeout_policy,
        "timeoutSeconds" => timeout_seconds,
        "rateLimitConfig" => rate_limit_config,
        "inputSchema" => input_schema,
        "outputSchema" => output_schema,
        "enforceSchema" => enforce_schema,
        "cacheConfig" => cache_config,
        "maskedFields" => masked_fields,
        "metadata" => metadata,
    };
    const KEPT: &'static [&'static str] =
        &["ownerApp", "createTime", "updateTime", "createdBy", "updatedBy", "accessPolicy", "tags"];

    fn written(&mut self) -> (&mut Map<String, Value>, &mut Vec<Box<str>>) {
        (&mut self.extra, &mut self.keys)
    }

    fn kept(&self) -> (&Map<String, Value>, &[Box<str>]) {
        (&self.extra, &self.keys)
    }
}
