//! `legwork graph`.

use super::WORKFLOW;
use crate::command::Scratch;

#[test]
fn a_picture_is_printed_in_either_language() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.run(&["graph", "w.yaml"]).exits(0).prints("flowchart TD").prints("create<br/>HTTP zoom_users_create");
    scratch.run(&["graph", "w.yaml", "--format", "dot"]).exits(0).prints("digraph").prints("n0 -> n1");
    scratch.run(&["graph", "w.yaml", "--format", "png"]).exits(2).prints_nothing().says("mermaid");
}

#[test]
fn the_way_that_a_run_took_stands_out() {
    let scratch = Scratch::new();
    let example = format!("{}/examples/zoom-get-or-create.yaml", env!("CARGO_MANIFEST_DIR"));
    let inputs = ["-i", "email=a@example.com", "-i", "first_name=A", "-i", "last_name=B"];
    let mut arguments = vec!["run", &example, "--sandbox", "--output", "execution"];
    arguments.extend(inputs);
    let ran = scratch.run(&arguments).exits(0);
    scratch.file("execution.json", &ran.stdout);
    let graph = scratch.run(&["graph", &example, "--execution", "execution.json"]).exits(0);
    graph.prints("get<br/>HTTP zoom_users_get (optional)<br/>COMPLETED_WITH_ERRORS").prints("==>|\"default\"|");
    // The report of a run holds the execution as well.
    arguments[4] = "json";
    let ran = scratch.run(&arguments).exits(0);
    scratch.file("report.json", &ran.stdout);
    let graph = scratch.run(&["graph", &example, "--execution", "report.json", "--format", "dot"]).exits(0);
    graph.prints("label=\"default\", color=");
}

#[test]
fn an_execution_of_another_workflow_is_warned_of() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.file("e.json", r#"{"workflowName": "other", "status": "RUNNING", "tasks": []}"#);
    let ran = scratch.run(&["graph", "w.yaml", "--execution", "e.json"]).exits(0);
    ran.says("E0617").says("an execution of `other`").prints("flowchart TD");
}

#[test]
fn what_is_no_workflow_or_no_execution_is_refused() {
    let scratch = Scratch::new();
    scratch.file("task.yaml", "name: my_task\nretryCount: 1\n");
    scratch.file("w.yaml", WORKFLOW);
    scratch.file("half.yaml", "name: a\ntasks: [\n");
    scratch.run(&["graph", "task.yaml"]).exits(2).prints_nothing().says("E0610");
    scratch.run(&["graph", "half.yaml"]).exits(2).prints_nothing().says("half.yaml");
    scratch.run(&["graph", "w.yaml", "--execution", "w.yaml"]).exits(2).prints_nothing().says("holds no execution");
    scratch.run(&["graph", "nowhere.yaml"]).exits(2).prints_nothing().says("E0601");
}
