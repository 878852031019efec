//! Each fix as the text before and after it.

use super::*;
use crate::editor::snapshot;
use crate::source::edit::apply;

/// The titles of the fixes at `|`, and the text after the one with that title.
#[track_caller]
fn check(name: &str, text: &str, title: &str, expected: &str) {
    let offset = text.find('|').expect("a place");
    let text = text.replacen('|', "", 1);
    let snapshot = snapshot(name, &text);
    let fixes = fixes(&snapshot, Span::new(offset, offset));
    let titles: Vec<_> = fixes.iter().map(|fix| fix.title.as_str()).collect();
    let fix = fixes.iter().find(|fix| fix.title == title);
    let fix = fix.unwrap_or_else(|| panic!("no {title} in {titles:?}\n{:?}", snapshot.diagnostics()));
    let after = apply(&text, &fix.edits);
    assert!(after.contains(expected), "no\n{expected}\nin\n{after}");
}

const HEAD: &str = "\
name: w
version: 1
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
";

#[test]
fn what_is_required_is_added() {
    let text = format!("{HEAD}      body:\n        action: create\n        user_in|fo:\n          type: 1\n");
    check(
        "a.yaml",
        &text,
        "Add what is required: `email`",
        "          type: 1\n          email: ${workflow.input.email}\n",
    );
    let text = format!("{HEAD}      bo|dy:\n        action: create\n");
    let expected = "        action: create\n        user_info:\n          email: ${workflow.input.email}\n          type: ${workflow.input.type}\n";
    check("a.yaml", &text, "Add what is required: `user_info`", expected);
    check(
        "a.legwork.yaml",
        "name: w\ntasks:\n  - name: x\n    type: NO|OP\n",
        "Add `taskReferenceName`",
        "name: x\n    taskReferenceName: x\n",
    );
}

#[test]
fn the_nearest_is_written() {
    let body = |body: &str| format!("{HEAD}      body:\n        action: create\n        user_info: {body}\n");
    check("a.yaml", &body("{email: a@example.com, type: '|2'}"), "Write 2", "type: 2}");
    check(
        "a.yaml",
        &body("{email: a@example.com, type: 1, fist_nam|e: x}"),
        "Write `first_name` for `fist_name`",
        "first_name: x",
    );
    check("a.yaml", &body("{email: a@example.com, type: 1, firstly: |x}"), "Remove `firstly`", "type: 1}");
    let text = format!("{HEAD}      body:\n        action: cust|Creat\n");
    check("a.yaml", &text, "Write \"custCreate\"", "action: custCreate\n");
    check(
        "a.yaml",
        &HEAD.replace("inputParameters", "input|Paramters"),
        "Write `inputParameters` for `inputParamters`",
        "    inputParameters:\n",
    );
    let text = format!("{HEAD}outputParameters:\n  id: ${{crea|t.output.x}}\n");
    check("a.yaml", &text, "Write `create` for `creat`", "id: ${create.output.x}");
}

#[test]
fn a_password_goes_unless_the_user_is_made_with_one() {
    let text = format!(
        "{HEAD}      body:\n        action: create\n        user_info:\n          email: a@example.com\n          type: 1\n          password: Abc|12345x\n"
    );
    check("a.yaml", &text, "Remove `password`", "          type: 1\n");
}

#[test]
fn a_secret_becomes_a_reference() {
    let text = format!("{HEAD}      headers:\n        Authorization: Bear|er abcdefgh12345678\n");
    let expected = "Authorization: Bearer ${workflow.secrets.create_authorization}\n";
    check("a.yaml", &text, "Read it from the secret `create_authorization`", expected);
    let json = "{\"tasks\": [{\"taskReferenceName\": \"a\", \"inputParameters\": {\"apiKey\": \"|0123456789\"}}]}";
    check("a.json", json, "Read it from the secret `a_apikey`", "\"apiKey\": \"${workflow.secrets.a_apikey}\"");
}

#[test]
fn a_request_is_written_out_or_called_by_reference() {
    let by_reference = "\
name: w
tasks:
  - name: zoom_users_get
    taskReferenceName: get
    type: SIM|PLE
    inputParameters:
      user_id: a@example.com
";
    let expected = "    type: HTTP\n    inputParameters:\n      uri: https://api.zoom.us/v2/users/a@example.com\n      method: GET\n";
    check("a.yaml", by_reference, "Write the whole request out", expected);
    let text = format!(
        "{}      body:\n        action: create\n        user_info:\n          email: ${{workflow.input.mail}}\n          type: 1\n",
        HEAD.replace("HTTP", "HT|TP")
    );
    let expected = "    type: SIMPLE\n    inputParameters:\n      action: create\n      email: ${workflow.input.mail}\n      type: 1\n";
    check("a.yaml", &text, "Call it by reference", expected);
}
