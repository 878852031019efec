//! `legwork test-workflow`.

use crate::command::Scratch;
use std::net::TcpListener;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-get-or-create.yaml");
const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-get-or-create.tests.yaml");

#[test]
fn the_example_passes_and_reaches_everything() {
    let scratch = Scratch::new();
    let arguments = ["test-workflow", EXAMPLE, "--tests", TESTS, "--fail-under", "100", "--check-mocks", "present"];
    let ran = scratch.run(&arguments).exits(0);
    ran.prints("✔ a user that is there is kept").prints("3 tests, 3 passed").prints("coverage 100 %");
    let ran = scratch.run(&["test-workflow", EXAMPLE, "--tests", TESTS, "--only", "asked again"]).exits(0);
    let ran = ran.prints("1 test, 1 passed");
    ran.prints("not reached keep_found").prints("zoom-get-or-create.yaml:30:");
    scratch.run(&["test-workflow", EXAMPLE, "--tests", TESTS, "--only", "nothing"]).exits(2).prints_nothing();
    let few = ["test-workflow", EXAMPLE, "--tests", TESTS, "--only", "asked again", "--fail-under", "90%"];
    scratch.run(&few).exits(1).says("--fail-under asks for 90 %");
    scratch.run(&["test-workflow", EXAMPLE, "--tests", TESTS, "--fail-under", "120"]).exits(2).says("0 to 100");
}

#[test]
fn a_difference_is_shown_at_its_place() {
    let scratch = Scratch::new();
    let tests = "\
tests:
  - name: found
    input: {email: a@example.com}
    taskRefToMockOutput:
      get: [{output: {response: {statusCode: 200, body: {id: u_1}}}}]
    expect:
      output:
        user_id: u_2
";
    scratch.file("t.yaml", tests);
    let ran = scratch.run(&["test-workflow", EXAMPLE, "--tests", "t.yaml"]).exits(1);
    let ran = ran.prints("✘ found").prints("t.yaml:8:18  output.user_id");
    ran.prints("expected  \"u_2\"").prints("found     \"u_1\"").prints("1 test, 0 passed, 1 failed");
    let json = scratch.run(&["test-workflow", EXAMPLE, "--tests", "t.yaml", "--output", "json"]).exits(1).json();
    assert_eq!(json["tests"][0]["mismatches"][0]["place"], "t.yaml:8:18");
    assert_eq!(json["tests"][0]["execution"]["output"]["user_id"], "u_1");
    assert_eq!((&json["failed"], &json["coverage"]["tasks"]["all"]), (&1.into(), &5.into()));
    let junit = scratch.run(&["test-workflow", EXAMPLE, "--tests", "t.yaml", "--output", "junit"]).exits(1);
    junit.prints("<testcase name=\"found\" classname=\"t.yaml\"").prints("<failure message=\"output.user_id: expected");
}

#[test]
fn a_wrong_tests_file_is_refused_at_its_place() {
    let scratch = Scratch::new();
    let check = |text: &str, words: &str| {
        scratch.file("t.yaml", text);
        let ran = scratch.run(&["test-workflow", EXAMPLE, "--tests", "t.yaml"]).exits(2).prints_nothing();
        ran.says(words);
    };
    check("tests: []", "t.yaml:1:8: error[E0618]: this file holds no tests");
    check("name: a", "this file holds no tests");
    check("[1]", "this file holds no tests");
    check("tests: [{nam: a}]", "t.yaml:1:10: error[E0618]: a test has no `nam`");
    check("tests: 1", "`tests` is not a list");
    check("tests: [{input: 1}]", "`input` is not a mapping");
    check("tests: [{taskRefToMockOutput: {get: [{status: DONE}]}}]", "`DONE` is no status of a task");
    check("tests: [{taskRefToMockOutput: {get: 1}}]", "the mocks of `get` is not a list");
    check("tests: [{expect: {status: DONE}}]", "`DONE` is no status of a workflow");
    check("tests: [{expect: {tasks: {get: {attempts: -1}}}}]", "`attempts` is not a whole number");
    check("tests: [", "E0101");
    let page = scratch.run(&["explain", "E0618"]).exits(0);
    let right = page.stdout.split("## Right\n").nth(1).unwrap_or_default();
    let right = right.split("```").nth(1).unwrap_or_default().trim_start_matches("yaml\n").to_owned();
    scratch.file("t.yaml", right);
    scratch.run(&["test-workflow", EXAMPLE, "--tests", "t.yaml"]).exits(1).prints("a user is created");
}

#[test]
fn mocks_are_checked_as_closely_as_asked_for() {
    let scratch = Scratch::new();
    scratch.file(
        "t.yaml",
        "taskRefToMockOutput: {gett: [{output: {}}]}\ninput: {email: a@example.com}\nexpect: {status: RUNNING}",
    );
    let run = |rules: &str| scratch.run(&["test-workflow", EXAMPLE, "--tests", "t.yaml", "--check-mocks", rules]);
    run("none").exits(0);
    run("present")
        .exits(0)
        .says("t.yaml:1:23: warning[E0619]: the workflow has no task `gett`")
        .says("did you mean `get`?");
    run("strict").exits(2).prints_nothing().says("error[E0619]");
}

/// A server's own test mode sends some of the mocked requests for real. Here nothing can: a socket that would hear it hears nothing.
#[test]
fn nothing_is_ever_sent() {
    let scratch = Scratch::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket that does not wait");
    let address = listener.local_addr().expect("its address");
    let task = |name: &str| {
        format!(
            "  - {{name: {name}, taskReferenceName: {name}, type: HTTP, inputParameters: {{uri: 'http://{address}/{name}', method: POST, body: {{}}}}}}\n"
        )
    };
    scratch.file("w.yaml", format!("name: w\nversion: 1\ntasks:\n{}{}", task("mocked"), task("not_mocked")));
    scratch
        .file("t.yaml", "taskRefToMockOutput: {mocked: [{status: FAILED}, {output: {response: {statusCode: 200}}}]}");
    let tests = |expect: &str| {
        let mocks = "{mocked: [{output: {response: {statusCode: 200}}}]}";
        scratch.file("t.yaml", format!("taskRefToMockOutput: {mocks}\nexpect: {{status: {expect}}}"));
    };
    for compat in [None, Some("--compat=conductor")] {
        tests("RUNNING");
        let mut arguments = vec!["test-workflow", "w.yaml", "--tests", "t.yaml"];
        arguments.extend(compat);
        scratch.run(&arguments).exits(0);
        tests("COMPLETED");
        scratch.run(&arguments).exits(1).prints("`not_mocked` (HTTP) has no mock");
    }
    let heard = listener.accept().map(|(_, from)| from);
    assert!(heard.is_err_and(|err| err.kind() == std::io::ErrorKind::WouldBlock), "something was sent");
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn conductors_own_test_request_is_a_tests_file() {
    let scratch = Scratch::new();
    let Some(folder) = crate::resolve::shared("conformance/test-mode") else {
        eprintln!("skipped: the recordings are not there");
        return;
    };
    let read = |name: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(folder.join(name)).expect("a recording");
        serde_json::from_str(&text).expect("JSON")
    };
    let (request, response) = (read("request.json"), read("response.json"));
    scratch.file("w.json", request["workflowDef"].to_string());
    scratch.file("t.json", request.to_string());
    let arguments = ["test-workflow", "w.json", "--tests", "t.json", "--compat", "conductor", "--output", "json"];
    let found = scratch.run(&arguments).exits(0).json();
    let found = &found["tests"][0]["execution"];
    for key in ["status", "output", "variables", "input"] {
        assert_eq!(found[key], response[key], "{key}");
    }
    let tasks = |of: &serde_json::Value| of["tasks"].as_array().cloned().unwrap_or_default();
    assert_eq!(tasks(found).len(), tasks(&response).len());
    for (found, expected) in tasks(found).iter().zip(tasks(&response)) {
        for (key, value) in expected.as_object().expect("a task") {
            assert_eq!(&found[key], value, "{key} of {}", expected["referenceTaskName"]);
        }
    }
}
