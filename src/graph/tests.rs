//! Pictures of small definitions.

use super::{Graph, Taken, dot, mermaid};
use crate::definition::WorkflowDef;
use crate::source::{self, SourceFile};
use serde_json::{Value, json};

fn graph(text: &str, execution: Option<&Value>) -> Graph {
    let value = source::parse(&SourceFile::new("w.yaml", text)).value;
    let taken = execution.map(|execution| Taken::read(execution).expect("an execution"));
    Graph::of(&WorkflowDef::from_value(&value), taken.as_ref())
}

/// The picture in lines, without indentation, title and colours.
fn check(text: &str, expected: &[&str]) {
    let drawn = mermaid(&graph(text, None));
    let lines: Vec<_> = drawn.lines().skip(4).map(str::trim).collect();
    assert_eq!(lines, expected, "{drawn}");
}

#[test]
fn tasks_follow_one_another() {
    check(
        "{name: w, tasks: [{name: a, taskReferenceName: a}, {name: get_user, taskReferenceName: b, type: HTTP, optional: true}]}",
        &[
            "n0([\"start\"])",
            "n1[\"a<br/>SIMPLE\"]",
            "n2[\"b<br/>HTTP get_user (optional)\"]",
            "n3([\"end\"])",
            "n0 --> n1",
            "n1 --> n2",
            "n2 --> n3",
        ],
    );
    check("{name: w, tasks: []}", &["n0([\"start\"])", "n1([\"end\"])", "n0 --> n1"]);
}

#[test]
fn a_switch_has_a_way_for_each_case_and_one_for_all_others() {
    check(
        "{name: w, tasks: [{name: s, taskReferenceName: s, type: SWITCH, decisionCases: {A: [{name: a, taskReferenceName: a}], B: []}, defaultCase: [{name: t, taskReferenceName: t, type: TERMINATE}]}, {name: z, taskReferenceName: z}]}",
        &[
            "n0([\"start\"])",
            "subgraph b1[\"s\"]",
            "n1{\"s<br/>SWITCH\"}",
            "n2[\"a<br/>SIMPLE\"]",
            "n3(((\"t<br/>TERMINATE\")))",
            "end",
            "n4[\"z<br/>SIMPLE\"]",
            "n5([\"end\"])",
            "n0 --> n1",
            "n1 -->|\"A\"| n2",
            "n1 -->|\"default\"| n3",
            "n2 --> n4",
            "n1 -->|\"B\"| n4",
            "n4 --> n5",
            "n3 --> n5",
        ],
    );
}

#[test]
fn a_branch_that_is_not_joined_has_its_own_way_to_the_end() {
    check(
        "{name: w, tasks: [{name: f, taskReferenceName: f, type: FORK_JOIN, forkTasks: [[{name: a, taskReferenceName: a}], [{name: b, taskReferenceName: b}]]}, {name: j, taskReferenceName: j, type: JOIN, joinOn: [a]}]}",
        &[
            "n0([\"start\"])",
            "subgraph b1[\"f\"]",
            "n1[/\"f<br/>FORK_JOIN\"\\]",
            "n2[\"a<br/>SIMPLE\"]",
            "n3[\"b<br/>SIMPLE\"]",
            "n4[\\\"j<br/>JOIN\"/]",
            "end",
            "n5([\"end\"])",
            "n0 --> n1",
            "n1 --> n2",
            "n1 --> n3",
            "n2 --> n4",
            "n4 --> n5",
            "n3 -.-> n5",
        ],
    );
}

#[test]
fn a_loop_goes_back_and_a_definition_in_place_is_drawn_inside() {
    check(
        "{name: w, failureWorkflow: mend, tasks: [{name: l, taskReferenceName: l, type: DO_WHILE, loopOver: [{name: s, taskReferenceName: s, type: SUB_WORKFLOW, subWorkflowParam: {name: c, workflowDefinition: {name: c, tasks: [{name: a, taskReferenceName: a}]}}}]}]}",
        &[
            "n0([\"start\"])",
            "subgraph b1[\"l\"]",
            "n1{{\"l<br/>DO_WHILE\"}}",
            "subgraph b2[\"s#58; c\"]",
            "n2[[\"s<br/>SUB_WORKFLOW\"]]",
            "n3[\"a<br/>SIMPLE\"]",
            "end",
            "end",
            "n4([\"end\"])",
            "n5[[\"mend<br/>failure workflow\"]]",
            "n0 --> n1",
            "n1 -->|\"each round\"| n2",
            "n2 --> n3",
            "n3 -->|\"again\"| n1",
            "n1 -->|\"done\"| n4",
            "n4 -.->|\"on failure\"| n5",
        ],
    );
}

const DYNAMIC: &str = "{name: w, tasks: [{name: f, taskReferenceName: f, type: FORK_JOIN_DYNAMIC}, {name: j, taskReferenceName: j, type: JOIN}]}";

#[test]
fn a_dynamic_fork_shows_the_tasks_that_a_run_made() {
    check(
        DYNAMIC,
        &[
            "n0([\"start\"])",
            "subgraph b1[\"f\"]",
            "n1[/\"f<br/>FORK_JOIN_DYNAMIC\"\\]",
            "n2[(\"one task for each input\")]",
            "n3[\\\"j<br/>JOIN\"/]",
            "end",
            "n4([\"end\"])",
            "n0 --> n1",
            "n1 --> n2",
            "n2 --> n3",
            "n3 --> n4",
        ],
    );
    let task = |name: &str, status: &str| json!({"referenceTaskName": name, "status": status});
    let fork = json!({"referenceTaskName": "f", "status": "COMPLETED", "inputData": {"forkedTasks": ["x_0", "x_1"]}});
    let execution = json!({"status": "FAILED", "tasks": [fork, task("x_0", "COMPLETED"), task("x_1", "FAILED")]});
    let drawn = mermaid(&graph(DYNAMIC, Some(&execution)));
    for part in ["x_0<br/>SIMPLE<br/>COMPLETED", "x_1<br/>SIMPLE<br/>FAILED", "class n3 bad", "class n4 unreached"] {
        assert!(
            drawn.contains(part) || part == "class n3 bad" && drawn.contains("class n3,"),
            "no `{part}` in {drawn}"
        );
    }
}

#[test]
fn statuses_attempts_and_rounds_stand_in_the_nodes() {
    let text = "{name: w, tasks: [{name: l, taskReferenceName: l, type: DO_WHILE, loopOver: [{name: a, taskReferenceName: a}]}, {name: z, taskReferenceName: z}]}";
    let task = |name: &str, retry: u32, iteration: u32, status: &str| json!({"referenceTaskName": name, "status": status, "retryCount": retry, "iteration": iteration});
    let head = json!({"referenceTaskName": "l", "status": "COMPLETED", "outputData": {"iteration": 2}});
    let tasks = json!([
        head,
        task("a__1", 0, 1, "FAILED"),
        task("a__1", 1, 1, "COMPLETED"),
        task("a__2", 0, 2, "COMPLETED"),
        task("z", 0, 0, "IN_PROGRESS"),
    ]);
    let drawn = mermaid(&graph(text, Some(&json!({"status": "RUNNING", "tasks": tasks}))));
    for part in ["COMPLETED, 2 attempts, 2 rounds", "n2 ==>|\"again\"| n1", "n1 ==>|\"done\"| n3", "IN_PROGRESS"] {
        assert!(drawn.contains(part), "no `{part}` in {drawn}");
    }
}

#[test]
fn only_the_case_that_was_taken_stands_out() {
    let text = "{name: w, tasks: [{name: s, taskReferenceName: s, type: SWITCH, decisionCases: {A: [], B: []}}]}";
    let switch = json!({"referenceTaskName": "s", "status": "COMPLETED", "outputData": {"evaluationResult": ["B"], "selectedCase": "B"}});
    let drawn = mermaid(&graph(text, Some(&json!({"status": "COMPLETED", "tasks": [switch]}))));
    assert!(drawn.contains("n1 ==>|\"B\"| n2") && drawn.contains("n1 -->|\"A\"| n2"), "{drawn}");
    assert!(drawn.contains("n1 -->|\"default\"| n2") && drawn.contains("linkStyle 0,2 "), "{drawn}");
}

#[test]
fn hostile_names_stay_names() {
    let name = r#"a"]; b --> c %%{init: x}%% <script> & \ `#`"#;
    let value = json!({"name": name, "tasks": [{"name": name, "taskReferenceName": name}]});
    let graph = Graph::of(&WorkflowDef::from_value(&value), None);
    let drawn = mermaid(&graph);
    for part in ["%%", "<script", "\"]; b", "`"] {
        assert!(!drawn.lines().skip(3).any(|line| line.contains(part)), "`{part}` in {drawn}");
    }
    let drawn = dot(&graph);
    assert!(drawn.contains(r#"label="a\"]; b --> c %%{init: x}%% <script> &amp; \\ `#`\nSIMPLE""#), "{drawn}");
}
