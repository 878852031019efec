//! Definitions, and the codes that each gives.

use super::lint;
use crate::catalogue::Catalogue;
use crate::definition::Document;
use crate::plan::Options;
use crate::source::SourceFile;
use std::sync::Arc;

const OLD: &str = "\
name: crm_old
retryCount: 0
timeoutSeconds: 10
responseTimeoutSeconds: 5
x-legwork:
  servers: [https://crm.example.com]
  request: {method: POST, uri: '{{server}}/old'}
  docs: {deprecated: true}
outputSchema:
  name: o
  version: 1
  type: JSON
  data: {properties: {response: {properties: {body: {properties: {kind: {enum: [a, b]}, open: {type: object}}}}}}}
";

#[track_caller]
fn check(tasks: &str, expected: &[&str]) {
    let text = format!("name: w\nversion: 1\nschemaVersion: 2\n{tasks}");
    let document = Arc::new(Document::parse(SourceFile::new("w.yaml", text.as_str())));
    let mut catalogue = Catalogue::builtin();
    assert!(catalogue.add(SourceFile::new("old.yaml", OLD)).is_empty());
    let found = lint(&document, &catalogue, Options::default());
    let found: Vec<_> = found.iter().filter(|one| one.code.id().starts_with("E09")).collect();
    let shown: Vec<_> =
        found.iter().map(|one| format!("{} {}", one.code, one.pointer.clone().unwrap_or_default())).collect();
    assert_eq!(shown, expected, "{text}\n{found:#?}");
}

const CREATE: &str = "{name: zoom_users_create, taskReferenceName: create, type: SIMPLE, inputParameters: {action: create, email: a@example.com, type: 1}}";

#[test]
fn a_retry_that_never_happens_is_told() {
    check("tasks: [{name: n, taskReferenceName: n, type: NOOP, retryCount: 2}]", &["E0901 /tasks/0/retryCount"]);
    let post = |more: &str| {
        format!(
            "tasks: [{{name: p, taskReferenceName: p, type: HTTP, retryCount: 2, inputParameters: {{uri: 'https://a.example/', method: POST, readTimeOut: 9{more}}}}}]"
        )
    };
    check(&post(""), &["E0903 /tasks/0/taskReferenceName"]);
    check(&post(", headers: {Idempotency-Key: '${CPEWF_TASK_ID}'}"), &[]);
    check(&post("").replace("POST", "GET"), &[]);
    check(&format!("tasks: [{CREATE}]"), &[]);
}

#[test]
fn what_may_wait_for_ever_is_told() {
    check(
        "tasks: [{name: p, taskReferenceName: p, type: HTTP, inputParameters: {uri: 'https://a.example/', method: GET}}]",
        &["E0904 /tasks/0/taskReferenceName"],
    );
    check("tasks: [{name: p, taskReferenceName: p, type: SIMPLE}]", &["E0904 /tasks/0/taskReferenceName"]);
    check("tasks: [{name: p, taskReferenceName: p, type: HUMAN}]", &["E0904 /tasks/0/taskReferenceName"]);
    check("timeoutSeconds: 60\ntasks: [{name: p, taskReferenceName: p, type: HUMAN}]", &[]);
}

#[test]
fn inputs_that_nothing_reads_are_told() {
    let task = "{name: s, taskReferenceName: s, type: SET_VARIABLE, inputParameters: {x: '${workflow.input.a}'}}";
    check(&format!("inputParameters: [a, b]\ntasks: [{task}]"), &["E0905 /inputParameters/1"]);
    check(&format!("inputParameters: [a, b]\ntasks: [{}]", task.replace(".a}", "}")), &[]);
}

#[test]
fn what_is_never_reached_is_told() {
    let noop = |name: &str| format!("{{name: {name}, taskReferenceName: {name}, type: NOOP}}");
    let end = "{name: t, taskReferenceName: t, type: TERMINATE, inputParameters: {terminationStatus: COMPLETED}}";
    check(&format!("tasks: [{end}, {}]", noop("n")), &["E0906 /tasks/1/taskReferenceName"]);
    let switch = |value: &str, cases: &str| {
        format!(
            "{{name: s, taskReferenceName: s, type: SWITCH, evaluatorType: value-param, expression: x, inputParameters: {{x: {value}}}, decisionCases: {{{cases}}}}}"
        )
    };
    let cases = |names: &[&str]| {
        names.iter().map(|name| format!("'{name}': [{}]", noop(&format!("n{name}")))).collect::<Vec<_>>().join(", ")
    };
    check(&format!("tasks: [{}]", switch("a", &cases(&["a", "b"]))), &["E0906 /tasks/0/decisionCases/b"]);
    let status = switch("'${create.output.response.statusCode}'", &cases(&["201", "ok"]));
    check(&format!("tasks: [{CREATE}, {status}]"), &["E0906 /tasks/1/decisionCases/ok"]);
    let old = "{name: crm_old, taskReferenceName: old, type: SIMPLE}";
    let kind = switch("'${old.output.response.body.kind}'", &cases(&["a", "c"]));
    check(&format!("tasks: [{old}, {kind}]"), &["E0908 /tasks/0/name", "E0906 /tasks/1/decisionCases/c"]);
}

#[test]
fn fields_that_the_answer_does_not_have_are_told() {
    let output = |path: &str| format!("tasks: [{CREATE}]\noutputParameters: {{id: 'user ${{create.output.{path}}}'}}");
    check(&output("response.body.idd"), &["E0907 /outputParameters/id"]);
    check(&output("response.bdy.id"), &["E0907 /outputParameters/id"]);
    for path in [
        "response.body.id",
        "response.body['id']",
        "response.headers.x",
        "response.body",
        "response.statusCode",
        "response.body..id",
    ] {
        check(&output(path), &[]);
    }
    let old = |path: &str| {
        format!(
            "tasks: [{{name: crm_old, taskReferenceName: old, type: SIMPLE}}]\noutputParameters: {{id: '${{old.output.response.body.{path}}}'}}"
        )
    };
    check(&old("open.anything.below"), &["E0908 /tasks/0/name"]);
}

#[test]
fn a_secret_in_the_text_is_told_and_not_shown() {
    let text = "name: w\ntasks:\n  - name: p\n    taskReferenceName: p\n    type: HTTP\n    inputParameters:\n      uri: https://a.example/\n      method: GET\n      headers: {Authorization: Bearer hunter2hunter2}\n";
    let document = Arc::new(Document::parse(SourceFile::new("w.yaml", text)));
    let found = lint(&document, &Catalogue::builtin(), Options::default());
    let codes: Vec<_> = found.iter().map(|one| one.code.id()).collect();
    assert!(codes.contains(&"E0902"), "{codes:?}");
    assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
}
