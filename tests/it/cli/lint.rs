//! `lint`: what it says, in which form, and how it ends.

use crate::command::Scratch;
use serde_json::json;

const UNUSED: &str = "name: w\nversion: 1\nschemaVersion: 2\ninputParameters: [a]\ntasks:\n  - {name: n, taskReferenceName: n, type: NOOP}\n";

#[test]
fn warnings_end_with_0_unless_they_are_denied() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", UNUSED);
    scratch.run(&["lint", "w.yaml"]).exits(0).prints_nothing().says("E0905").says("nothing reads it");
    scratch.run(&["lint", "w.yaml", "--deny", "warnings"]).exits(2).says("E0905");
    scratch.file("good.yaml", UNUSED.replace("inputParameters: [a]\n", ""));
    scratch.run(&["lint", "good.yaml", "--deny", "notes"]).exits(0).says("nothing to improve");
    scratch.file("bad.yaml", "name: w\n");
    scratch.run(&["lint", "w.yaml", "bad.yaml"]).exits(2).says("E0207").says("E0905");
}

#[test]
fn programs_get_json_or_sarif() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", UNUSED);
    let ran = scratch.run(&["lint", "w.yaml", "--output", "json"]).exits(0);
    assert_eq!(ran.json()["diagnostics"][0]["code"], "E0905");
    let log = scratch.run(&["lint", "w.yaml", "--output", "sarif", "--deny", "warnings"]).exits(2).json();
    assert_eq!((&log["version"], &log["runs"][0]["results"][0]["ruleId"]), (&json!("2.1.0"), &json!("E0905")));
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 4);
}

#[test]
fn a_deprecated_operation_is_warned_of() {
    let scratch = Scratch::new();
    let old = "name: crm_old\nretryCount: 1\ntimeoutSeconds: 10\nresponseTimeoutSeconds: 5\nx-legwork:\n  servers: [https://crm.example.com]\n  request: {method: GET, uri: '{{server}}/old'}\n  docs: {deprecated: true}\n";
    scratch.file("task-definitions/old.yaml", old);
    scratch.file(
        "w.yaml",
        "name: w\nversion: 1\nschemaVersion: 2\ntasks: [{name: crm_old, taskReferenceName: o, type: SIMPLE}]\n",
    );
    scratch.run(&["lint", "w.yaml"]).exits(0).says("E0908").says("crm_old");
}

#[test]
fn a_secret_in_clear_is_not_repeated() {
    let scratch = Scratch::new();
    let text = "name: w\ntasks:\n  - name: p\n    taskReferenceName: p\n    type: HTTP\n    inputParameters:\n      uri: https://a.example/\n      method: GET\n      headers: {Authorization: Bearer hunter2hunter2}\n";
    scratch.file("w.yaml", text);
    for output in ["human", "json", "sarif"] {
        let ran = scratch.run(&["lint", "w.yaml", "--output", output]).exits(0);
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains("E0902"), "{ran:?}");
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hunter2"), "{ran:?}");
    }
}
