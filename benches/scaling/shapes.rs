//! Definitions of a given number of tasks.

use serde_json::{Value, json};

/// A name, and the definition of that many tasks.
type Shape = (&'static str, fn(usize) -> String);

/// What is measured.
pub(crate) const SHAPES: [Shape; 5] = [
    ("sequence", sequence),
    ("fork", fork),
    ("dynamic fork", dynamic_fork),
    ("loop", rounds),
    ("loop of items", items),
];

fn definition(tasks: &Value) -> String {
    json!({"name": "growing", "version": 1, "schemaVersion": 2, "tasks": tasks}).to_string()
}

fn call(name: &str, body: &str) -> Value {
    let input = json!({"uri": "http://api.example.com/users", "method": "PUT", "body": {"id": body, "type": 1}});
    json!({"name": name, "taskReferenceName": name, "type": "HTTP", "inputParameters": input})
}

/// Each task sends what the one before it was answered.
fn sequence(count: usize) -> String {
    let before = |index: usize| format!("${{t{}.output.response.body.id}}", index - 1);
    let body = |index: usize| if index == 0 { "u_0".to_owned() } else { before(index) };
    definition(&(0..count).map(|index| call(&format!("t{index}"), &body(index))).collect())
}

/// One call in each branch, and a join of all of them.
fn fork(count: usize) -> String {
    let names: Vec<_> = (0..count).map(|index| format!("t{index}")).collect();
    let branches: Vec<_> = names.iter().map(|name| json!([call(name, "u_1")])).collect();
    definition(&json!([
        {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN", "forkTasks": branches},
        {"name": "join", "taskReferenceName": "join", "type": "JOIN", "joinOn": names},
    ]))
}

/// The same, made of data.
fn dynamic_fork(count: usize) -> String {
    let input = json!({"uri": "http://api.example.com/users", "method": "PUT", "body": {"id": "u_1", "type": 1}});
    let inputs = json!({"forkTaskType": "HTTP", "forkTaskName": "call", "forkTaskInputs": vec![input; count]});
    definition(&json!([
        {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN_DYNAMIC", "inputParameters": inputs},
        {"name": "join", "taskReferenceName": "join", "type": "JOIN"},
    ]))
}

/// One call in each round.
fn rounds(count: usize) -> String {
    let condition = format!("$.loop['iteration'] < {count}");
    definition(&json!([{"name": "loop", "taskReferenceName": "loop", "type": "DO_WHILE", "loopCondition": condition,
        "loopOver": [call("call", "${loop.output.iteration}")]}]))
}

/// One call for each item of a list.
fn items(count: usize) -> String {
    let items: Vec<_> = (0..count).collect();
    definition(&json!([{"name": "loop", "taskReferenceName": "loop", "type": "DO_WHILE", "loopCondition": "true",
        "inputParameters": {"_items": items}, "loopOver": [call("call", "${loop.output.loopItem}")]}]))
}
