//! What goes to standard output, what to standard error, and in which form.

use super::WORKFLOW;
use crate::command::Scratch;
use serde_json::json;

#[test]
fn diagnostics_come_as_one_json_object() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW.replace("workflow.input.action", "wrkflow.input.action"));
    let ran = scratch.run(&["check", "w.yaml", "--output", "json"]).exits(2);
    assert_eq!(ran.stderr, "");
    let found = &ran.json()["diagnostics"][0];
    assert_eq!(found["severity"], "error");
    assert_eq!(found["file"], "w.yaml");
    assert_eq!(found["line"], 13);
    let span = (found["span"][0].as_u64(), found["span"][1].as_u64());
    let text = WORKFLOW.replace("workflow.input.action", "wrkflow.input.action");
    let start = text.find("wrkflow").expect("the place") as u64;
    assert!(span.0.is_some_and(|at| at <= start) && span.1.is_some_and(|at| at > start), "{found}");
    let code = found["code"].as_str().expect("a code").to_owned();
    scratch.run(&["explain", &code]).exits(0).prints(&code);
}

#[test]
fn a_file_without_problems_gives_an_empty_list() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let ran = scratch.run(&["check", "w.yaml", "--output", "json"]).exits(0);
    assert_eq!(ran.json(), json!({"diagnostics": []}));
}

#[test]
fn without_a_terminal_there_is_no_colour_and_every_place_can_be_clicked() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", "name: [\n");
    for arguments in [vec!["check", "w.yaml"], vec!["run", "w.yaml"]] {
        let ran = scratch.run(&arguments).exits(2).prints_nothing();
        assert!(!ran.stderr.contains('\u{1b}') && ran.stderr.starts_with("w.yaml:"), "{}", ran.stderr);
    }
    let help = scratch.run(&["--help"]).exits(0);
    assert!(!help.stdout.contains('\u{1b}'), "{}", help.stdout);
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    use std::process::Stdio;
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    for arguments in [vec!["completions", "bash"], vec!["test", "w.yaml", "--sandbox", "--level", "trace"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = scratch.command();
        let ran = command.args(&arguments).stdout(writer).stderr(Stdio::piped()).output().expect("the command");
        let ran = crate::command::Ran::from(ran).exits(0);
        assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
    }
}

#[test]
fn junit_has_a_case_for_each_task_and_one_for_the_workflow() {
    let scratch = Scratch::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-get-or-create.yaml");
    let inputs = ["-i", "email=a@example.com", "-i", "first_name=A", "-i", "last_name=B"];
    let mut arguments = vec!["run", example, "--sandbox", "--output", "junit"];
    arguments.extend(inputs);
    let ran = scratch.run(&arguments).exits(0).prints("<?xml").prints("tests=\"5\" skipped=\"1\" failures=\"0\"");
    ran.prints("<testcase name=\"create\" classname=\"zoom_get_or_create.HTTP\"")
        .prints("<testcase name=\"the workflow\"");
    arguments.extend(["--fault", "500"]);
    let ran = scratch.run(&arguments).exits(1).prints("failures=\"2\"");
    ran.prints("<failure").prints("500");
    scratch.file("w.yaml", WORKFLOW);
    let test = |more: &[&str]| {
        let mut arguments = vec!["test", "w.yaml", "--output", "junit"];
        arguments.extend(more);
        scratch.run(&arguments)
    };
    test(&["--sandbox"]).exits(0).prints("failures=\"0\"").prints("<testcase name=\"create\"");
    test(&["--dry-run"]).exits(0).prints("<skipped message=\"dry run");
    let refused = test(&["--sandbox", "-i", "type:=77"]).exits(2).prints("type=\"refused\"");
    assert!(refused.stderr.contains("E0403"), "{}", refused.stderr);
}

#[test]
fn a_har_holds_each_request_masked_with_its_timings() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let mut command = scratch.command();
    command.env("CONDUCTOR_SECRET_zoom_token", "a-secret-token-value");
    let ran = command.args(["test", "w.yaml", "--sandbox", "--output", "har"]).output().expect("the command");
    let ran = crate::command::Ran::from(ran);
    assert!(!ran.stdout.contains("a-secret-token-value"), "{}", ran.stdout);
    let har = ran.json();
    let entry = &har["log"]["entries"][0];
    assert_eq!((&har["log"]["version"], &entry["request"]["method"]), (&json!("1.2"), &json!("POST")));
    assert_eq!(entry["request"]["url"], "https://api.zoom.us/v2/users");
    assert_eq!(entry["request"]["postData"]["mimeType"], "application/json");
    let phases = ["blocked", "dns", "connect", "send", "wait", "receive"];
    let sum: f64 = phases.iter().filter_map(|phase| entry["timings"][phase].as_f64()).filter(|time| *time > 0.0).sum();
    assert!((entry["time"].as_f64().unwrap_or(-1.0) - sum).abs() < 0.002, "{entry:#}");
    assert!(entry["startedDateTime"].as_str().is_some_and(|date| date.ends_with('Z') && date.len() == 24), "{entry:#}");
    let planned = scratch.run(&["test", "w.yaml", "--dry-run", "--output", "har"]).exits(0).json();
    assert_eq!(planned["log"]["entries"][0]["response"]["_error"], "not sent");
    let run = scratch.run(&[
        "run",
        "w.yaml",
        "--sandbox",
        "-i",
        "action=create",
        "-i",
        "email=a@example.com",
        "-i",
        "type:=1",
        "--output",
        "har",
    ]);
    let entries = run.exits(0).json()["log"]["entries"].as_array().map(Vec::len);
    assert_eq!(entries, Some(1));
}

#[test]
fn junit_and_har_are_refused_where_nothing_runs() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.run(&["check", "w.yaml", "--output", "har"]).exits(2).prints_nothing().says("E0620");
    scratch.run(&["explain", "w.yaml", "${workflow.input.email}", "--output", "junit"]).exits(2).says("E0620");
}

#[test]
fn without_a_terminal_a_run_tells_each_task_in_a_plain_line() {
    let scratch = Scratch::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-get-or-create.yaml");
    let mut arguments =
        vec!["run", example, "--sandbox", "--fault", "503; retry-after=1; once; entry=zoom_users_create"];
    arguments.extend(["-i", "email=a@example.com", "-i", "first_name=A", "-i", "last_name=B"]);
    let ran = scratch.run(&arguments).exits(0);
    let lines: Vec<_> = ran.stderr.lines().filter(|line| line.contains("HTTP") || line.contains("waiting")).collect();
    let starts = ["get ", "create ", "waiting for 1 s", "create (attempt 2) "];
    assert_eq!(lines.len(), starts.len(), "{}", ran.stderr);
    assert!(lines.iter().zip(starts).all(|(line, start)| line.trim_start().starts_with(start)), "{}", ran.stderr);
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    arguments.extend(["--output", "json"]);
    assert_eq!(scratch.run(&arguments).exits(0).stderr, "", "data for programs comes alone");
}
