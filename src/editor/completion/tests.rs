//! What is offered at a place, and what the text is like afterwards.

use super::{Completion, completion};
use crate::editor::{Snapshot, snapshot};

/// `|` is the place.
fn at(name: &str, text: &str) -> (Snapshot, Vec<Completion>) {
    let offset = text.find('|').expect("a place");
    let snapshot = snapshot(name, &text.replacen('|', "", 1));
    let items = completion(&snapshot, offset).items;
    (snapshot, items)
}

#[track_caller]
fn check(name: &str, text: &str, expected: &[&str]) {
    let (_, items) = at(name, text);
    let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).take(expected.len().max(1)).collect();
    assert_eq!(labels, expected, "{text}");
}

/// What the snippet of an offer puts in, places to fill in with their texts.
#[track_caller]
fn put(name: &str, text: &str, label: &str, expected: &str) {
    let (snapshot, items) = at(name, text);
    let item = items.iter().find(|item| item.label == label).expect("it is offered");
    let mut edited = snapshot.file().text().to_owned();
    edited.replace_range(item.replace.start..item.replace.end, &item.insert);
    assert!(edited.contains(expected), "no\n{expected}\nin\n{edited}");
}

const HEAD: &str = "\
name: w
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
";

#[test]
fn keys_of_a_task() {
    check(
        "a.yaml",
        "tasks:\n  - taskReferenceName: a\n    type: JOIN\n    |",
        &["name", "description", "inputParameters"],
    );
    check("a.yaml", "tasks:\n  - taskReferenceName: a\n    jo|\n    type: JOIN\n", &["name", "description"]);
    let (_, items) = at("a.yaml", "tasks:\n  - taskReferenceName: a\n    type: JOIN\n    |");
    assert!(items.iter().any(|item| item.label == "joinOn") && items.iter().all(|item| item.label != "loopOver"));
    check("a.json", "{\"tasks\": [{\"taskReferenceName\": \"a\", \"|\"}]}", &["name", "type"]);
    put("a.json", "{\"tasks\": [{\"taskReferenceName\": \"a\", \"|\"}]}", "name", "\"a\", \"name\": \"$1\"}");
}

#[test]
fn values_with_what_they_mean() {
    check("a.yaml", "tasks:\n  - taskReferenceName: a\n    type: |\n", &["HTTP", "SIMPLE"]);
    check(
        "a.yaml",
        &format!("{HEAD}      body:\n        action: |\n"),
        &["create", "autoCreate", "custCreate", "ssoCreate"],
    );
    let (_, items) = at("a.yaml", &format!("{HEAD}      body:\n        action: |\n"));
    let detail = items.iter().find(|item| item.label == "custCreate").and_then(|item| item.detail.clone());
    assert!(detail.is_some_and(|detail| detail.contains("ISV")));
    check("a.yaml", &format!("{HEAD}      body:\n        user_info: {{type: |}}\n"), &["1", "2", "3", "99"]);
    check("a.yaml", &HEAD.replace("method: POST", "method: |"), &["GET", "HEAD", "POST"]);
    check("a.yaml", &format!("{HEAD}    optional: |\n"), &["true", "false"]);
    check(
        "a.yaml",
        &format!("{HEAD}  - name: j\n    taskReferenceName: j\n    type: JOIN\n    joinOn: [|]\n"),
        &["create"],
    );
    check(
        "a.yaml",
        &format!("{HEAD}  - name: j\n    taskReferenceName: j\n    type: JOIN\n    joinOn:\n      - |\n"),
        &["create"],
    );
    put("a.json", "{\"tasks\": [{\"taskReferenceName\": \"a\", \"type\": |}]}", "HTTP", "\"type\": \"HTTP\"}");
    put("a.json", "{\"tasks\": [{\"taskReferenceName\": \"a\", \"type\": \"|\"}]}", "HTTP", "\"type\": \"HTTP\"}");
    put("a.yaml", "tasks:\n  - taskReferenceName: a\n    type:|\n", "HTTP", "type: HTTP\n");
}

#[test]
fn a_condition_leaves_out_values() {
    let body = |action: &str, kind: &str| {
        format!(
            "{HEAD}      body:\n        action: {action}\n        user_info: {{email: a@example.com, type: {kind}}}\n"
        )
    };
    check("a.yaml", &body("create", "|"), &["1", "2", "3"]);
    let all: &[&str] = &["1", "2", "3", "99"];
    let labels = |text: &str| at("a.yaml", text).1.iter().map(|item| item.label.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&body("create", "|")), all[..3]);
    assert_eq!(labels(&body("ssoCreate", "|")), all);
    // What only a run gives may be anything.
    assert_eq!(labels(&body("'${workflow.input.action}'", "|")), all);
}

#[test]
fn fields_of_the_body_of_an_operation() {
    check("a.yaml", &format!("{HEAD}      body:\n        |\n"), &["action", "user_info"]);
    check("a.yaml", &format!("{HEAD}      body:\n        action: create\n        us|\n"), &["user_info"]);
    check("a.yaml", &format!("{HEAD}      body:\n        user_info:\n          |\n"), &["email", "type", "first_name"]);
    let nested = "        user_info:\n  email: ${1:\\${workflow.input.email\\}}\n  type: ${2|1,2,3,99|}";
    put("a.yaml", &format!("{HEAD}      body:\n        |\n"), "user_info", nested);
    let by_reference = "tasks:\n  - name: zoom_users_create\n    taskReferenceName: a\n    type: SIMPLE\n    inputParameters:\n      |\n";
    check("a.yaml", by_reference, &["action", "email", "type", "first_name"]);
}

#[test]
fn headers_by_name_and_value() {
    check("a.yaml", &format!("{HEAD}      headers:\n        Acc|\n"), &["Content-Type"]);
    check("a.yaml", &format!("{HEAD}      headers:\n        Accept: |\n"), &["application/json"]);
}

#[test]
fn the_catalogue_is_searched() {
    let text = "name: w\ntasks:\n  - name: x\n    taskReferenceName: a\n  - create user|\n";
    let (_, items) = at("a.yaml", text);
    let item = items.iter().find(|item| item.label == "Create a user").expect("it is found");
    assert!(
        item.insert.starts_with(
            "name: zoom_users_create\n  taskReferenceName: create\n  type: HTTP\n  inputParameters:\n    uri: "
        ),
        "{}",
        item.insert
    );
    assert!(item.insert.contains("\\${workflow.input.email\\}"), "{}", item.insert);
    let uri = HEAD
        .replace("zoom_users_create", "x")
        .replace("https://api.zoom.us/v2/users", "users get|")
        .replace("POST", "PUT");
    let (_, items) = at("a.yaml", &uri);
    let item = items.iter().find(|item| item.key.as_deref() == Some("operation zoom_users_get")).expect("it is found");
    assert!(
        item.insert.starts_with("https://api.zoom.us/v2/users/\\${workflow.input.user_id\\}\nheaders:\n"),
        "{}",
        item.insert
    );
    let also: Vec<_> = item.also.iter().map(|edit| edit.text.as_str()).collect();
    assert_eq!(also, ["zoom_users_get", "GET"]);
    let json = "{\"name\": \"w\", \"tasks\": [{\"name\": \"zoom_users_get|\", \"taskReferenceName\": \"a\"}]}";
    put("a.json", json, "Get a user", "\"name\": \"zoom_users_get\",\n\"type\": \"HTTP\",\n\"inputParameters\": {");
}

#[test]
fn an_operation_declares_what_it_reads() {
    let (snapshot, _) =
        at("a.yaml", "name: w\ninputParameters: [email]\ntasks:\n  - taskReferenceName: a\n    name: |\n");
    let edits = super::resolve_edits(&snapshot, "operation zoom_users_create");
    let after = crate::source::edit::apply(snapshot.file().text(), &edits);
    assert!(after.contains("inputParameters: [email, action, type"), "{after}");
}
