//! Finds out what became of a call, as its task definition says: looks up what the call was to make.

use super::observe::Silent;
use super::resume::Unknown;
use super::runner::Runner;
use super::signal::Signals;
use crate::catalogue::{Catalogue, Ensure, EnsureOn, Entry};
use crate::decide::Start;
use crate::definition::{Document, HttpInput};
use crate::plan::{self, Options, Plan};
use crate::resolve::{TaskState, TaskStatus};
use crate::source::SourceFile;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a look-up found.
#[derive(Debug, Clone, PartialEq)]
pub enum Looked {
    /// The call was carried out: the look-up's output, with `ensuredBy` beside the answer.
    Found(Value),
    /// It was not.
    NotFound,
    /// The look-up itself went wrong, as the sentence says.
    Failed(String),
}

/// The name of the look-up that a call has for the case that no answer came; `None` when it has none.
#[must_use]
pub fn look_up_of<'u>(unknown: &'u Unknown<'_>) -> Option<&'u str> {
    ensure_of(unknown).map(|ensure| ensure.lookup.as_str())
}

/// Looks up what a call was to make. Nothing is written down; the look-up changes nothing.
pub async fn look_up(runner: &Runner, catalogue: &Catalogue, unknown: &Unknown<'_>) -> Looked {
    let failed = |why: &str| Looked::Failed(why.to_owned());
    let Some(ensure) = ensure_of(unknown) else { return failed("its task definition has no look-up") };
    let Some(entry) = catalogue.get(&ensure.lookup) else {
        return Looked::Failed(format!("there is no task definition `{}`", ensure.lookup));
    };
    let parameters = parameters(unknown);
    let Some(input) = ensure.lookup_input(&parameters) else {
        return failed("the call does not hold what the look-up needs");
    };
    let Some(plan) = planned(&entry, &input, unknown, catalogue) else {
        return failed("the look-up cannot be planned");
    };
    let alone = runner.clone().observer(Arc::new(Silent)).signals(Signals::default());
    match alone.run(&plan, Start::with_input(input)).await {
        Ok(run) => run
            .execution()
            .scope()
            .tasks()
            .last()
            .map_or_else(|| failed("nothing was sent"), |task| judged(ensure, task)),
        Err(refused) => Looked::Failed(refused.to_string()),
    }
}

fn ensure_of<'u>(unknown: &'u Unknown<'_>) -> Option<&'u Ensure> {
    unknown.node.entry.as_ref()?.ensure().filter(|ensure| ensure.on.contains(&EnsureOn::NoAnswer))
}

/// The parameters of the call's operation: a task by reference has them, those of a prepared one stand in its request.
fn parameters(unknown: &Unknown<'_>) -> Map<String, Value> {
    if matches!(unknown.node.kind, plan::Kind::ByReference) {
        return unknown.state.input.as_object().cloned().unwrap_or_default();
    }
    let input = unknown.request.and_then(|request| Some(HttpInput::of(request.value.as_object()?)));
    let (Some(entry), Some(input)) = (&unknown.node.entry, input) else { return Map::new() };
    entry.parameters_of(input.uri.and_then(Value::as_str).unwrap_or_default(), input.body)
}

/// A workflow of one task: the look-up, with the credential that the call has.
fn planned(
    entry: &Entry,
    input: &Map<String, Value>,
    unknown: &Unknown<'_>,
    catalogue: &Catalogue,
) -> Option<Arc<Plan>> {
    let own = || {
        let parameters: Map<String, Value> =
            input.keys().map(|key| (key.clone(), format!("${{workflow.input.{key}}}").into())).collect();
        json!({"name": entry.name, "taskReferenceName": "look_up", "type": "SIMPLE", "inputParameters": parameters})
    };
    let task = match authorization(unknown) {
        Some(authorization) => {
            let mut task = entry.prepare("look_up")?;
            let headers =
                task.pointer_mut("/inputParameters")?.as_object_mut()?.entry("headers").or_insert_with(|| json!({}));
            headers.as_object_mut()?.insert("Authorization".to_owned(), authorization);
            task
        }
        None => own(),
    };
    let text = json!({"name": "look_up", "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string();
    let document = Document::parse(SourceFile::new("look_up.json", text));
    plan::build(&Arc::new(document), catalogue, Options::default()).plan
}

/// The Authorization field that the call was written with: a reference to a secret, as a rule.
fn authorization(unknown: &Unknown<'_>) -> Option<Value> {
    let headers = HttpInput::of(unknown.request?.value.as_object()?).headers?.as_object()?;
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Authorization")).map(|(_, value)| value.clone())
}

fn judged(ensure: &Ensure, task: &TaskState) -> Looked {
    if task.output.pointer("/response/statusCode").and_then(Value::as_u64) == Some(404) {
        return Looked::NotFound;
    }
    if task.status != TaskStatus::Completed {
        let reason = task.reason_for_incompletion.as_deref();
        return Looked::Failed(reason.unwrap_or("the look-up did not complete").to_owned());
    }
    let body = task.output.pointer("/response/body");
    if ensure.id.as_deref().is_some_and(|id| body.and_then(|body| body.pointer(id)).is_none()) {
        return Looked::Failed("its answer holds no id".to_owned());
    }
    let mut output = Value::clone(&task.output);
    if let Value::Object(output) = &mut output {
        output.insert("ensuredBy".to_owned(), ensure.lookup.as_str().into());
    }
    Looked::Found(output)
}
