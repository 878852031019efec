//! `WorkflowDef`: a workflow definition as Conductor stores it.

use super::WorkflowTask;
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
#[derive(Debug, Clone, Default)]
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
    /// `enforceSchema`.
    pub enforce_schema: bool,
    /// Everything else that was written, in order.
    pub extra: Map<String, Value>,
    /// The keys in the order they were written.
    pub keys: Vec<Box<str>>,
}
