//! One body is judged the same by the command, the library and the language server: same codes, same pointers.

use super::editor::Editor;
use crate::command::Scratch;
use legwork::catalogue::Catalogue;
use legwork::definition::Document;
use legwork::plan::{self, Options};
use legwork::source::SourceFile;
use serde_json::{Value, json};
use std::sync::Arc;

/// Bodies of `POST /users`: with these keys put into a good one, for each action.
const USERS: &[&str] = &[
    "{}",
    r#"{"email": ""}"#,
    r#"{"email": "jane"}"#,
    r#"{"email": "jane@@example.com"}"#,
    r#"{"email": "jürgen@example.com"}"#,
    r#"{"email": null}"#,
    r#"{"type": 99}"#,
    r#"{"type": 4}"#,
    r#"{"type": "1"}"#,
    r#"{"type": 1.5}"#,
    r#"{"first_name": "李明华王小明"}"#,
    r#"{"first_name": 7}"#,
    r#"{"password": "abcdefg1A"}"#,
    r#"{"password": "short"}"#,
    r#"{"frist_name": "Jane"}"#,
    r#"{"display_name": "Jane Doe", "type": 3}"#,
];

/// Bodies as a whole.
const WHOLE: &[&str] = &[
    "{}",
    "[]",
    "null",
    "create",
    r#"{"action": "create"}"#,
    r#"{"action": "create", "user_info": null}"#,
    r#"{"action": "create", "user_info": []}"#,
    r#"{"action": "create", "user_info": {}}"#,
    r#"{"action": "Create", "user_info": {"email": "jane@example.com", "type": 1}}"#,
    r#"{"action": 1, "user_info": {"email": "jane@example.com", "type": 1}}"#,
    r#"{"action": "${workflow.input.action}", "user_info": {"email": "${workflow.input.email}", "type": "${workflow.input.type}"}}"#,
    r#"{"action": "${workflow.input.action", "user_info": {"email": "jane@example.com", "type": 1}}"#,
];

fn bodies() -> Vec<String> {
    let mut bodies: Vec<String> = WHOLE.iter().map(|body| (*body).to_owned()).collect();
    for action in ["create", "autoCreate", "custCreate", "ssoCreate"] {
        for more in USERS {
            let mut body = json!({"action": action, "user_info": {"email": "jane@example.com", "type": 1}});
            let more: Value = serde_json::from_str(more).expect("JSON");
            for (key, value) in more.as_object().expect("an object") {
                body["user_info"][key] = value.clone();
            }
            bodies.push(body.to_string());
        }
    }
    bodies
}

fn workflow(body: &str) -> String {
    format!(
        "name: w\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: zoom_users_create\n    taskReferenceName: create\n    type: HTTP\n    inputParameters:\n      uri: https://api.zoom.us/v2/users\n      method: POST\n      body: {body}\n"
    )
}

/// Code and pointer of each, in order.
type Told = Vec<(String, Value)>;

fn by_library(text: &str) -> Told {
    let document = Arc::new(Document::parse(SourceFile::new("w.yaml", text)));
    let options = Options { scripts: Some(legwork::task::script::problem), ..Options::default() };
    let found = plan::build(&document, &Catalogue::builtin(), options).diagnostics;
    let mut told: Told = found
        .iter()
        .map(|one| (one.code.id().to_owned(), json!(one.pointer.as_ref().map(ToString::to_string))))
        .collect();
    told.sort_by_key(|one| format!("{one:?}"));
    told
}

fn told(list: &Value, pointer: &str) -> Told {
    let read = |one: &Value| {
        let code = one["code"].as_str().expect("a code").to_owned();
        (code, one.pointer(pointer).cloned().unwrap_or_default())
    };
    let mut told: Told = list.as_array().expect("a list").iter().map(read).collect();
    told.sort_by_key(|one| format!("{one:?}"));
    told
}

#[test]
fn every_way_in_says_the_same_of_a_body() {
    let bodies = bodies();
    assert!(bodies.len() >= 60, "{} bodies", bodies.len());
    let scratch = Scratch::new();
    let mut editor = Editor::start(json!({"textDocument": {"diagnostic": {}}}), Value::Null);
    let mut wrong = 0;
    let mut arguments = vec!["check".to_owned()];
    let mut expected: Told = Vec::new();
    for (number, body) in bodies.iter().enumerate() {
        let text = workflow(body);
        let library = by_library(&text);
        let uri = format!("file://{}/{number}.yaml", scratch.path().display());
        editor.open(&uri, &text);
        let report = editor.about("textDocument/diagnostic", &uri, json!({})).expect("a report");
        assert_eq!(told(&report["items"], "/data/pointer"), library, "{body}");
        scratch.file(&format!("{number}.yaml"), &text);
        arguments.push(format!("{number}.yaml"));
        wrong += usize::from(!library.is_empty());
        expected.extend(library);
    }
    assert!(wrong >= 40, "only {wrong} bodies are wrong");
    editor.end();
    arguments.extend(["--output".to_owned(), "json".to_owned()]);
    let ran = scratch.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).exits(2);
    let printed: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    expected.sort_by_key(|one| format!("{one:?}"));
    assert_eq!(told(&printed["diagnostics"], "/pointer"), expected);
}
