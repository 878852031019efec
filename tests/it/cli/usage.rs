//! Commands, flags and files that are not there.

use super::WORKFLOW;
use crate::command::Scratch;

#[test]
fn help_goes_to_standard_output_with_examples_and_exit_codes() {
    let scratch = Scratch::new();
    scratch.run(&["--help"]).exits(0).prints("Exit codes:").prints("130  interrupted").prints("completions");
    for command in [
        "run",
        "test",
        "test-workflow",
        "check",
        "explain",
        "graph",
        "schema",
        "show",
        "sandbox",
        "completions",
        "new",
        "add",
    ] {
        let ran = scratch.run(&[command, "--help"]).exits(0).prints("Usage: legwork").prints("Examples:");
        assert_eq!(ran.stderr, "");
    }
    scratch.run(&["--version"]).exits(0).prints(env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_wrong_command_line_is_refused_with_a_hint() {
    let scratch = Scratch::new();
    scratch.run(&[]).exits(2).prints_nothing().says("Usage: legwork");
    scratch.run(&["chekc"]).exits(2).prints_nothing().says("'check'");
    scratch.run(&["check"]).exits(2).prints_nothing().says("<FILES>");
    scratch.run(&["run", "a.yaml", "--sandbx"]).exits(2).prints_nothing().says("'--sandbox'");
    scratch.run(&["run", "a.yaml", "--output", "xml"]).exits(2).prints_nothing().says("execution");
    scratch.run(&["sandbox", "--port", "70000"]).exits(2).prints_nothing().says("70000");
}

#[test]
fn a_missing_file_names_its_neighbour() {
    let scratch = Scratch::new();
    scratch.file("add-user.yaml", WORKFLOW);
    for command in ["run", "test", "check"] {
        let ran = scratch.run(&[command, "ad-user.yaml"]).exits(2).prints_nothing();
        ran.says("E0601").says("no file `ad-user.yaml`").says("there is `add-user.yaml` beside it");
    }
}

#[test]
fn an_empty_folder_and_a_folder_instead_of_a_file_are_told() {
    let scratch = Scratch::new();
    scratch.run(&["check", "."]).exits(2).says("E0601").says("`.` is a folder");
    scratch.run(&["test", "a.yaml"]).exits(2).says("no file `a.yaml`");
    std::fs::create_dir(scratch.path().join("defs")).expect("a folder");
    scratch.file("w.yaml", WORKFLOW);
    scratch.run(&["check", "w.yaml", "--task-definitions", "defs"]).exits(0);
    scratch.run(&["check", "w.yaml", "--task-definitions", "nowhere"]).exits(2).says("no file `nowhere`");
}

#[test]
fn a_read_only_folder_is_enough() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let mut permissions = std::fs::metadata(scratch.path()).expect("the folder").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(scratch.path(), permissions.clone()).expect("a read-only folder");
    scratch.run(&["check", "w.yaml"]).exits(0);
    scratch.run(&["test", "w.yaml", "--sandbox"]).exits(0);
    let names: Vec<_> =
        std::fs::read_dir(scratch.path()).expect("the folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["w.yaml"], "nothing is left behind");
}

#[test]
fn a_definition_may_come_from_standard_input() {
    use std::io::Write;
    use std::process::Stdio;
    let scratch = Scratch::new();
    let mut command = scratch.command();
    let mut child =
        command.args(["check", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command");
    child.stdin.take().expect("its input").write_all(b"name: 1\n").expect("written");
    let ran: crate::command::Ran = child.wait_with_output().expect("its end").into();
    ran.exits(2).says("<stdin>:1");
}

#[test]
fn a_code_is_explained_and_an_unknown_one_refused() {
    let scratch = Scratch::new();
    scratch.run(&["explain", "E0305"]).exits(0).prints("# E0305: a value is missing").prints("## Why");
    scratch.run(&["explain", "e0305"]).exits(0).prints("# E0305");
    scratch.run(&["explain", "E9999"]).exits(2).prints_nothing().says("E9999");
}

#[test]
fn completions_are_a_script_that_names_the_commands() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        scratch.run(&["completions", shell]).exits(0).prints("sandbox");
    }
    scratch.run(&["completions", "csh"]).exits(2).prints_nothing().says("bash");
}

#[test]
fn a_file_that_defines_something_else_is_named() {
    let scratch = Scratch::new();
    scratch.file("task.yaml", "name: my_task\nretryCount: 1\n");
    scratch.run(&["run", "task.yaml"]).exits(2).prints_nothing().says("E0610");
    scratch.run(&["test", "task.yaml"]).exits(2).prints_nothing().says("E0610");
    scratch.run(&["check", "task.yaml"]).exits(0);
    scratch.file("w.yaml", WORKFLOW);
    scratch.run(&["check", "w.yaml", "--task-definitions", "w.yaml"]).exits(2).says("no task definition");
    scratch.run(&["show", "zoom_user_create"]).exits(2).prints_nothing().says("E0610").says("zoom_users_create");
    scratch.run(&["schema", "nothing"]).exits(2).prints_nothing().says("`legwork show` lists all of them");
}

#[test]
fn what_else_stands_in_a_folder_of_task_definitions_is_passed_over() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", super::inputs::ECHO);
    scratch.file("defs/mine.yaml", "name: mine\nretryCount: 1\n");
    scratch.file("defs/parts.json", r#"{"User": {"type": "object"}}"#);
    scratch.file("defs/w.yaml", super::inputs::ECHO);
    for command in [&["show", "mine"][..], &["run", "w.yaml"]] {
        let arguments = [command, &["--task-definitions", "defs"]].concat();
        scratch.run(&arguments).exits(0).says("passed over: defs/parts.json and 1 more");
    }
    let named = ["run", "w.yaml", "--task-definitions", "defs/parts.json"];
    scratch.run(&named).exits(2).prints_nothing().says("E0201");
    scratch.file("defs/broken.yaml", "name: broken\nretryCount: [\n");
    scratch.run(&["run", "w.yaml", "--task-definitions", "defs"]).exits(2).prints_nothing().says("broken.yaml");
}

#[test]
fn a_definition_may_come_before_its_schema_in_a_folder() {
    let scratch = Scratch::new();
    let request =
        "x-legwork:\n  request: {method: POST, uri: 'https://crm.example.com/'}\n  body_schema: b.schema.json\n";
    scratch.file("defs/a.yaml", format!("name: a\nretryCount: 1\n{request}"));
    scratch.file("defs/b.schema.json", r#"{"type": "object", "properties": {"colour": {"type": "string"}}}"#);
    scratch.run(&["schema", "a", "--task-definitions", "defs"]).exits(0).prints("colour");
}

#[test]
fn a_version_that_is_not_there_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", super::inputs::ECHO);
    scratch.file("start.json", r#"{"version": 2, "correlationId": "c"}"#);
    scratch.run(&["run", "w.yaml", "--start", "start.json"]).exits(2).prints_nothing().says("E0615").says("version=2");
    scratch.file("start.json", r#"{"version": 1, "correlationId": "c-1"}"#);
    let ran = scratch.run(&["run", "w.yaml", "--start", "start.json", "--output", "execution"]).exits(0);
    assert_eq!(ran.json()["correlationId"], "c-1");
}

#[test]
fn schemas_and_reference_pages_are_printed() {
    let scratch = Scratch::new();
    for name in ["workflow", "task-definition", "zoom_users_create", "zoom_users_get"] {
        let schema = scratch.run(&["schema", name]).exits(0).json();
        assert!(schema["properties"].is_object(), "{name}: {schema}");
    }
    scratch.run(&["show"]).exits(0).prints("zoom_users_create").prints("zoom_oauth_token");
    let page = scratch.run(&["show", "zoom_users_create"]).exits(0);
    page.prints("POST https://api.zoom.us/v2/users")
        .prints("custCreate")
        .prints("## Errors")
        .prints("1005")
        .prints("Light");
}

#[test]
fn two_definitions_of_one_version_are_refused() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path().join("defs")).expect("a folder");
    let child = |version: u32, value: u32| {
        format!(
            "name: child\nversion: {version}\ntasks: [{{name: v, taskReferenceName: v, type: SET_VARIABLE, inputParameters: {{v: {value}}}}}]\noutputParameters: {{v: '${{workflow.variables.v}}'}}\n"
        )
    };
    scratch.file("defs/a.yaml", child(1, 10));
    scratch.file("defs/b.yaml", child(2, 20));
    scratch.file("defs/defs.json", "[{\"name\": \"x\", \"retryCount\": 1}]");
    scratch.file(
        "w.yaml",
        "name: w\nversion: 1\nschemaVersion: 2\ntasks: [{name: s, taskReferenceName: s, type: SUB_WORKFLOW, subWorkflowParam: {name: child}}]\n",
    );
    scratch.run(&["run", "w.yaml", "--workflows", "defs"]).exits(0).prints("\"v\": 20");
    scratch.file("defs/c.yaml", child(1, 30));
    scratch.run(&["run", "w.yaml", "--workflows", "defs"]).exits(2).prints_nothing().says("E0640").says("version 1");
}

#[test]
fn a_task_that_only_a_server_can_run_needs_an_answer() {
    let scratch = Scratch::new();
    scratch.file(
        "w.yaml",
        "name: w\nversion: 1\nschemaVersion: 2\ntasks: [{name: k, taskReferenceName: k, type: KAFKA_PUBLISH, inputParameters: {kafka_request: {}}}]\n",
    );
    scratch.file("answers.json", "{\"KAFKA_PUBLISH\": [{\"status\": \"COMPLETED\", \"output\": {\"sent\": true}}]}");
    scratch.run(&["check", "w.yaml"]).exits(0).says("E0605");
    scratch.run(&["run", "w.yaml"]).exits(2).prints_nothing().says("E0605").says("--worker-answers");
    scratch.run(&["run", "w.yaml", "--worker-answers", "answers.json"]).exits(0).prints("\"sent\": true");
}
