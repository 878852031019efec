//! Arazzo descriptions as Conductor workflow definitions, with a word on everything that is lost.
//!
//! A step that calls an operation becomes an HTTP task, a step that calls a workflow a `SUB_WORKFLOW`; runtime expressions become
//! Conductor's, success criteria a `SWITCH` that ends the workflow. **Source**: Arazzo 1.0.1 and 1.1.0.

mod action;
mod criteria;
mod expression;
mod sources;
mod step;

use super::ReadFile;
use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::draft::{Draft, Names, WorkflowDraft, slug};
use crate::source::{Pointer, SourceFile, locate};
use expression::Scope;
use serde_json::{Map, Value, json};
use sources::Sources;
use std::collections::HashMap;

/// The workflow definitions of a description.
#[must_use]
pub(super) fn import(file: &SourceFile, value: &Value, read: &mut ReadFile<'_>) -> Draft {
    let mut losses = Losses::default();
    let sources = Sources::load(value, read, &mut losses);
    let mut draft = Draft::default();
    let mut taken = Names::default();
    let workflows = value.get("workflows").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    draft.found = workflows.len();
    for (index, workflow) in workflows.iter().enumerate() {
        let at = Pointer::parse("/workflows").index(index);
        let Some(id) = workflow.get("workflowId").and_then(Value::as_str).filter(|id| !id.is_empty()) else {
            losses.cannot(&at, "the workflow has no `workflowId`");
            continue;
        };
        let name = taken.take(&slug(id));
        let importer = Importer { document: value, sources: &sources, losses: &mut losses };
        match importer.workflow(&name, workflow, &at) {
            Some(definition) => draft.workflows.push(WorkflowDraft { file: name, definition }),
            None => losses.cannot(&at, format!("the workflow `{id}` has no steps")),
        }
    }
    draft.diagnostics = losses.diagnostics(file);
    draft
}

/// What is not as in the description.
#[derive(Default)]
struct Losses(Vec<(Code, Severity, Pointer, String, String)>);

impl Losses {
    /// A part that is put another way or left out.
    fn lost(&mut self, at: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        self.0.push((codes::E0803, Severity::Warning, at.clone(), message.into(), help.into()));
    }

    /// A whole workflow that cannot be converted.
    fn cannot(&mut self, at: &Pointer, message: impl Into<String>) {
        let help = "the others are imported".to_owned();
        self.0.push((codes::E0802, Severity::Error, at.clone(), message.into(), help));
    }

    fn diagnostics(self, file: &SourceFile) -> Vec<Diagnostic> {
        let pointers: Vec<&Pointer> = self.0.iter().map(|(_, _, at, _, _)| at).collect();
        let spans = locate(file, &pointers);
        let told = self.0.iter().zip(spans).map(|((code, severity, at, message, help), span)| {
            let diagnostic = Diagnostic::new(*code, message.clone()).severity(*severity).help(help.clone());
            diagnostic.label(file, span, "").pointer(at.clone())
        });
        told.collect()
    }
}

/// One workflow on its way.
struct Importer<'a> {
    document: &'a Value,
    sources: &'a Sources,
    losses: &'a mut Losses,
}

impl Importer<'_> {
    fn workflow(mut self, name: &str, workflow: &Value, at: &Pointer) -> Option<Value> {
        let steps = workflow.get("steps").and_then(Value::as_array).filter(|steps| !steps.is_empty())?;
        let scope = scope(steps);
        let mut tasks = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let here = at.key("steps").index(index);
            tasks.extend(self.step(step, steps.get(index + 1), workflow, &scope, &here));
        }
        if workflow.get("dependsOn").is_some() {
            let help = "run them in that order, or call them as sub-workflows";
            self.losses.lost(&at.key("dependsOn"), "a definition does not say which workflows run before it", help);
        }
        let (inputs, schema) = self.inputs(workflow);
        let mut definition = Map::new();
        definition.insert("name".into(), name.into());
        let told = ["description", "summary"].iter().find_map(|key| workflow.get(*key)?.as_str());
        definition.insert("description".into(), told.unwrap_or(name).trim().into());
        definition.insert("version".into(), 1.into());
        definition.insert("schemaVersion".into(), 2.into());
        definition.insert("ownerEmail".into(), "owner@example.com".into());
        if !inputs.is_empty() {
            definition.insert("inputParameters".into(), inputs.into());
        }
        if let Some(schema) = schema {
            let template = defaults(&schema);
            definition.extend(
                Some(template).filter(|map| !map.is_empty()).map(|map| ("inputTemplate".to_owned(), map.into())),
            );
        }
        definition.insert("tasks".into(), tasks.into());
        let outputs = self.outputs(workflow.get("outputs"), &scope, &at.key("outputs"));
        if !outputs.is_empty() {
            definition.insert("outputParameters".into(), Value::Object(outputs));
        }
        Some(Value::Object(definition))
    }

    /// The names of the inputs, and their schema.
    fn inputs(&mut self, workflow: &Value) -> (Vec<Value>, Option<Value>) {
        let Some(schema) = workflow.get("inputs").and_then(|inputs| self.behind(inputs)) else {
            return (Vec::new(), None);
        };
        let names = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        (names.map(|(name, _)| Value::from(name.as_str())).collect(), Some(schema.clone()))
    }

    fn outputs(&mut self, outputs: Option<&Value>, scope: &Scope, at: &Pointer) -> Map<String, Value> {
        let mut converted = Map::new();
        for (name, value) in outputs.and_then(Value::as_object).into_iter().flatten() {
            let value = self.value(value, scope, &at.key(name));
            converted.insert(name.clone(), value);
        }
        converted
    }

    /// What a `$ref` or a `reference` of the description itself leads to.
    fn behind<'v>(&'v self, value: &'v Value) -> Option<&'v Value> {
        let reference = value.get("$ref").or_else(|| value.get("reference")).and_then(Value::as_str);
        match reference {
            None => Some(value),
            Some(reference) if reference.starts_with('#') => self.document.pointer(reference.strip_prefix('#')?),
            Some(reference) => {
                let path = reference.strip_prefix("$components.")?.replace('.', "/");
                self.document.pointer(&format!("/components/{path}"))
            }
        }
    }
}

/// What expressions of a workflow refer to: its steps' reference names, and what each gives.
fn scope(steps: &[Value]) -> Scope {
    let mut taken = Names::default();
    let mut scope = Scope { steps: HashMap::new(), current: None };
    for step in steps {
        let Some(id) = step.get("stepId").and_then(Value::as_str) else { continue };
        let outputs = step.get("outputs").and_then(Value::as_object).cloned().unwrap_or_default();
        let calls_workflow = step.get("workflowId").is_some();
        let own = expression::Step { reference: taken.take(&slug(id)), outputs, calls_workflow };
        scope.steps.entry(id.to_owned()).or_insert(own);
    }
    scope
}

/// The default of each input that has one.
fn defaults(schema: &Value) -> Map<String, Value> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone()))).collect()
}

/// An HTTP task or another one, with the keys in the order people write them.
fn task(name: &str, reference: &str, kind: &str, input: &Map<String, Value>) -> Value {
    json!({"name": name, "taskReferenceName": reference, "type": kind, "inputParameters": input})
}

#[cfg(test)]
mod tests;
