//! Adds what is required and missing.

use super::{Fix, drafted};
use crate::diagnostic::{Diagnostic, codes};
use crate::editor::field::{self, Field};
use crate::editor::{Snapshot, Task, task_at, task_named};
use crate::source::Pointer;
use serde_json::{Map, Value};

/// How deep objects are filled in.
const DEPTH: usize = 8;

pub(super) fn fixes(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<Fix> {
    let Some(label) = diagnostic.labels.first() else { return Vec::new() };
    let Some(task) = task_at(snapshot, label.span.start) else { return Vec::new() };
    let fix = match diagnostic.code.id() {
        "E0401" => fields(snapshot, task),
        "E0206" => names(snapshot, task),
        _ => None,
    };
    fix.into_iter().collect()
}

/// Everything that the operation requires and the task does not give.
fn fields(snapshot: &Snapshot, task: &Task) -> Option<Fix> {
    let input = task.pointer.key("inputParameters");
    let body = ["body", "http_request/body"].iter().map(|below| input.join(&Pointer::parse(below)));
    let places = body.map(|body| body.key("")).chain([input.key("")]);
    let found = places.filter_map(|place| field::field_at(snapshot, &place));
    let field = found.into_iter().find(|field| !matches!(field.owner, field::Owner::Workflow))?;
    let schema = field.schema()?;
    let value = snapshot.document().value.pointer(field.base.as_str())?;
    let mut missing = Vec::new();
    collect(&schema, &Pointer::root(), value, &mut missing);
    let names: Vec<String> =
        missing.iter().map(|(at, _)| at.steps().last().unwrap_or_default()).map(|name| format!("`{name}`")).collect();
    let edits = drafted(snapshot, |draft| {
        for (at, value) in &missing {
            let (Some(inside), Some(name)) = (at.parent(), at.steps().last()) else { continue };
            draft.put(&base(&field).join(&inside), None, &name, value)?;
        }
        Ok(())
    })?;
    Some(Fix::mend(format!("Add what is required: {}", names.join(", ")), codes::E0401, edits))
}

fn base(field: &Field) -> &Pointer {
    &field.base
}

/// What is missing in a value and in the objects inside it, each with what it may begin as.
fn collect(schema: &Value, at: &Pointer, value: &Value, missing: &mut Vec<(Pointer, Value)>) {
    let Value::Object(members) = value else { return };
    for row in field::fields_in(schema, at) {
        let inner = at.key(&row.path);
        match members.get(&row.path) {
            Some(member) => collect(schema, &inner, member, missing),
            None if row.required => {
                missing.push((inner.clone(), beginning(schema, &inner, &row.path, &row.kind, DEPTH)));
            }
            None => {}
        }
    }
}

/// A value to begin with: an input of the workflow; of an object, what it requires.
fn beginning(schema: &Value, at: &Pointer, name: &str, kind: &str, depth: usize) -> Value {
    if kind != "object" || depth == 0 {
        return format!("${{workflow.input.{name}}}").into();
    }
    let required = field::fields_in(schema, at).into_iter().filter(|row| row.required);
    let members = required.map(|row| {
        let value = beginning(schema, &at.key(&row.path), &row.path, &row.kind, depth - 1);
        (row.path, value)
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// The names that every task must have.
fn names(snapshot: &Snapshot, task: &Task) -> Option<Fix> {
    let own = snapshot.document().value.pointer(task.pointer.as_str())?;
    let is_missing = |key: &str| own.get(key).is_none();
    let base =
        [&task.reference_name, &task.name].into_iter().find(|name| !name.is_empty()).map_or("task", String::as_str);
    let numbered = (2..1000).map(|number| format!("{base}_{number}"));
    let free = std::iter::once(base.to_owned()).chain(numbered).find(|name| task_named(snapshot, name).is_none())?;
    let wanted = [("name", base.to_owned()), ("taskReferenceName", free)];
    let missing: Vec<_> = wanted.into_iter().filter(|(key, _)| is_missing(key)).collect();
    let title = missing.iter().map(|(key, _)| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
    let edits = drafted(snapshot, |draft| {
        missing.iter().try_for_each(|(key, value)| draft.put(&task.pointer, Some("name"), key, &value.as_str().into()))
    })?;
    Some(Fix::mend(format!("Add {title}"), codes::E0206, edits))
}
