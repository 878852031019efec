//! An API as its task definitions are about to be written: what every importer gives.
//!
//! A [`Draft`] is a provider, the schemas that its operations share, and the operations; [`Draft::files`] gives the texts of its
//! folder, exactly what [`Catalogue::add`](crate::catalogue::Catalogue::add) reads again. Nothing here reads or writes files.

mod definition;
mod files;
mod names;
mod provider;
mod seal;
mod yaml;

pub use files::{DraftDefinition, DraftFile, DraftValues, SHARED_SCHEMAS};
pub use names::{Names, slug};
pub use provider::ProviderDraft;
pub use seal::{Seal, seal_of};

use crate::diagnostic::Diagnostic;
use serde_json::{Map, Value};

/// What an importer gives: task definitions that are not written yet, workflow definitions, and what was lost on the way.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// What the operations share.
    pub provider: ProviderDraft,
    /// Schemas by name. A schema of an operation refers to one as [`shared`] says, one of these to another by `#/$defs/NAME`.
    pub schemas: Map<String, Value>,
    /// The operations that can be used.
    pub operations: Vec<OperationDraft>,
    /// Workflow definitions.
    pub workflows: Vec<WorkflowDraft>,
    /// How many operations (or workflows) the source holds, those that cannot be used among them.
    pub found: usize,
    /// Everything that is not as in the source, with its place there: an error for each operation that cannot be used, a
    /// warning for each part that is left out or put another way.
    pub diagnostics: Vec<Diagnostic>,
}

impl Draft {
    /// How many operations and workflows can be used.
    #[must_use]
    pub fn usable(&self) -> usize {
        self.operations.len() + self.workflows.len()
    }
}

/// The reference from an operation's schema to one of [`Draft::schemas`].
#[must_use]
pub fn shared(name: &str) -> String {
    format!("{SHARED_SCHEMAS}#/$defs/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A workflow definition that is not written yet.
#[derive(Debug, Clone, Default)]
pub struct WorkflowDraft {
    /// Its file's name without its ending.
    pub file: String,
    /// Conductor's `WorkflowDef`.
    pub definition: Value,
}

/// One operation that is not written yet: a task definition, apart from its names.
#[derive(Debug, Clone, Default)]
pub struct OperationDraft {
    /// What it is about, `users`: the first half of its file's name. Made by [`slug`].
    pub resource: String,
    /// What it does, `create`: the second half. Made by [`slug`].
    pub verb: String,
    /// A few words.
    pub title: Option<String>,
    /// One sentence; the title when absent.
    pub description: Option<String>,
    /// The method, upper case.
    pub method: String,
    /// `{{server}}` and a path whose variables are `{{name}}`; or an absolute URI.
    pub uri: String,
    /// Base URLs that go before the provider's.
    pub servers: Vec<String>,
    /// Query parameters: a template, or a value that never changes.
    pub query: Map<String, Value>,
    /// How a list or an object stands in the query, by parameter, when a list does not repeat its name: see
    /// [`QueryStyle`](crate::catalogue::QueryStyle).
    pub query_styles: Map<String, Value>,
    /// Header fields: a template, or a value that never changes.
    pub headers: Map<String, Value>,
    /// The body: a tree whose leaves are templates.
    pub body: Option<Value>,
    /// The name of one of the provider's ways to authorize.
    pub auth: Option<String>,
    /// Further fields of the HTTP task's input: `contentType`, `paginate`.
    pub options: Map<String, Value>,
    /// The schema of each parameter that the templates name.
    pub parameters: Map<String, Value>,
    /// The parameters that must be there.
    pub required: Vec<String>,
    /// The schema of the body.
    pub body_schema: Option<Value>,
    /// The statuses that are a success; 200 to 299 when empty.
    pub accepted: Vec<u16>,
    /// The schema of the body of a success.
    pub answer: Option<Value>,
    /// Whether a second sending changes nothing more; by the method when absent.
    pub idempotent: Option<bool>,
    /// Inputs that work: a few words, and the parameters.
    pub examples: Vec<(String, Map<String, Value>)>,
    /// Further keys of `x-legwork`: `docs`, `errors`, `sandbox`, `rate_label`.
    pub more: Map<String, Value>,
}
