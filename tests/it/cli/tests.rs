//! `legwork test`: one task alone.

use super::WORKFLOW;
use crate::command::Scratch;

const SEVERAL: &str = "\
name: several
version: 1
schemaVersion: 2
tasks:
  - name: zoom_users_get
    taskReferenceName: get
    type: HTTP
    inputParameters: {uri: 'https://api.zoom.us/v2/users/${workflow.input.email}', method: GET}
  - name: zoom_users_update
    taskReferenceName: rename
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users/${get.output.response.body.id}
      method: PATCH
      body: {first_name: '${workflow.input.first_name}'}
  - {name: nothing, taskReferenceName: nothing, type: NOOP}
";

#[test]
fn several_tasks_need_a_name() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", SEVERAL);
    let ran = scratch.run(&["test", "w.yaml", "--dry-run"]).exits(2).prints_nothing();
    ran.says("E0611").says("give --task with one of: get, rename");
    for name in ["nothing", "gte"] {
        let ran = scratch.run(&["test", "w.yaml", "--dry-run", "--task", name]).exits(2).prints_nothing();
        ran.says("E0611").says(name).says("get, rename");
    }
    let given = ["test", "w.yaml", "--dry-run", "--task", "get", "-i", "email=a@example.com"];
    scratch.run(&given).exits(0).prints("GET https://api.zoom.us/v2/users/a").prints("nothing was sent");
}

#[test]
fn an_earlier_output_is_given_by_a_mock() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", SEVERAL);
    scratch.file("get.json", r#"{"response": {"body": {"id": "u-2"}}}"#);
    let given = ["test", "w.yaml", "--dry-run", "--task", "rename", "-i", "first_name=Jill", "--mock"];
    let mocks = [(r#"get={"response": {"body": {"id": "u-1"}}}"#, "u-1"), ("get=@get.json", "u-2")];
    for (mock, id) in mocks {
        let ran = scratch.run(&[&given[..], &[mock]].concat()).exits(0);
        ran.prints(&format!("PATCH https://api.zoom.us/v2/users/{id}")).prints("\"first_name\": \"Jill\"");
    }
}

#[test]
fn a_mock_that_cannot_be_used_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", SEVERAL);
    let test = |mock| {
        scratch.run(&["test", "w.yaml", "--dry-run", "--task", "rename", "--mock", mock]).exits(2).prints_nothing()
    };
    test("get").says("E0614").says("REF=@file");
    test("get=404").says("E0614").says("a number, not an object");
    test("get={").says("E0614").says("not JSON");
    test("get=@nowhere.json").says("E0601").says("nowhere.json");
    test("gte={}").says("there is no task `gte`");
}

#[test]
fn an_example_stands_in_and_says_so() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let ran = scratch.run(&["test", "w.yaml", "--dry-run", "-i", "action=ssoCreate"]).exits(0);
    ran.says("E0613").says("no input was given for email, type").prints("\"action\": \"ssoCreate\"");
}

#[test]
fn a_dry_run_shows_the_request_its_values_and_the_policies() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let ran = scratch
        .run(&["test", "w.yaml", "--dry-run", "-i", "action=create", "-i", "email=a@example.com", "-i", "type:=1"])
        .exits(0);
    let ran = ran
        .prints("POST https://api.zoom.us/v2/users")
        .prints("Authorization: Bearer ***")
        .prints("workflow.input.email");
    ran.prints("5 s to connect").prints("nothing was sent");
    let given = ["test", "w.yaml", "--dry-run", "--output", "json"];
    let report = scratch.run(&given).exits(0).json();
    assert_eq!(report["outcome"], "dry");
    assert_eq!(report["exchange"]["request"]["method"], "POST");
    assert_eq!(report["exchange"]["attempts"], serde_json::json!([]));
}

#[test]
fn an_invalid_body_is_never_sent_and_points_into_the_file() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let given = ["-i", "action=create", "-i", "email=a@example.com", "-i", "type=1"];
    let ran = scratch.run(&[&["test", "w.yaml", "--sandbox"], &given[..]].concat()).exits(2);
    ran.says("E0402").says("w.yaml:16:17").says(":=");
    let ran = scratch.run(&[&["run", "w.yaml", "--sandbox"], &given[..]].concat()).exits(2);
    ran.says("E0402").says("w.yaml:16:17");
}
