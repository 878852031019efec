//! The index of task definitions is made behind the editor's back.

use super::clients::Program;
use crate::cli::WORKFLOW;
use crate::command::Scratch;
use serde_json::{Value, json};
use std::fs::{self, File};

fn definition(what: &str) -> String {
    format!(
        "name: crm_{what}_create\ndescription: Add a {what}.\nretryCount: 1\nx-legwork:\n  title: Create a {what}\n  \
         servers: [https://crm.example.com]\n  request: {{method: POST, uri: '{{{{server}}}}/{what}'}}\n"
    )
}

/// The lock of the only index in the cache, held as by another process that makes it.
fn hold(scratch: &Scratch) -> File {
    let cache = fs::read_dir(scratch.path().join(".cache/legwork")).expect("the cache").flatten();
    let locks = cache.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "lock"));
    let path = locks.last().expect("a lock");
    let lock = File::options().write(true).open(path).expect("the lock");
    lock.lock().expect("nobody else holds it");
    lock
}

#[test]
fn nobody_waits_for_an_index_that_is_made() {
    let scratch = Scratch::new();
    scratch.file("task-definitions/crm/contact.yaml", definition("contact"));
    scratch.run(&["search", "contact"]).exits(0).prints("crm_contact_create");
    scratch.file("task-definitions/crm/invoice.yaml", definition("invoice"));
    let lock = hold(&scratch);
    let mut program = Program::start(&scratch, json!({"window": {"workDoneProgress": true}}), &[]);
    let editor = &mut program.editor;
    let uri = format!("file://{}/w.yaml", scratch.path().display());
    editor.open(&uri, WORKFLOW);
    editor.told("textDocument/publishDiagnostics", |_| true);
    let begun = editor.told("$/progress", |params| params["value"]["kind"] == "begin");
    let mut names = |query: &str| -> Vec<String> {
        let found = editor.command("legwork.searchApi", json!({"uri": uri, "query": query})).expect("a list");
        let found = found.as_array().cloned().unwrap_or_default();
        found.iter().filter_map(|one| one["name"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(names("contact"), ["crm_contact_create"], "the old index answers");
    assert!(!names("invoice").contains(&"crm_invoice_create".to_owned()));
    drop(lock);
    let is_end = |params: &Value| params["token"] == begun["token"] && params["value"]["kind"] == "end";
    editor.told("$/progress", is_end);
    // What was said with a part of the definitions is said again with all of them.
    editor.told("textDocument/publishDiagnostics", |_| true);
    let found = editor.command("legwork.searchApi", json!({"uri": uri, "query": "invoice"})).expect("a list");
    assert_eq!(found[0]["name"], "crm_invoice_create");
    program.end();
}

#[test]
fn what_waits_for_an_index_is_said_when_it_is_made() {
    let scratch = Scratch::new();
    scratch.file("task-definitions/crm/contact.yaml", definition("contact"));
    scratch.run(&["search", "contact"]).exits(0);
    scratch.file("task-definitions/crm/invoice.yaml", definition("invoice"));
    let lock = hold(&scratch);
    let mut program = Program::start(&scratch, json!({}), &[]);
    let editor = &mut program.editor;
    let uri = format!("file://{}/w.yaml", scratch.path().display());
    let task = |name: &str| format!("- {{name: {name}, taskReferenceName: a, type: HTTP}}\n");
    editor.open(&uri, &format!("name: w\ntasks:\n{}{}", task("crm_invoice_create"), task("nobody")));
    let codes = |published: Value| -> Vec<String> {
        let found = published["diagnostics"].as_array().cloned().unwrap_or_default();
        found.iter().filter_map(|one| one["code"].as_str()).map(str::to_owned).collect()
    };
    let first = codes(editor.told("textDocument/publishDiagnostics", |_| true));
    assert_eq!(first, ["E0208"], "two tasks have one name, whatever the definitions say");
    drop(lock);
    let then = codes(editor.told("textDocument/publishDiagnostics", |_| true));
    assert_eq!(then, ["E0213", "E0208", "E0213"]);
    program.end();
}
