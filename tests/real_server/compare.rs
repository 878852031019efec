//! Two executions, side by side: what must be the same is, once ids, times and addresses are masked.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What of a task must be the same.
const TASK: [&str; 6] = ["taskType", "status", "iteration", "inputData", "outputData", "reasonForIncompletion"];
/// What of a workflow must be the same.
const WORKFLOW: [&str; 4] = ["status", "output", "variables", "reasonForIncompletion"];
/// Whole definitions that a server echoes, with all the fields it knows.
const ECHOED: [&str; 2] = ["forkedTaskDefs", "subWorkflowDefinition"];

/// What in an answer tells of the time or of the calls before.
const CHANGING: [&str; 3] = ["date", "x-ratelimit-remaining", "created_at"];

/// How two executions differ, one line each; `api` is each one's address of the API. Tasks in `loose` may end otherwise.
pub(crate) fn differences(server: (&Value, &str), ours: (&Value, &str), loose: &[String]) -> Vec<String> {
    if !ours.0.is_object() {
        return vec![format!("no execution here: {}", ours.0.as_str().unwrap_or_default())];
    }
    let (server, ours) = (masked(server.0, server.1), masked(ours.0, ours.1));
    let mut found = Vec::new();
    for key in WORKFLOW {
        walk(&server[key], &ours[key], key, &mut found);
    }
    let (theirs, own) = (tasks(&server), tasks(&ours));
    for (key, task) in &theirs {
        let is_loose = loose.iter().any(|name| key.split_once('#').is_some_and(|(reference, _)| reference == name));
        match own.get(key) {
            _ if is_loose => {}
            None => found.push(format!("{key}: missing here, {} {} there", task["taskType"], task["status"])),
            Some(own) => {
                for field in TASK {
                    walk(&task[field], &own[field], &format!("{key}.{field}"), &mut found);
                }
            }
        }
    }
    let only_here = own.keys().filter(|key| !theirs.contains_key(*key));
    found.extend(only_here.map(|key| format!("{key}: {} here, missing there", own[key]["status"])));
    found
}

fn tasks(execution: &Value) -> BTreeMap<String, &Value> {
    let tasks = execution["tasks"].as_array().into_iter().flatten();
    let key =
        |task: &Value| format!("{}#{}", task["referenceTaskName"].as_str().unwrap_or_default(), task["retryCount"]);
    tasks.map(|task| (key(task), task)).collect()
}

/// Null, absent and empty are the same: a server leaves out what is empty.
fn walk(there: &Value, here: &Value, path: &str, found: &mut Vec<String>) {
    match (there, here) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            for key in keys.filter(|key| !ECHOED.contains(&key.as_str()) && !CHANGING.contains(&key.as_str())) {
                let of = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                walk(&of(one), &of(other), &format!("{path}.{key}"), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                walk(one, other, &format!("{path}[{index}]"), found);
            }
        }
        _ if there == here => {}
        _ => found.push(format!("{path}: {there} there, {here} here")),
    }
}

fn masked(value: &Value, api: &str) -> Value {
    match value {
        Value::String(text) => mask(&text.replace(api, "<api>")).into(),
        Value::Number(number)
            if number.as_i64().is_some_and(|number| (1_600_000_000_000..2_200_000_000_000).contains(&number)) =>
        {
            "<time>".into()
        }
        Value::Array(items) => items.iter().map(|item| masked(item, api)).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, member)| (mask(key), masked(member, api))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Every UUID becomes `<id>`.
fn mask(text: &str) -> String {
    const SHAPE: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    let fits = |window: &str| {
        window.len() == SHAPE.len()
            && window
                .chars()
                .zip(SHAPE.chars())
                .all(|(ch, shape)| if shape == 'h' { ch.is_ascii_hexdigit() } else { ch == shape })
    };
    let (mut masked, mut rest) = (String::new(), text);
    while let Some(ch) = rest.chars().next() {
        let is_id = rest.get(..SHAPE.len()).is_some_and(fits);
        let (put, length) = if is_id { ("<id>", SHAPE.len()) } else { (&rest[..ch.len_utf8()], ch.len_utf8()) };
        masked.push_str(put);
        rest = &rest[length..];
    }
    masked
}
