//! A prepared task becomes one by reference, and the other way round.

use super::{Fix, FixKind, drafted};
use crate::catalogue::{Entry, Optional};
use crate::definition::{HttpInput, TaskType};
use crate::editor::{Snapshot, Task, task_at};
use crate::resolve::java_text;
use crate::source::Pointer;
use crate::source::edit::Edit;
use serde_json::{Map, Value};

/// Expressions that stand for parameters until these are put in.
const STAND_IN: &str = "${workflow.input.";

pub(super) fn fixes(snapshot: &Snapshot, offset: usize) -> Option<Fix> {
    let task = task_at(snapshot, offset).filter(|task| task.is_callable)?;
    // Only the name says which operation is meant when it is no longer written out.
    let entry = snapshot.entry(task).filter(|entry| entry.name == task.name)?;
    let written = snapshot.document().value.pointer(task.pointer.key("inputParameters").as_str())?.as_object()?;
    let (title, task_type, input) = match task.task_type {
        TaskType::Simple => ("Write the whole request out", "HTTP", prepared(&entry, written)?),
        TaskType::Http => ("Call it by reference", "SIMPLE", parameters(&entry, written)?),
        _ => return None,
    };
    let edits = rewritten(snapshot, task, task_type, &Value::Object(input))?;
    Some(Fix { title: title.to_owned(), kind: FixKind::Rewrite, edits, code: None })
}

fn rewritten(snapshot: &Snapshot, task: &Task, task_type: &str, input: &Value) -> Option<Vec<Edit>> {
    let has_type = snapshot.document().value.pointer(task.pointer.key("type").as_str()).is_some();
    drafted(snapshot, |draft| {
        if has_type {
            draft.replace(&task.pointer.key("type"), &task_type.into())?;
        } else {
            draft.put(&task.pointer, Some("taskReferenceName"), "type", &task_type.into())?;
        }
        draft.rewrite(&task.pointer.key("inputParameters"), input)
    })
}

/// The request of an operation with these parameters.
fn prepared(entry: &Entry, parameters: &Map<String, Value>) -> Option<Map<String, Value>> {
    let names = parameters.keys().cloned().collect();
    let mut task = entry.prepare_with("it", &Optional::Named(names))?;
    let mut input = task.get_mut("inputParameters")?.take();
    put_in(&mut input, parameters);
    let Value::Object(input) = input else { return None };
    Some(input)
}

/// Puts parameters in where they are read.
fn put_in(value: &mut Value, parameters: &Map<String, Value>) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| put_in(value, parameters)),
        Value::Array(items) => items.iter_mut().for_each(|value| put_in(value, parameters)),
        Value::String(text) if text.contains(STAND_IN) => {
            let whole = parameters.iter().find(|(name, _)| *text == format!("{STAND_IN}{name}}}"));
            if let Some((_, given)) = whole {
                *value = given.clone();
                return;
            }
            for (name, given) in parameters {
                *text = text.replace(&format!("{STAND_IN}{name}}}"), &java_text(given));
            }
        }
        _ => {}
    }
}

/// The parameters of a request that is written out; `None` when it holds more than the operation takes.
fn parameters(entry: &Entry, written: &Map<String, Value>) -> Option<Map<String, Value>> {
    let input = HttpInput::of(written);
    let mut parameters = Map::new();
    if let Some(body) = input.body {
        from_body(entry, body, &Pointer::root(), &mut parameters)?;
    }
    from_uri(entry, input.uri?.as_str()?, &mut parameters)?;
    // The same request must come out again.
    let again = prepared(entry, &parameters)?;
    let (uri, body) = (HttpInput::of(&again).uri, HttpInput::of(&again).body);
    (uri == input.uri && body == input.body).then_some(parameters)
}

fn from_body(entry: &Entry, value: &Value, at: &Pointer, parameters: &mut Map<String, Value>) -> Option<()> {
    let whole = entry.parameter_of(at).filter(|own| own.steps().count() == 1);
    if let Some(name) = whole.and_then(|own| own.steps().next()) {
        parameters.insert(name, value.clone());
        return Some(());
    }
    match value {
        Value::Object(members) => {
            members.iter().try_for_each(|(key, member)| from_body(entry, member, &at.key(key), parameters))
        }
        // What the operation always sends is no parameter; whether it is the same is seen at the end.
        _ => Some(()),
    }
}

/// The variables of the path and the query of a URI.
fn from_uri(entry: &Entry, uri: &str, parameters: &mut Map<String, Value>) -> Option<()> {
    let template = entry.prepare_with("it", &Optional::All)?;
    let template = template.pointer("/inputParameters/uri")?.as_str()?;
    let (template, query) = template.split_once('?').map_or((template, ""), |(path, query)| (path, query));
    let (path, own_query) = uri.split_once('?').map_or((uri, ""), |(path, query)| (path, query));
    let (known, own): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if known.len() != own.len() {
        return None;
    }
    for (known, own) in known.iter().zip(own) {
        if let Some(name) = stand_in(known) {
            parameters.insert(name.to_owned(), own.into());
        }
    }
    for own in own_query.split('&').filter(|own| !own.is_empty()) {
        let (key, value) = own.split_once('=')?;
        let known = query.split('&').find_map(|known| known.split_once('=').filter(|(name, _)| *name == key))?;
        if let Some(name) = stand_in(known.1) {
            parameters.insert(name.to_owned(), value.into());
        }
    }
    Some(())
}

/// The name of a parameter that is the whole text.
fn stand_in(text: &str) -> Option<&str> {
    text.strip_prefix(STAND_IN)?.strip_suffix('}').filter(|name| !name.contains(['$', '}']))
}
