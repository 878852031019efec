//! Definitions on a server, and executions started there.

use super::stub::Stub;
use super::{SECRET, definitions};
use crate::command::Scratch;
use serde_json::json;

const WORKFLOW: &str = "\
name: make_a_thing
version: 2
schemaVersion: 2
ownerEmail: team@example.com
tasks:
  - name: things_create
    taskReferenceName: create
    type: SIMPLE
    inputParameters: {email: '${workflow.input.email}'}
";

#[test]
fn a_push_shows_the_difference_and_is_made_once() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    scratch.file("things.json", definitions(&stub));
    scratch.file("make.yaml", WORKFLOW);
    let push = |more: &[&str]| {
        let server = stub.url();
        let mut arguments = vec!["push", "things.json", "make.yaml", "--server", &server];
        arguments.extend(more);
        scratch.run(&arguments)
    };
    push(&["--dry-run"])
        .exits(0)
        .prints("+ task definition things_create\n")
        .prints("+ workflow definition make_a_thing, version 2");
    push(&[]).exits(2).says("E0662");
    assert!(stub.change(|state| state.task_definitions.is_empty() && state.workflow_definitions.is_empty()));
    push(&["--yes"]).exits(0).says("3 definitions are registered");
    let (tasks, workflow) = stub.change(|state| (state.task_definitions.clone(), state.workflow_definitions.clone()));
    assert_eq!((tasks.len(), &workflow[0]["version"], tasks["things_create"].get("x-legwork")), (2, &json!(2), None));
    push(&["--yes"])
        .exits(0)
        .prints("= task definition things_create\n")
        .prints("= workflow definition make_a_thing, version 2");
    scratch.file("things.json", definitions(&stub).replace("\"retryCount\":3", "\"retryCount\":5"));
    let changed = push(&["--dry-run", "--output", "json"]).exits(0).json();
    let of_create = &changed["definitions"][0];
    assert_eq!(
        (&of_create["change"], &of_create["differences"][0]),
        (&json!("update"), &json!({"pointer": "/retryCount", "server": null, "file": 5}))
    );
}

#[test]
fn a_pull_writes_files_that_a_push_would_not_change() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    scratch.file("things.json", definitions(&stub));
    scratch.file("make.yaml", WORKFLOW);
    let server = stub.url();
    scratch.run(&["push", "things.json", "make.yaml", "--server", &server, "--yes"]).exits(0);
    scratch
        .run(&["pull", "--server", &server, "--into", "pulled"])
        .exits(0)
        .says("wrote pulled/workflows/make_a_thing.json");
    let kept =
        std::fs::read_to_string(scratch.path().join("pulled/task-definitions/things_create.json")).expect("a file");
    assert!(!kept.contains("createTime"), "{kept}");
    scratch.run(&["push", "pulled", "--server", &server]).exits(0).prints("= task definition things_create");
    scratch.file("pulled/workflows/make_a_thing.json", "{}");
    scratch
        .run(&["pull", "make_a_thing", "--server", &server, "--into", "pulled"])
        .exits(1)
        .says("holds something else");
    scratch.run(&["pull", "--server", &server, "--into", "pulled", "--force"]).exits(0);
    scratch.run(&["pull", "make_a_thin", "--server", &server]).exits(1).says("did you mean `make_a_thing`?");
}

#[test]
fn an_execution_is_started_and_followed_to_its_end() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    scratch.file("make.yaml", WORKFLOW);
    let server = stub.url();
    scratch.run(&["push", "make.yaml", "--server", &server, "--yes"]).exits(0);
    let start = ["start", "make_a_thing", "--server", &server, "-i", "email=jill@example.com", "--domain", "eu"];
    scratch.run(&start).exits(0).prints("workflow-1");
    let sent = stub.change(|state| state.seen.last().cloned()).expect("a request");
    assert!(sent.contains(r#""taskToDomain":{"*":"eu"}"#) && sent.contains(r#""email":"jill@example.com""#), "{sent}");
    let watched = scratch.run(&[&start[..], &["--watch"]].concat()).exits(0);
    watched.prints("COMPLETED w").says("create things_create COMPLETED 1 s");
    let printed = scratch.run(&[&start[..], &["--watch", "--output", "json"]].concat()).exits(0).json();
    assert_eq!(printed["output"], json!({"made": true}));
}

#[test]
fn an_execution_that_somebody_started_is_watched() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let server = stub.url();
    let watch = |more: &[&str]| scratch.run(&[&["watch", "workflow-7", "--server", &server], more].concat());
    watch(&[]).exits(0).prints("COMPLETED w").says("create things_create COMPLETED 1 s");
    assert_eq!(watch(&["--output", "json"]).exits(0).json()["workflowId"], "workflow-7");
    scratch.run(&["watch", "workflow-7", "--server", "http://127.0.0.1:1"]).exits(3).says("does not answer");
    scratch.run(&["watch", "nobody-s", "--server", &server]).exits(1).says("E0661").says("404");
}

#[test]
fn a_server_that_refuses_is_told_of() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let server = stub.url();
    scratch
        .run(&["start", "nobody_knows", "--server", &server])
        .exits(1)
        .says("E0661")
        .says("answers POST /workflow with 404: no such thing");
    scratch.run(&["start", "nobody_knows", "--server", "http://127.0.0.1:1"]).exits(3).says("does not answer");
    stub.change(|state| state.wants_token = true);
    let pull = ["pull", "--server", &server];
    scratch.run(&pull).exits(1).says("give an access key");
    let mut command = scratch.command();
    command.args(pull).args(["--auth-key", "the-key"]).env("CONDUCTOR_AUTH_SECRET", "the-key-s-own-secret");
    command.env("CONDUCTOR_SECRET_api_token", SECRET);
    crate::command::Ran::from(command.output().expect("the command")).exits(0);
}
