//! A definition file, read as far as it can be read.

use super::{TaskDef, WorkflowDef};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, SpanTree};
use serde_json::Value;

/// What a file defines.
#[derive(Debug, Clone)]
pub enum Documented {
    /// One workflow definition.
    Workflow(Box<WorkflowDef>),
    /// Task definitions: one object, or a list of them.
    Tasks(Vec<TaskDef>),
}

/// A file with its value, its spans, its typed definition and everything that is wrong with it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: SourceFile,
    /// The value as written.
    pub value: Value,
    /// Where each key and value stands.
    pub spans: SpanTree,
    /// The typed definition, as far as it could be read.
    pub definition: Documented,
    /// All problems, in text order.
    pub diagnostics: Vec<Diagnostic>,
}
