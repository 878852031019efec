//! Values: types of tasks, allowed values with what they mean, names of tasks, what headers hold.

use super::{Completion, CompletionKind as Kind};
use crate::definition::TaskType;
use crate::editor::cursor::Cursor;
use crate::editor::field;

use crate::editor::{Snapshot, node};
use crate::source::Format;
use crate::source::edit::Script;
use serde_json::Value;

/// The values that can be written at a place.
pub(super) fn offers(snapshot: &Snapshot, cursor: &Cursor) -> Vec<Completion> {
    let steps: Vec<String> = cursor.at.steps().collect();
    let last = steps.last().map(String::as_str).unwrap_or_default();
    let above = cursor.at.parent().unwrap_or_default();
    if super::keys::is_headers(snapshot, &above) {
        return header(snapshot, cursor, last);
    }
    let is_task = snapshot.tasks().iter().any(|task| task.pointer == above);
    match last {
        "type" if is_task && snapshot.is_beside_schema_server() => Vec::new(),
        "type" if is_task => types(snapshot, cursor),
        "expression" if is_task => case_inputs(snapshot, cursor, &above),
        _ if is_reference_list(&steps) => references(snapshot, cursor),
        _ => allowed(snapshot, cursor),
    }
}

fn offer(snapshot: &Snapshot, cursor: &Cursor, value: &Value, kind: Kind) -> Completion {
    let label = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut item = Completion::plain(&label, kind, cursor.replace);
    if cursor.quote.is_none() {
        let tree = snapshot.tree();
        item.insert = match snapshot.file().format() {
            Format::Json => value.to_string(),
            Format::Yaml => Script::of(&tree.file, &tree.spans).scalar(value, cursor.is_flow),
        };
    }
    item.insert.extend(cursor.quote.filter(|quote| quote.is_open).map(|quote| quote.mark));
    if cursor.needs_space {
        item.insert.insert(0, ' ');
    }
    item
}

fn types(snapshot: &Snapshot, cursor: &Cursor) -> Vec<Completion> {
    let offer =
        |name: &str| offer(snapshot, cursor, &name.into(), Kind::TaskType).detail(about(&TaskType::parse(name)));
    let mut items: Vec<_> = TaskType::names().map(offer).collect();
    // What people come for stands first.
    items.sort_by_key(|item| item.label != "HTTP");
    items
}

/// A type of task in a few words.
pub(in crate::editor) fn about(task_type: &TaskType) -> &'static str {
    match task_type {
        TaskType::Simple => "a worker, or an operation of the catalogue by its name",
        TaskType::Http => "sends a request",
        TaskType::Inline => "evaluates a script",
        TaskType::Lambda => "evaluates a script (old form)",
        TaskType::JsonJqTransform => "evaluates a jq expression",
        TaskType::Switch => "goes on with one of its cases",
        TaskType::Decision => "goes on with one of its cases (old form)",
        TaskType::ForkJoin => "goes on with all of its branches",
        TaskType::ForkJoinDynamic => "goes on with tasks that its input lists",
        TaskType::Join => "waits for branches",
        TaskType::ExclusiveJoin => "waits for the first of some tasks",
        TaskType::DoWhile => "repeats its tasks",
        TaskType::Dynamic => "becomes the task that its input names",
        TaskType::SetVariable => "sets variables of the workflow",
        TaskType::Terminate => "ends the workflow",
        TaskType::SubWorkflow => "runs another workflow and waits for it",
        TaskType::StartWorkflow => "starts another workflow",
        TaskType::Human => "waits for somebody",
        TaskType::Wait => "waits for a time",
        TaskType::Event => "publishes an event",
        TaskType::Noop => "does nothing",
        TaskType::Other(_) => "",
    }
}

/// The inputs of a SWITCH, one of which is the case.
fn case_inputs(snapshot: &Snapshot, cursor: &Cursor, task: &crate::source::Pointer) -> Vec<Completion> {
    let input = node::lookup(snapshot.tree(), &task.key("inputParameters"));
    let names = input.and_then(|input| input.value.as_object()).into_iter().flat_map(|input| input.keys());
    names.map(|name| offer(snapshot, cursor, &name.as_str().into(), Kind::Property)).collect()
}

fn references(snapshot: &Snapshot, cursor: &Cursor) -> Vec<Completion> {
    let list = cursor.at.parent().unwrap_or_default();
    let here = list.parent().unwrap_or_default();
    let named = node::lookup(snapshot.tree(), &list)
        .and_then(|list| list.value.as_array())
        .map(Vec::as_slice)
        .unwrap_or_default();
    let own = snapshot.source().get(cursor.replace.start..cursor.replace.end).unwrap_or_default();
    let is_new = |name: &str| name == own || named.iter().all(|one| one != name);
    let tasks = snapshot.tasks().iter().filter(|task| task.pointer != here && !task.reference_name.is_empty());
    let tasks = tasks.filter(|task| is_new(&task.reference_name));
    let offer = |name: &str| offer(snapshot, cursor, &name.into(), Kind::Task);
    tasks.map(|task| offer(&task.reference_name).detail(task.task_type.as_str())).collect()
}

/// What its schema allows at the place, each with what it means.
fn allowed(snapshot: &Snapshot, cursor: &Cursor) -> Vec<Completion> {
    let Some(field) = field::field_at(snapshot, &cursor.at) else { return Vec::new() };
    let Some(row) = field.row() else { return Vec::new() };
    let values = field.narrowed(snapshot, field.allowed());
    let mut items: Vec<Completion> = Vec::new();
    for value in &values {
        let mut item = offer(snapshot, cursor, value, Kind::Value);
        let meaning = row.allowed.iter().find(|(own, _)| *own == item.label).and_then(|(_, meaning)| meaning.clone());
        item = item.detail(meaning.unwrap_or_default());
        if items.iter().all(|known| known.label != item.label) {
            items.push(item);
        }
    }
    if row.kind == "boolean" && items.is_empty() {
        items.extend([true, false].map(|value| offer(snapshot, cursor, &value.into(), Kind::Value)));
    }
    items
}

fn header(snapshot: &Snapshot, cursor: &Cursor, name: &str) -> Vec<Completion> {
    let secrets =
        || snapshot.known().secrets.iter().map(|secret| format!("Bearer ${{workflow.secrets.{}}}", secret.name));
    let values: Vec<String> = match name.to_ascii_lowercase().as_str() {
        "authorization" => secrets().collect(),
        "content-type" | "accept" => {
            ["application/json", "application/x-www-form-urlencoded", "text/plain", "application/xml"]
                .map(str::to_owned)
                .into()
        }
        _ => Vec::new(),
    };
    values.iter().map(|value| offer(snapshot, cursor, &value.as_str().into(), Kind::Value)).collect()
}

/// Whether the items of a list are reference names of tasks.
fn is_reference_list(steps: &[String]) -> bool {
    let list = steps.len().checked_sub(2).and_then(|at| steps.get(at)).map(String::as_str);
    matches!(list, Some("joinOn" | "defaultExclusiveJoinTask"))
}
