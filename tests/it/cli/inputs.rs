//! Inputs, secrets and environments as the command line gives them.

use super::WORKFLOW;
use crate::command::Scratch;

/// A workflow that sends nothing and gives its input back.
pub(super) const ECHO: &str = "\
name: echo
version: 1
schemaVersion: 2
tasks:
  - {name: keep, taskReferenceName: keep, type: SET_VARIABLE, inputParameters: {all: '${workflow.input}'}}
outputParameters:
  all: ${workflow.variables.all}
";

fn output(scratch: &Scratch, arguments: &[&str]) -> serde_json::Value {
    let arguments = [&["run", "w.yaml", "--output", "execution"], arguments].concat();
    scratch.run(&arguments).exits(0).json()["output"].clone()
}

#[test]
fn the_first_of_three_places_wins_for_each_name() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", ECHO);
    scratch.file("in.json", r#"{"a": "file", "b": "file", "n": 12345678901234567890}"#);
    scratch.file("note.txt", "\u{feff}two\nlines\n");
    scratch.file("legwork.toml", "[env.dev]\ninput = {a = 'env', b = 'env', c = 'env'}\n");
    let given = ["--env", "dev", "--input", "in.json", "-i", "a=text", "-i", "t:=1", "-i", "f=@note.txt"];
    let output = output(&scratch, &given);
    let expected = serde_json::json!({"a": "text", "b": "file", "c": "env", "n": 12_345_678_901_234_567_890_u64, "t": 1, "f": "two\nlines\n"});
    assert_eq!(output["all"], expected);
}

#[test]
fn an_input_may_be_yaml_too() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", ECHO);
    scratch.file("in.yaml", "a: [1, two]\n");
    assert_eq!(output(&scratch, &["--input", "in.yaml"])["all"], serde_json::json!({"a": [1, "two"]}));
}

#[test]
fn inputs_that_cannot_be_read_are_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", ECHO);
    scratch.file("list.json", "[1]");
    scratch.file("broken.json", "{\n\"a\": }");
    scratch.run(&["run", "w.yaml", "-i", "email"]).exits(2).prints_nothing().says("E0602");
    scratch.run(&["run", "w.yaml", "-i", "a:=x"]).exits(2).prints_nothing().says("E0603").says("write `a=x`");
    scratch.run(&["run", "w.yaml", "-i", "a", "-i", "b:=x"]).exits(2).says("E0602").says("E0603").says("2 errors");
    scratch.run(&["run", "w.yaml", "-i", "a=@nowhere.txt"]).exits(2).prints_nothing().says("nowhere.txt");
    scratch.run(&["run", "w.yaml", "--input", "list.json"]).exits(2).prints_nothing().says("E0604").says("a list");
    scratch.run(&["run", "w.yaml", "--input", "broken.json"]).exits(2).prints_nothing().says("broken.json:2:");
}

#[test]
fn an_environment_that_is_not_there_is_refused() {
    let scratch = Scratch::new();
    scratch.file("a/w.yaml", ECHO);
    scratch.run(&["run", "a/w.yaml", "--env", "dev"]).exits(2).prints_nothing().says("E0607").says("[env.dev]");
    scratch.file("legwork.toml", "[env.dev]\n[env.prod]\n");
    scratch.run(&["run", "a/w.yaml", "--env", "live"]).exits(2).says("E0607").says("`dev`, `prod`");
    scratch.run(&["run", "a/w.yaml", "--env", "dev"]).exits(0);
    scratch.file("legwork.toml", "[env.dev]\nsever = 'https://h'\n");
    scratch.run(&["run", "a/w.yaml", "--env", "dev"]).exits(2).says("E0608").says("legwork.toml:2:1");
}

#[test]
fn an_env_file_that_is_broken_is_refused_without_its_values() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", ECHO);
    scratch.file("dev.env", "CONDUCTOR_SECRET_a=hush-hush-hush\nhush-hush\n");
    let ran = scratch
        .run(&["run", "w.yaml", "--env-file", "dev.env"])
        .exits(2)
        .prints_nothing()
        .says("E0609")
        .says("dev.env:2");
    assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
}

#[test]
fn an_unset_secret_is_named_and_nothing_is_sent() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let given = ["-i", "action=create", "-i", "email=jill@example.com", "-i", "type:=1"];
    for command in ["run", "test"] {
        let ran = scratch.run(&[&[command, "w.yaml"], &given[..]].concat()).exits(2);
        ran.says("zoom_token").says("CONDUCTOR_SECRET_zoom_token");
    }
    scratch.run(&[&["run", "w.yaml", "--sandbox"], &given[..]].concat()).exits(0);
}

#[test]
fn a_short_secret_is_warned_of() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.file("dev.env", "CONDUCTOR_SECRET_zoom_token=short\n");
    let ran = scratch.run(&["test", "w.yaml", "--dry-run", "--env-file", "dev.env"]).exits(0).says("E0612");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("short\n"), "{ran:?}");
}

#[test]
fn values_of_the_environment_come_from_the_file_then_from_the_process() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", ECHO.replace("${workflow.input}", "${workflow.env.REGION}"));
    scratch.file("dev.env", "CONDUCTOR_ENV_REGION=eu\n");
    let run = |arguments: &[&str], process: Option<&str>| {
        let mut command = scratch.command();
        command.args(["run", "w.yaml", "--output", "execution"]).args(arguments);
        command.envs(process.map(|value| ("CONDUCTOR_ENV_REGION", value)));
        crate::command::Ran::from(command.output().expect("the command"))
    };
    assert_eq!(run(&[], Some("us")).exits(0).json()["output"]["all"], "us");
    assert_eq!(run(&["--env-file", "dev.env"], Some("us")).exits(0).json()["output"]["all"], "eu");
    run(&[], None).exits(2).says("E0305").says("CONDUCTOR_ENV_REGION");
}

#[test]
fn an_environments_server_is_what_the_request_goes_to() {
    let scratch = Scratch::new();
    let text = "name: get\nversion: 1\nschemaVersion: 2\ntasks:\n  - {name: zoom_users_get, taskReferenceName: get, type: SIMPLE, inputParameters: {user_id: me}}\n";
    scratch.file("w.yaml", text);
    scratch.file("legwork.toml", "[env.dev]\nserver = 'http://127.0.0.1:9/v2/'\nsandbox = true\n");
    scratch.run(&["test", "w.yaml", "--dry-run"]).exits(0).prints("GET https://api.zoom.us/v2/users/me");
    scratch.run(&["test", "w.yaml", "--dry-run", "--env", "dev"]).exits(0).prints("GET http://127.0.0.1:9/v2/users/me");
    scratch.run(&["test", "w.yaml", "--env", "dev"]).exits(1).prints("404 Not Found");
}
