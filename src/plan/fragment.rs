//! Tasks and definitions that come up during a run, compiled like those of a file.

use super::build::{Builder, compile};
use super::{Node, NodeId, Options, Plan};
use crate::catalogue::Catalogue;
use crate::definition::{Dialect, Document, WorkflowDef, WorkflowTask};
use crate::source::{Pointer, SourceFile};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Where tasks that come up during a run are put.
#[derive(Debug)]
pub struct Fragment<'a> {
    /// The plan of the run.
    pub plan: &'a Plan,
    /// Where task definitions are looked up.
    pub catalogue: &'a Catalogue,
    /// The first free id.
    pub base: usize,
    /// The operator that they belong to.
    pub parent: Option<NodeId>,
    /// Where that stands in the definition.
    pub pointer: &'a Pointer,
}

impl Fragment<'_> {
    /// Compiles tasks that do not follow each other, each with values that are put into its input as they are. Gives the id of
    /// each, and all nodes in the order of their ids.
    ///
    /// In Conductor's dialect these values are resolved like the rest of the input.
    #[must_use]
    pub fn compile(&self, tasks: Vec<(WorkflowTask, Map<String, Value>)>) -> (Vec<NodeId>, Vec<Arc<Node>>) {
        let nothing = WorkflowDef::default();
        let mut builder = Builder::new(&self.plan.document, &nothing, self.catalogue, self.plan.dialect);
        builder.base = self.base;
        let mut ids = Vec::with_capacity(tasks.len());
        for (mut task, given) in tasks {
            let id = if self.plan.dialect == Dialect::Conductor {
                task.input_parameters.extend(given);
                builder.task(&task, self.pointer, self.parent)
            } else {
                let id = builder.task(&task, self.pointer, self.parent);
                builder.node_mut(id).given = given;
                id
            };
            ids.push(id);
        }
        (ids, builder.nodes.into_iter().map(Arc::new).collect())
    }
}

/// The plan of a definition that stands in the place of a name, or comes from data. Like a server, it takes whatever can be read.
#[must_use]
pub fn in_place(definition: &Value, catalogue: &Catalogue, options: Options) -> Option<Arc<Plan>> {
    let file = SourceFile::new("workflowDefinition.json", definition.to_string());
    let document = Arc::new(Document::parse(file));
    document.workflow()?;
    Some(compile(&document, catalogue, options).1)
}
