//! Keys: those of Conductor's fields, of a request, of the body of an operation; the names of headers.

use super::snippet::Writer;
use super::{Completion, CompletionKind as Kind};
use crate::catalogue::FieldRow;
use crate::definition::{HttpInput, TaskType};
use crate::editor::cursor::Cursor;
use crate::editor::field::{self, Field, Owner};
use crate::editor::{Snapshot, node};
use crate::source::edit::Script;
use crate::source::{Format, Pointer};
use serde_json::{Map, Value};

/// Headers that many requests have.
const HEADERS: &[(&str, &str)] = &[
    ("Authorization", "who sends it"),
    ("Accept", "which kinds of answer are wanted"),
    ("Content-Type", "what the body is"),
    ("Idempotency-Key", "by which a server knows a repeated call again"),
    ("If-Match", "only when nothing has changed"),
    ("User-Agent", "which program sends it"),
    ("X-Request-Id", "by which both sides find the call again"),
];

/// The keys that can be written in the mapping at a place.
pub(super) fn offers(snapshot: &Snapshot, cursor: &Cursor) -> Vec<Completion> {
    if is_headers(snapshot, &cursor.at) {
        return headers(snapshot, cursor);
    }
    let Some(field) = field::field_at(snapshot, &cursor.at.key("")) else { return Vec::new() };
    let (Some(schema), Some(inside)) = (field.schema(), field.pointer.parent()) else { return Vec::new() };
    let mut rows = field::fields_in(&schema, &inside);
    if matches!(field.owner, Owner::Body(_) | Owner::Parameters(_)) {
        rows.sort_by_key(|row| !row.required);
    }
    let rows = rows.into_iter().filter(|row| is_free(snapshot, cursor, &row.path));
    let rows: Vec<_> = rows.filter(|row| suits(snapshot, cursor, &field, row)).collect();
    let offer = |row: &FieldRow| of_row(snapshot, cursor, &field, &schema, &inside, row);
    rows.iter().map(offer).collect()
}

fn of_row(
    snapshot: &Snapshot,
    cursor: &Cursor,
    field: &Field,
    schema: &Value,
    inside: &Pointer,
    row: &FieldRow,
) -> Completion {
    let need = row.when.clone().unwrap_or_else(|| if row.required { "required".to_owned() } else { String::new() });
    let detail = [row.kind.as_str(), need.as_str()].into_iter().filter(|word| !word.is_empty() && *word != "any");
    let detail = detail.collect::<Vec<_>>().join(", ");
    let mut item = Completion::plain(&row.path, Kind::Field, cursor.replace).detail(detail);
    item.key = Some(format!("field {}", cursor.at.key(&row.path)));
    if cursor.has_colon {
        return item;
    }
    let script = Script::of(&snapshot.tree().file, &snapshot.tree().spans);
    let mut writer = Writer {
        format: snapshot.file().format(),
        script: &script,
        cursor,
        line_indent: line_indent(snapshot.source(), cursor.replace.start),
        schema,
        is_body: matches!(field.owner, Owner::Body(_) | Owner::Parameters(_)),
        last: 0,
    };
    item.insert = writer.member(row, &inside.key(&row.path));
    item.is_snippet = true;
    with_quotes(cursor, &mut item);
    item
}

/// What is put in brings its own quotes: those that are there go.
fn with_quotes(cursor: &Cursor, item: &mut Completion) {
    if cursor.quote.is_some() {
        item.filter = Some(format!("\"{}", item.label));
        item.replace = cursor.with_quotes();
    }
}

/// White space at the start of the line around a place.
pub(super) fn line_indent(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    let line = text.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Whether the mapping does not have the key yet, except where it is being written.
fn is_free(snapshot: &Snapshot, cursor: &Cursor, name: &str) -> bool {
    let own = node::lookup(snapshot.tree(), &cursor.at).and_then(|found| found.node.child(name)?.key);
    own.is_none_or(|own| own.start <= cursor.replace.end && cursor.replace.start <= own.end)
}

/// Whether a field has a meaning for the task that it would stand in.
fn suits(snapshot: &Snapshot, cursor: &Cursor, field: &Field, row: &FieldRow) -> bool {
    const OWN: &[(&str, &[TaskType])] = &[
        ("decisionCases", &[TaskType::Switch, TaskType::Decision]),
        ("defaultCase", &[TaskType::Switch, TaskType::Decision]),
        ("evaluatorType", &[TaskType::Switch]),
        ("expression", &[TaskType::Switch]),
        ("caseValueParam", &[TaskType::Decision]),
        ("caseExpression", &[TaskType::Decision]),
        ("forkTasks", &[TaskType::ForkJoin]),
        ("joinOn", &[TaskType::Join, TaskType::ExclusiveJoin]),
        ("defaultExclusiveJoinTask", &[TaskType::ExclusiveJoin]),
        ("loopCondition", &[TaskType::DoWhile]),
        ("loopOver", &[TaskType::DoWhile]),
        ("items", &[TaskType::DoWhile]),
        ("dynamicTaskNameParam", &[TaskType::Dynamic]),
        ("dynamicForkTasksParam", &[TaskType::ForkJoinDynamic]),
        ("dynamicForkTasksInputParamName", &[TaskType::ForkJoinDynamic]),
        ("dynamicForkJoinTasksParam", &[TaskType::ForkJoinDynamic]),
        ("subWorkflowParam", &[TaskType::SubWorkflow]),
        ("sink", &[TaskType::Event]),
        ("scriptExpression", &[TaskType::Lambda]),
    ];
    if !matches!(field.owner, Owner::Workflow) {
        return true;
    }
    let task = snapshot.tasks().iter().find(|task| task.pointer == cursor.at);
    let has_type = node::lookup(snapshot.tree(), &cursor.at.key("type")).is_some();
    let own = OWN.iter().find(|(name, _)| *name == row.path);
    match (task, own) {
        (Some(task), Some((_, types))) if has_type => types.contains(&task.task_type),
        _ => true,
    }
}

/// Whether the mapping at a place holds the headers of a request.
pub(super) fn is_headers(snapshot: &Snapshot, pointer: &Pointer) -> bool {
    let Some(task) = field::task_around(snapshot, pointer).filter(|task| task.task_type == TaskType::Http) else {
        return false;
    };
    let input = task.pointer.key("inputParameters");
    let parameters = node::lookup(snapshot.tree(), &input).and_then(|input| input.value.as_object());
    let empty = Map::new();
    *pointer == input.join(&HttpInput::of(parameters.unwrap_or(&empty)).pointer("headers"))
}

fn headers(snapshot: &Snapshot, cursor: &Cursor) -> Vec<Completion> {
    let entry = field::task_around(snapshot, &cursor.at).and_then(|task| snapshot.entry(task));
    let own = entry.iter().flat_map(|entry| &entry.docs().headers);
    let own: Vec<(String, String)> = own.map(|header| (header.name.clone(), header.text.clone())).collect();
    let is_new = |name: &str| own.iter().all(|(known, _)| !known.eq_ignore_ascii_case(name));
    let usual =
        HEADERS.iter().filter(|(name, _)| is_new(name)).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let all: Vec<_> = own.iter().cloned().chain(usual).filter(|(name, _)| is_free(snapshot, cursor, name)).collect();
    let is_json = snapshot.file().format() == Format::Json;
    let offer = |(name, text): (String, String)| {
        let mut item = Completion::plain(&name, Kind::Field, cursor.replace).detail(text);
        if !cursor.has_colon {
            item.insert = if is_json { format!("\"{name}\": \"$1\"") } else { format!("{name}: $1") };
            item.is_snippet = true;
            with_quotes(cursor, &mut item);
        }
        item
    };
    all.into_iter().map(offer).collect()
}
