//! Operations of the catalogue: the search, and the whole prepared request as what is put in.

use super::keys::line_indent;
use super::snippet::escaped;
use super::{Completion, CompletionKind as Kind, Completions};
use crate::catalogue::search::{Query, Record};
use crate::editor::cursor::{Cursor, Role};
use crate::editor::{FileKind, Snapshot, Task, node};
use crate::source::edit::{Edit, Script};
use crate::source::{Format, Pointer};
use serde_json::{Map, Value};

/// So many hits are shown.
const MOST: usize = 20;

/// Where an operation can be put.
enum Place<'s> {
    /// An item of a list of tasks that holds nothing yet.
    Item,
    /// The `name` of a task.
    Name(&'s Task),
    /// The `uri` of a task.
    Uri(&'s Task),
}

/// The operations that the word at a place is about; `None` where none can be put.
pub(super) fn offers(snapshot: &Snapshot, cursor: &Cursor) -> Option<Completions> {
    let place = place(snapshot, cursor)?;
    let words = words(snapshot.source().get(cursor.replace.start..cursor.replace.end)?);
    let hits = snapshot.library().index.search(&Query { words, limit: MOST, ..Query::default() });
    let library = snapshot.library();
    let is_partial = library.is_partial || library.index.len() > hits.len();
    let script = Script::of(&snapshot.tree().file, &snapshot.tree().spans);
    let put = Put { snapshot, cursor, script: &script, place: &place };
    let items = hits.iter().filter_map(|hit| put.offer(&hit.record)).collect();
    Some(Completions { items, is_partial })
}

fn place<'s>(snapshot: &'s Snapshot, cursor: &Cursor) -> Option<Place<'s>> {
    if snapshot.kind() != FileKind::Workflow {
        return None;
    }
    if cursor.role == Role::Either && is_task_list(&cursor.at.parent()?) {
        return Some(Place::Item);
    }
    let task = |pointer: Pointer| snapshot.tasks().iter().find(|task| task.pointer == pointer);
    let above = cursor.at.parent()?;
    let last = cursor.at.steps().last()?;
    match (cursor.role, last.as_str()) {
        (Role::Value, "name") => task(above).map(Place::Name),
        (Role::Value, "uri") => {
            let input = if above.as_str().ends_with("/http_request") { above.parent()? } else { above };
            task(input.parent()?).filter(|task| task.pointer.key("inputParameters") == input).map(Place::Uri)
        }
        _ => None,
    }
}

/// Whether a list holds tasks, by its name.
fn is_task_list(list: &Pointer) -> bool {
    let steps: Vec<String> = list.steps().collect();
    let back = |count: usize| steps.len().checked_sub(count).and_then(|at| steps.get(at)).map(String::as_str);
    matches!(back(1), Some("tasks" | "loopOver" | "defaultCase"))
        || matches!(back(2), Some("decisionCases" | "forkTasks"))
}

/// The words of a name, a URL or a path.
fn words(typed: &str) -> String {
    let path = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    path.replace(['/', '{', '}', '$', '?', '=', '&'], " ")
}

/// Puts an operation at a place.
struct Put<'p> {
    snapshot: &'p Snapshot,
    cursor: &'p Cursor,
    script: &'p Script,
    place: &'p Place<'p>,
}

impl Put<'_> {
    fn offer(&self, record: &Record) -> Option<Completion> {
        let entry = self.snapshot.library().entry(&record.name)?;
        let Value::Object(prepared) = entry.prepare(&reference_name(self.snapshot, record))? else { return None };
        let title = if record.title.is_empty() { &record.name } else { &record.title };
        let detail = format!("{} {} · {}", record.method, record.path, record.provider);
        let mut item = Completion::plain(title, Kind::Operation, self.cursor.replace).detail(detail);
        let typed = self.snapshot.source().get(self.cursor.replace.start..self.cursor.replace.end);
        item.filter = typed.filter(|typed| !typed.is_empty()).map(str::to_owned).or_else(|| Some(record.name.clone()));
        item.key = Some(format!("operation {}", record.name));
        item.is_snippet = true;
        (item.insert, item.also) = match self.place {
            Place::Item => (escaped(&self.members(&prepared, None)), Vec::new()),
            Place::Name(task) => (self.rest(&prepared, "name", &task.pointer), Vec::new()),
            Place::Uri(task) => self.request(&prepared, task)?,
        };
        if self.cursor.quote.is_some() {
            item.replace = self.cursor.with_quotes();
        }
        if self.cursor.needs_space {
            item.insert.insert(0, ' ');
        }
        Some(item)
    }

    /// The prepared `uri`, with what its request needs beside it; and the task's name, which leads to docs and schema.
    fn request(&self, prepared: &Map<String, Value>, task: &Task) -> Option<(String, Vec<Edit>)> {
        let input = prepared.get("inputParameters")?.as_object()?;
        let at = self.cursor.at.parent()?;
        let mut also = Vec::new();
        let mut change = |pointer: &Pointer, wanted: &Value| {
            let own = node::lookup(self.snapshot.tree(), pointer)
                .filter(|own| own.value != wanted && own.node.children.is_empty())?;
            let text = self.script.scalar(wanted, self.cursor.is_flow);
            also.push(Edit { span: own.node.value, text });
            Some(())
        };
        change(&task.pointer.key("name"), prepared.get("name")?);
        change(&at.key("method"), input.get("method")?);
        Some((self.rest(input, "uri", &at), also))
    }

    /// The value of a key, and behind it the members that the mapping does not have.
    fn rest(&self, members: &Map<String, Value>, key: &str, mapping: &Pointer) -> String {
        let own = node::lookup(self.snapshot.tree(), mapping);
        let has = |name: &str| own.is_some_and(|own| own.node.child(name).is_some());
        let missing: Map<String, Value> = members
            .iter()
            .filter(|(name, _)| *name != key && !has(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        escaped(&self.members(&missing, members.get(key)))
    }

    /// Members as the place writes them, behind a value where one is given.
    fn members(&self, members: &Map<String, Value>, value: Option<&Value>) -> String {
        let pairs: Vec<(&str, &Value)> = members.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let first = value.map(|value| self.script.scalar(value, self.cursor.is_flow));
        let is_json = self.snapshot.file().format() == Format::Json;
        if self.cursor.is_flow && !is_json {
            let rest = self.script.on_one_line(&pairs);
            return first
                .into_iter()
                .chain([rest].into_iter().filter(|rest| !rest.is_empty()))
                .collect::<Vec<_>>()
                .join(", ");
        }
        let indent = line_indent(self.snapshot.source(), self.cursor.replace.start);
        let column = if is_json { 0 } else { self.cursor.column.saturating_sub(indent) };
        let lines = self.script.lines(&pairs, column).replace('\r', "");
        let between = if is_json { ",\n".to_owned() } else { format!("\n{}", " ".repeat(column)) };
        first
            .into_iter()
            .chain([lines].into_iter().filter(|lines| !lines.is_empty()))
            .collect::<Vec<_>>()
            .join(&between)
    }
}

/// A reference name that is free: the verb of the operation.
fn reference_name(snapshot: &Snapshot, record: &Record) -> String {
    let wanted = record.name.rsplit('_').next().filter(|word| !word.is_empty()).unwrap_or("call");
    let is_taken = |name: &str| crate::editor::task_named(snapshot, name).is_some();
    let numbered = (2..1000).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_else(|| wanted.to_owned())
}

/// The edits that declare the inputs which an operation reads, once it is put in.
pub(super) fn inputs(snapshot: &Snapshot, name: &str) -> Vec<Edit> {
    let prepared = snapshot.library().entry(name).and_then(|entry| entry.prepare("call"));
    prepared.map(|task| crate::editor::insert_task::declare_inputs(snapshot.tree(), &task)).unwrap_or_default()
}
