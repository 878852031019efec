//! The plan: a definition with everything parsed, compiled and looked up, once for all its runs.
//!
//! [`build`] never stops at the first problem. A plan without errors is the only thing that can run; what a run needs
//! of text, schema or template stands compiled in its [`Node`]s. Nothing here looks at values of a run.

mod body;
mod build;
mod by_reference;
mod check;
mod faultless;
mod fragment;
mod kind;
mod lint;
mod node;
mod operators;
mod place;
mod reads;
mod scripts;

pub use body::{holes, violation_diagnostic};
pub use build::{Options, Planned, build, entry_of_request};
pub use by_reference::by_reference;
pub use check::check;
pub use faultless::{Faultless, check_again};
pub use fragment::{Fragment, in_place};
pub use kind::{DynamicFork, Evaluator, InPlace, Kind, Loop, Reads, SubWorkflow, Switch};
pub use lint::{is_secret_text, lint};
pub use node::{Cache, Node, NodeId, RetryPolicy, Timeouts};
pub use place::{input_place, place};
pub use scripts::{ScriptCheck, lambda_script};

use crate::definition::{Dialect, Document, WorkflowDef, WorkflowTimeoutPolicy};
use crate::resolve::Template;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// A checked definition, compiled. Shared by all its runs.
#[derive(Debug)]
pub struct Plan {
    /// `name`.
    pub name: Arc<str>,
    /// `version`.
    pub version: i64,
    /// `schemaVersion`.
    pub schema_version: i64,
    /// Whose behaviour its runs have.
    pub dialect: Dialect,
    /// The file it comes from.
    pub document: Arc<Document>,
    /// `inputTemplate`.
    pub input_template: Map<String, Value>,
    /// `variables`.
    pub variables: Map<String, Value>,
    /// `outputParameters`, compiled; `None` when there are none.
    pub output: Option<Template>,
    /// When the whole workflow is over: milliseconds after its start; 0 for never.
    pub timeout_ms: i64,
    /// What happens then.
    pub timeout_policy: WorkflowTimeoutPolicy,
    /// `failureWorkflow`, compiled: its name may hold expressions.
    pub failure_workflow: Option<Template>,
    /// `failureWorkflowVersion`; `None` is the latest.
    pub failure_workflow_version: Option<i64>,
    nodes: Vec<Arc<Node>>,
    first: Option<NodeId>,
    by_reference: HashMap<Arc<str>, NodeId>,
}

impl Plan {
    /// The first task.
    #[must_use]
    pub fn first(&self) -> Option<NodeId> {
        self.first
    }

    /// The node of an id that this plan gave.
    ///
    /// # Panics
    /// With an id of another plan.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0).expect("a node id belongs to the plan that gave it")
    }

    /// The same, to be kept beyond the plan.
    ///
    /// # Panics
    /// With an id of another plan.
    #[must_use]
    pub fn shared(&self, id: NodeId) -> &Arc<Node> {
        self.nodes.get(id.0).expect("a node id belongs to the plan that gave it")
    }

    /// The node of that reference name.
    #[must_use]
    pub fn find(&self, reference_name: &str) -> Option<NodeId> {
        self.by_reference.get(reference_name).copied()
    }

    /// How many nodes there are; ids of tasks that come up during a run count on from here.
    pub(crate) fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// All nodes, in text order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index), &**node))
    }

    /// The tasks that send a request: what a test request can run.
    pub fn callable(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes().filter(|(_, node)| matches!(node.kind, Kind::Http | Kind::ByReference))
    }

    /// Names of all secrets that the definition refers to, each once, sorted.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.names(Template::secrets)
    }

    /// Names of all `workflow.env` values that the definition refers to, each once, sorted.
    #[must_use]
    pub fn env_names(&self) -> Vec<String> {
        self.names(Template::env_names)
    }

    /// The definition itself.
    #[must_use]
    pub fn definition(&self) -> Option<&WorkflowDef> {
        match &self.document.definition {
            crate::definition::Documented::Workflow(def) => Some(def),
            crate::definition::Documented::Tasks(_) => None,
        }
    }

    fn names(&self, of: impl Fn(&Template) -> Vec<String>) -> Vec<String> {
        let inputs = self.nodes.iter().map(|node| &node.input);
        let mut names: Vec<_> = inputs.chain(self.output.as_ref()).flat_map(of).collect();
        names.sort();
        names.dedup();
        names
    }
}
