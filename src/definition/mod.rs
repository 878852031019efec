//! Conductor's definitions, typed: [`WorkflowDef`], [`WorkflowTask`], [`TaskDef`].
//!
//! Every known field has a type; what is not known is kept, so that a round trip loses nothing, key order included.
//! [`Document::parse`] never stops at the first problem.

mod check;
mod document;
mod http_input;
mod read;
mod schemas;
mod task_def;
mod task_type;
mod workflow_def;
mod workflow_task;

pub use check::{TaskDefLookup, check, wait_seconds};
pub use document::{Document, Documented};
pub use http_input::HttpInput;
pub use schemas::{task_def_schema, workflow_schema};
pub use task_def::{RetryLogic, TaskDef, TimeoutPolicy};
pub use task_type::TaskType;
pub use workflow_def::{WorkflowDef, WorkflowTimeoutPolicy};
pub use workflow_task::{SubWorkflowParam, WorkflowTask};

/// Whose behaviour a run has where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// The better defaults.
    #[default]
    Legwork,
    /// Exactly what a Conductor server does (`--compat conductor`).
    Conductor,
}
