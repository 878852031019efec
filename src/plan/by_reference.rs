//! One task by reference alone: what a worker is handed has its input already.

use super::build::compile;
use super::{NodeId, Options, Plan};
use crate::catalogue::Catalogue;
use crate::definition::Document;
use crate::source::SourceFile;
use serde_json::json;
use std::sync::Arc;

/// A plan of one SIMPLE task of that name, and its node. What the task's input must hold is not judged here: there is none yet.
#[must_use]
pub fn by_reference(name: &str, catalogue: &Catalogue) -> Option<(Arc<Plan>, NodeId)> {
    let task = json!({"name": name, "taskReferenceName": name, "type": "SIMPLE", "inputParameters": {}});
    let text = json!({"name": name, "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string();
    let document = Arc::new(Document::parse(SourceFile::new(format!("{name}.json"), text)));
    let (_, plan) = compile(&document, catalogue, Options::default());
    let node = plan.find(name)?;
    Some((plan, node))
}
