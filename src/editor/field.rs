//! What is said of a field of a definition: which schema speaks of it, and what it says.

use super::{FileKind, Snapshot, Task};
use crate::catalogue::{Entry, FieldRow, LazySchema};
use crate::definition::{HttpInput, TaskType, workflow_schema};
use crate::diagnostic::Severity;
use crate::plan;
use crate::schema::parts_at;
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// Whose field it is.
#[derive(Debug, Clone)]
pub(super) enum Owner {
    /// Conductor's: a workflow definition, a task of it, a request.
    Workflow,
    /// A task definition's.
    TaskDefinition,
    /// The body of an operation.
    Body(Arc<Entry>),
    /// The parameters of an operation.
    Parameters(Arc<Entry>),
}

/// A place that a schema speaks of.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) owner: Owner,
    /// Where the owner's value begins in the file.
    pub(super) base: Pointer,
    /// Where the field is below that.
    pub(super) pointer: Pointer,
}

/// Which schema speaks of a place of the file; none where another server speaks of it.
pub(super) fn field_at(snapshot: &Snapshot, pointer: &Pointer) -> Option<Field> {
    let is_published = |field: &Field| matches!(field.owner, Owner::Workflow | Owner::TaskDefinition);
    any_field_at(snapshot, pointer).filter(|field| !(snapshot.is_beside_schema_server() && is_published(field)))
}

fn any_field_at(snapshot: &Snapshot, pointer: &Pointer) -> Option<Field> {
    let own = |owner| Some(Field { owner, base: Pointer::root(), pointer: pointer.clone() });
    match snapshot.kind() {
        FileKind::Other | FileKind::Shared => return None,
        FileKind::TaskDefinition => return task_definition(snapshot, pointer),
        FileKind::Workflow => {}
    }
    let Some(task) = task_around(snapshot, pointer) else { return own(Owner::Workflow) };
    let input = task.pointer.key("inputParameters");
    let Some(below) = pointer.below(&input) else { return own(Owner::Workflow) };
    if below.as_str().is_empty() {
        return own(Owner::Workflow);
    }
    match task.task_type {
        TaskType::Http => http(snapshot, task, &input, pointer).or_else(|| own(Owner::Workflow)),
        TaskType::Simple => {
            let entry = snapshot.entry(task)?;
            Some(Field { owner: Owner::Parameters(entry), base: input, pointer: below })
        }
        _ => None,
    }
}

/// The body of an HTTP task, when its operation has a schema for it.
fn http(snapshot: &Snapshot, task: &Task, input: &Pointer, pointer: &Pointer) -> Option<Field> {
    let empty = Map::new();
    let parameters = snapshot.tree().value.pointer(input.as_str()).and_then(Value::as_object).unwrap_or(&empty);
    let base = input.join(&HttpInput::of(parameters).pointer("body"));
    let below = pointer.below(&base).filter(|below| !below.as_str().is_empty())?;
    let entry = snapshot.entry(task).filter(|entry| entry.body_schema.is_some())?;
    Some(Field { owner: Owner::Body(entry), base, pointer: below })
}

fn task_definition(snapshot: &Snapshot, pointer: &Pointer) -> Option<Field> {
    let mut base = Pointer::root();
    if snapshot.tree().value.is_array() {
        base = base.key(&pointer.steps().next()?);
    }
    Some(Field { owner: Owner::TaskDefinition, pointer: pointer.below(&base)?, base })
}

/// The innermost task that a place is in.
pub(super) fn task_around<'s>(snapshot: &'s Snapshot, pointer: &Pointer) -> Option<&'s Task> {
    let around = snapshot.tasks().iter().filter(|task| pointer.below(&task.pointer).is_some());
    around.max_by_key(|task| task.pointer.as_str().len())
}

impl Field {
    /// The owner's schema, with everything that it refers to.
    pub(super) fn schema(&self) -> Option<Cow<'_, Value>> {
        static WORKFLOW: LazyLock<Value> = LazyLock::new(workflow_schema);
        match &self.owner {
            Owner::Workflow => Some(Cow::Borrowed(&*WORKFLOW)),
            Owner::TaskDefinition => Some(Cow::Borrowed(crate::catalogue::definition_schema())),
            Owner::Body(entry) => {
                let schema = entry.body_schema.as_ref().and_then(LazySchema::get)?;
                Some(Cow::Borrowed(schema.document()))
            }
            Owner::Parameters(entry) => entry.input_schema().map(|schema| entry.self_contained(schema)),
        }
    }

    /// The values that it may have, when there is a list of them.
    pub(super) fn allowed(&self) -> Vec<Value> {
        let Some(schema) = self.schema() else { return Vec::new() };
        let all = together(&parts_at(&schema, &self.pointer));
        let listed = all.get("enum").and_then(Value::as_array).cloned();
        listed.unwrap_or_else(|| all.get("const").cloned().into_iter().collect())
    }

    /// Those of some values that break no rule there, beside what else is written: a condition on another field may leave out
    /// some. All of them when none would do: the fault is elsewhere then.
    pub(super) fn narrowed(&self, snapshot: &Snapshot, values: Vec<Value>) -> Vec<Value> {
        let Owner::Body(entry) = &self.owner else { return values };
        let whole = snapshot.tree().value.pointer(self.base.as_str());
        let (Some(schema), Some(whole)) = (&entry.body_schema, whole) else { return values };
        let holes = plan::holes(whole);
        let keeps = |value: &&Value| {
            let mut whole = whole.clone();
            put(&mut whole, &self.pointer, value).is_none_or(|()| {
                let broken = schema.validate_with_holes(&whole, &holes);
                broken.iter().all(|one| one.severity != Severity::Error || one.pointer != self.pointer)
            })
        };
        let kept: Vec<Value> = values.iter().filter(keeps).cloned().collect();
        if kept.is_empty() { values } else { kept }
    }

    /// What is said of the field itself; `None` when nothing is.
    pub(super) fn row(&self) -> Option<FieldRow> {
        let schema = self.schema()?;
        let name = self.pointer.steps().last()?;
        let parts = parts_at(&schema, &self.pointer);
        let above = parts_at(&schema, &self.pointer.parent()?);
        let row = row(&parts, &above, name);
        (!parts.is_empty()).then_some(row)
    }
}

/// Puts a value at a place whose parent is an object or a list; `None` when there is no such parent.
fn put(whole: &mut Value, pointer: &Pointer, value: &Value) -> Option<()> {
    let name = pointer.steps().last()?;
    match whole.pointer_mut(pointer.parent()?.as_str())? {
        Value::Object(map) => drop(map.insert(name, value.clone())),
        Value::Array(list) => value.clone_into(list.get_mut(name.parse::<usize>().ok()?)?),
        _ => return None,
    }
    Some(())
}

/// What the parts of a schema say of one field; `above` are those of the object it stands in.
pub(super) fn row(parts: &[&Map<String, Value>], above: &[&Map<String, Value>], name: String) -> FieldRow {
    let is_required = above.iter().any(|part| requires(part, &name));
    FieldRow::of(&Value::Object(together(parts)), name, is_required)
}

/// Whether an object must have that key.
pub(super) fn requires(part: &Map<String, Value>, name: &str) -> bool {
    part.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|one| one == name))
}

/// The parts as one: the first word of each keyword counts; a fixed value of a condition is no rule.
fn together(parts: &[&Map<String, Value>]) -> Map<String, Value> {
    let mut all = Map::new();
    for (key, value) in parts.iter().flat_map(|part| part.iter()) {
        let is_condition = key == "const" && parts.len() > 1;
        if !is_condition && !all.contains_key(key) {
            all.insert(key.clone(), value.clone());
        }
    }
    let types = all.get("type").and_then(Value::as_array).cloned();
    if let Some(first) = types.and_then(|types| types.into_iter().find(|one| one != "null")) {
        all.insert("type".to_owned(), first);
    }
    all
}

/// The keys that an object may have there, in the order of its schema: name, what is said of it, whether it is required.
pub(super) fn fields_in(schema: &Value, pointer: &Pointer) -> Vec<FieldRow> {
    let above = parts_at(schema, pointer);
    let mut rows: Vec<FieldRow> = Vec::new();
    for name in above.iter().filter_map(|part| part.get("properties")?.as_object()).flat_map(Map::keys) {
        if rows.iter().all(|row| row.path != *name) {
            rows.push(row(&parts_at(schema, &pointer.key(name)), &above, name.clone()));
        }
    }
    rows
}
