//! Puts a prepared task into a workflow definition.

use super::place::{How, Join, Place, Spot, spot};
use crate::definition::{Document, WorkflowDef};
use crate::resolve::{Template, input_name};
use crate::source::Pointer;
use crate::source::edit::{Draft, Edit, EditError};
use serde_json::{Map, Value};

/// What an insertion comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// The changes of the text, one step to undo.
    pub edits: Vec<Edit>,
    /// The reference name of the new task: the one it came with, or that with a number when it was taken.
    pub reference_name: String,
    /// The workflow inputs that it reads and that `inputParameters` did not name yet.
    pub inputs: Vec<String>,
}

/// Why a task could not be put into a definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The file holds no workflow definition.
    #[error("the file holds no workflow definition")]
    NoWorkflow,
    /// The text can be read only in part: nobody can say where anything would come to stand.
    #[error("the file can be read only in part")]
    Partial,
    /// No task has that reference name.
    #[error("no task has the reference name `{name}`")]
    UnknownReference {
        /// The name.
        name: String,
        /// One that is nearly the same.
        near: Option<String>,
    },
    /// The task holds no other tasks.
    #[error("`{name}` is no loop, switch or fork: no task can stand in it")]
    NoOperator {
        /// Its reference name.
        name: String,
    },
    /// The operator has several lists of tasks, and none of them is named.
    #[error("`{name}` has several branches, and it is not clear which is meant")]
    NoBranch {
        /// Its reference name.
        name: String,
        /// The branches that it has.
        known: Vec<String>,
    },
    /// The text cannot be edited there.
    #[error("the file cannot be edited there")]
    Edit(#[from] EditError),
}

/// Puts a task into a workflow definition, adds the inputs that it reads to `inputParameters`, and leaves every other byte as
/// it is.
///
/// Shape of the task: as [`Entry::prepare`](crate::catalogue::Entry::prepare) gives it. A reference name that is taken gets
/// a number: `create`, `create_2`.
///
/// # Errors
/// Any [`InsertError`]; nothing is changed then.
pub fn insert_task(document: &Document, task: &Value, place: &Place) -> Result<Inserted, InsertError> {
    let def = document.workflow().ok_or(InsertError::NoWorkflow)?;
    if document.partial && has_broken_text(document) {
        return Err(InsertError::Partial);
    }
    let spot = spot(&document.value, place)?;
    let reference_name = free_name(def, task);
    let mut task = task.clone();
    if let Some(task) = task.as_object_mut() {
        task.insert("taskReferenceName".to_owned(), reference_name.as_str().into());
    }
    let inputs = new_inputs(def, &task);
    let mut draft = Draft::new(&document.file, &document.value, &document.spans);
    match &spot.join {
        Some(Join::Instead(at)) => draft.replace(at, &reference_name.as_str().into())?,
        Some(Join::Also(at)) => draft.append(at, None, &[reference_name.as_str().into()])?,
        None => {}
    }
    put(&mut draft, &document.value, &spot, task)?;
    add_inputs(&mut draft, &document.value, &inputs)?;
    Ok(Inserted { edits: draft.finish()?, reference_name, inputs })
}

/// The edits that add the inputs which a task reads to `inputParameters`; none where they cannot be added.
pub(super) fn declare_inputs(document: &Document, task: &Value) -> Vec<Edit> {
    let Some(def) = document.workflow() else { return Vec::new() };
    let inputs = new_inputs(def, task);
    let mut draft = Draft::new(&document.file, &document.value, &document.spans);
    let added = add_inputs(&mut draft, &document.value, &inputs);
    added.and_then(|()| draft.finish()).unwrap_or_default()
}

/// Whether more is wrong with the text than comments and commas that JSON does not know: those can be edited around.
fn has_broken_text(document: &Document) -> bool {
    let text = document.file.text();
    let is_harmless = |start: usize| {
        let rest = text.get(start..).unwrap_or_default();
        rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with(',')
    };
    let problems = crate::source::parse(&document.file).problems;
    problems.iter().any(|problem| problem.breaks_the_value() && !is_harmless(problem.span.start))
}

fn put(draft: &mut Draft<'_>, workflow: &Value, spot: &Spot, task: Value) -> Result<(), EditError> {
    let list = |task| Value::Array(vec![task]);
    match &spot.how {
        How::Item(after) if workflow.pointer(spot.at.as_str()).is_some() => draft.append(&spot.at, *after, &[task]),
        // A workflow without `tasks`.
        How::Item(_) => draft.put(&Pointer::root(), None, "tasks", &list(task)),
        How::Member(key) => draft.put(&spot.at, None, key, &list(task)),
        How::Members(outer, inner) => {
            let cases: Map<_, _> = [(inner.clone(), list(task))].into_iter().collect();
            draft.put(&spot.at, None, outer, &Value::Object(cases))
        }
        How::Branch if workflow.pointer(spot.at.as_str()).is_some() => draft.append(&spot.at, None, &[list(task)]),
        How::Branch => {
            let fork = spot.at.parent().unwrap_or_default();
            draft.put(&fork, None, "forkTasks", &list(list(task)))
        }
    }
}

/// The task's reference name, with a number when another task has it.
fn free_name(def: &WorkflowDef, task: &Value) -> String {
    let wanted = task.get("taskReferenceName").and_then(Value::as_str).filter(|name| !name.is_empty());
    let wanted = wanted.unwrap_or("task");
    let tasks = def.all_tasks();
    let is_taken = |name: &str| tasks.iter().any(|task| task.task_reference_name == name);
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

/// The inputs of the workflow that a task reads and that are not declared.
fn new_inputs(def: &WorkflowDef, task: &Value) -> Vec<String> {
    let (template, _) = Template::parse(task, &[]);
    let mut names: Vec<String> = Vec::new();
    for used in template.expressions() {
        let Some(name) = input_name(used.expression.text()) else { continue };
        if !names.contains(&name) && !def.input_parameters.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn add_inputs(draft: &mut Draft<'_>, workflow: &Value, inputs: &[String]) -> Result<(), EditError> {
    if inputs.is_empty() {
        return Ok(());
    }
    let values: Vec<Value> = inputs.iter().map(|name| name.as_str().into()).collect();
    match workflow.get("inputParameters") {
        Some(Value::Array(_) | Value::Null) => draft.append(&Pointer::root().key("inputParameters"), None, &values),
        // Another type is told by `check`; it is not ours to mend.
        Some(_) => Ok(()),
        None => {
            let keys: Vec<&str> =
                workflow.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
            let before = keys.iter().position(|key| *key == "tasks").and_then(|at| keys.get(at.checked_sub(1)?));
            draft.put(&Pointer::root(), before.copied(), "inputParameters", &Value::Array(values))
        }
    }
}

#[cfg(test)]
mod tests;
