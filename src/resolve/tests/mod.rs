//! Behaviour tables over whole templates and paths, and what holds for any text.

#![expect(clippy::needless_pass_by_value, reason = "a table reads better without borrows")]

mod expressions;
mod paths;
mod properties;
mod requests;
mod secrets;

use super::{Scope, TaskState, WorkflowState};
use serde_json::{Value, json};

/// The input that most recorded cases have.
fn input() -> Value {
    json!({
        "s": "text", "n": 42, "f": 1.5, "nil": null, "t": true, "e": "", "eo": {}, "ea": [],
        "o": {"a": 1, "b": [1, "x", null], "c": {"d": "deep"}},
        "a": [1, 2, 3],
        "users": [
            {"id": 1, "name": "ann", "age": 30, "tags": ["x", "y"]},
            {"id": 2, "name": "bob", "age": 17, "tags": []},
            {"id": 3, "name": "cy", "age": 65, "tags": ["z"]}
        ],
        "key": "n", "idx": 1, "big": 9_007_199_254_740_993_i64, "bigger": 12_345_678_901_234_567_890_u64, "exp": 1e21,
        "small": 1e-7, "one": 1.0, "dotted.key": "dk", "with space": "ws", "uni": "中文 😀", "键": "cjk",
        "tmpl": "${workflow.input.s}", "json": "{\"a\": 1}", "escape": "$${x}", "path": "/a b?c"
    })
}

fn scope(input: Value) -> Scope {
    let workflow = WorkflowState {
        input: input.into(),
        output: json!({}).into(),
        variables: json!({"v": 1}),
        workflow_id: "w1".to_owned(),
        workflow_type: "flow".into(),
        version: 3,
        schema_version: 2,
        ..WorkflowState::default()
    };
    let env = [("plain", "pv"), ("conf", r#"{"retries":3,"list":["a/b"],"o":{"k":[1]}}"#)];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut scope = Scope::default();
    scope.workflow = workflow;
    scope.env = std::sync::Arc::new(env.into_iter().collect());
    scope.push(task("one", json!({"id": "u1"})));
    scope
}

fn task(reference_name: &str, output: Value) -> TaskState {
    TaskState {
        task_type: "HTTP".into(),
        task_id: format!("id-{reference_name}"),
        scheduled_time: 1,
        start_time: 2,
        end_time: 3,
        ..TaskState::completed(reference_name, output)
    }
}
