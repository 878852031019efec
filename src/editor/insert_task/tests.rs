//! Insertions, each as the text before and after it.

use super::*;
use crate::source::SourceFile;
use crate::source::edit::apply;
use serde_json::json;

fn task() -> Value {
    let input = json!({"uri": "https://a.example/${workflow.input.id}", "method": "GET"});
    json!({"name": "get_it", "taskReferenceName": "get", "type": "HTTP", "inputParameters": input})
}

fn insert(text: &str, place: &Place) -> Result<(Inserted, String), InsertError> {
    let document = Document::parse(SourceFile::new("a.yaml", text));
    let inserted = insert_task(&document, &task(), place)?;
    let after = apply(text, &inserted.edits);
    Ok((inserted, after))
}

#[track_caller]
fn check(before: &str, place: &Place, expected: &[&str]) {
    let (_, after) = insert(before, place).expect("it can be put there");
    for part in expected {
        assert!(after.contains(part), "no\n{part}\nin\n{after}");
    }
}

const TEXT: &str = "\
# Mine.
name: w
tasks:
  - name: a   # first
    taskReferenceName: get
    type: NOOP
  - name: f
    taskReferenceName: f
    type: FORK_JOIN
    forkTasks:
      - - {name: b, taskReferenceName: b, type: NOOP}
      - - {name: c, taskReferenceName: c, type: NOOP}
  - name: j
    taskReferenceName: j
    type: JOIN
    joinOn: [b, c]
  - name: s
    taskReferenceName: s
    type: SWITCH
    evaluatorType: value-param
    expression: x
    inputParameters: {x: '${workflow.input.x}'}
    decisionCases:
      one:
        - name: d
          taskReferenceName: d
          type: NOOP
  - name: t
    taskReferenceName: t
    type: TERMINATE
    inputParameters: {terminationStatus: COMPLETED}
";

#[test]
fn a_task_goes_to_the_end_with_its_inputs_and_a_name_of_its_own() {
    let (inserted, after) = insert(TEXT, &Place::End).expect("it can be put there");
    assert_eq!((inserted.reference_name.as_str(), inserted.inputs.as_slice()), ("get_2", ["id".to_owned()].as_slice()));
    let expected = "\
  - name: get_it
    taskReferenceName: get_2
    type: HTTP
    inputParameters:
      uri: 'https://a.example/${workflow.input.id}'
      method: GET
  - name: t
";
    assert!(after.contains(expected), "{after}");
    assert!(after.starts_with("# Mine.\nname: w\ninputParameters: [id]\ntasks:\n  - name: a   # first\n"), "{after}");
}

#[test]
fn behind_a_fork_is_behind_its_join() {
    check(TEXT, &Place::After("f".into()), &["    joinOn: [b, c]\n  - name: get_it\n"]);
    check(TEXT, &Place::After("get".into()), &["    type: NOOP\n  - name: get_it\n"]);
}

#[test]
fn a_join_waits_for_the_last_task_of_a_branch() {
    let item = "        - name: get_it\n          taskReferenceName: get_2\n";
    check(TEXT, &Place::After("b".into()), &[item, "joinOn: [get_2, c]"]);
    let into = |branch: Option<&str>| Place::Into { operator: "f".into(), branch: branch.map(str::to_owned) };
    check(TEXT, &into(Some("2")), &[item, "joinOn: [b, get_2]"]);
    check(
        TEXT,
        &into(None),
        &["      - - name: get_it\n          taskReferenceName: get_2\n", "joinOn: [b, c, get_2]"],
    );
}

#[test]
fn cases_and_loops_take_a_task() {
    let into = |operator: &str, branch: Option<&str>| Place::Into {
        operator: operator.into(),
        branch: branch.map(str::to_owned),
    };
    check(TEXT, &into("s", Some("one")), &["          type: NOOP\n        - name: get_it\n"]);
    check(TEXT, &into("s", Some("two")), &["          type: NOOP\n      two:\n        - name: get_it\n"]);
    check(TEXT, &into("s", Some("default")), &["          type: NOOP\n    defaultCase:\n      - name: get_it\n"]);
    let text =
        "name: w\ntasks: [{name: l, taskReferenceName: l, type: DO_WHILE, loopCondition: 'false', loopOver: []}]\n";
    check(text, &into("l", None), &["loopOver: [{name: get_it, taskReferenceName: get, "]);
}

#[test]
fn what_cannot_be_done_is_told() {
    let unknown = InsertError::UnknownReference { name: "gets".into(), near: Some("get".into()) };
    assert_eq!(insert(TEXT, &Place::After("gets".into())).err(), Some(unknown));
    let into = |operator: &str, branch: Option<&str>| Place::Into {
        operator: operator.into(),
        branch: branch.map(str::to_owned),
    };
    assert_eq!(insert(TEXT, &into("get", None)).err(), Some(InsertError::NoOperator { name: "get".into() }));
    let known = vec!["one".into(), "default".into()];
    assert_eq!(insert(TEXT, &into("s", None)).err(), Some(InsertError::NoBranch { name: "s".into(), known }));
    assert_eq!(insert("- name: a\n  retryCount: 1\n", &Place::End).err(), Some(InsertError::NoWorkflow));
    assert_eq!(insert("name: a\ntasks:\n  - [\n", &Place::End).err(), Some(InsertError::Partial));
}
