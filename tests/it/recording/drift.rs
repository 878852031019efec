//! `legwork drift`.

use super::server::{Server, json};
use crate::command::Scratch;
use serde_json::json as value;

fn workflow(url: &str) -> String {
    let task = value!({"name": "a", "taskReferenceName": "a", "type": "HTTP", "inputParameters": {"uri": format!("{url}/users/17"), "method": "GET"}});
    value!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string()
}

#[test]
fn what_the_api_changed_is_told_and_ends_with_1() {
    let scratch = Scratch::new();
    let before = json("200 OK", r#"{"id": 17, "born": "2001-02-03", "gone": true, "tags": ["a"]}"#);
    let now = json("200 OK", r#"{"id": "17", "born": "2001-02-03T00:00:00Z", "new": 1, "tags": []}"#);
    let server = Server::start(&[&before, &before, &now, &now]);
    scratch.file("w.yaml", workflow(&server.url));
    for folder in ["one", "two"] {
        scratch.run(&["run", "w.yaml", "--record", folder]).exits(0);
    }
    scratch.run(&["drift", "one", "two"]).exits(0).prints("no drift in 1 operation");
    let drift = scratch.run(&["drift", "one", "--live", "w.yaml", "--output", "json"]).exits(1).json();
    let found: Vec<_> = drift["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|found| format!("{} {}", found["at"], found["change"]))
        .collect();
    assert_eq!(found, ["\"/born\" \"class\"", "\"/gone\" \"vanished\"", "\"/id\" \"type\"", "\"/new\" \"appeared\""]);
    let text = scratch.run(&["drift", "one", "--live", "w.yaml"]).exits(1);
    text.prints("/id: type changed: integer → text").prints("4 differences in 1 operation");
}

#[test]
fn nothing_to_compare_with_is_refused() {
    let scratch = Scratch::new();
    let server = Server::ok();
    scratch.file("w.yaml", workflow(&server.url));
    scratch.run(&["run", "w.yaml", "--record", "calls"]).exits(0);
    scratch.run(&["drift", "calls"]).exits(2).says("E0645");
    scratch.run(&["drift", "calls", "--schema"]).exits(2).says("E0645").says("nothing was compared");
    scratch.run(&["drift", "none", "calls"]).exits(2).says("E0644");
}

#[test]
fn answers_are_held_against_schemas() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", crate::cli::WORKFLOW);
    let inputs = ["-i", "action=create", "-i", "email=jill@example.com", "-i", "type:=1"];
    scratch.run(&[&["run", "w.yaml", "--sandbox", "--record", "calls"], &inputs[..]].concat()).exits(0);
    scratch.run(&["drift", "calls", "--schema"]).exits(0).prints("no drift in 1 operation");
}
