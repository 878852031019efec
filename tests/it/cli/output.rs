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
