//! Test requests from the editor: the ladder of safety, and the ladder of results.

use super::editor::Editor;
use crate::cli::WORKFLOW;
use crate::command::Scratch;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

const URI: &str = "file:///w/add_user.yaml";

/// The files that were kept of exchanges.
fn kept(editor: &Editor) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![editor.responses.path().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files
}

fn sandboxed(editor: &mut Editor) -> Value {
    let lenses = editor.about("textDocument/codeLens", URI, json!({})).expect("lenses");
    let mut argument = lenses[0]["command"]["arguments"][0].clone();
    argument["sandbox"] = true.into();
    let name = lenses[0]["command"]["command"].as_str().expect("a command").to_owned();
    editor.command(&name, argument).expect("an answer")
}

#[test]
fn a_lens_sends_to_the_sandbox_and_a_document_shows_the_answer() {
    let mut editor =
        Editor::start(json!({"window": {"showDocument": {"support": true}, "workDoneProgress": true}}), Value::Null);
    editor.open(URI, WORKFLOW);
    let answer = sandboxed(&mut editor);
    assert_eq!((&answer["outcome"], &answer["status"]), (&json!("sent"), &json!("COMPLETED")), "{answer:#}");
    let shown = editor.told("window/showDocument", |_| true);
    assert_eq!((&shown["uri"], &shown["takeFocus"]), (&answer["document"], &json!(false)));
    let files = kept(&editor);
    let page = std::fs::read_to_string(&files[0]).expect("the page");
    assert!(page.contains("POST https://api.zoom.us/v2/users") && page.contains("201 Created"), "{page}");
    assert!(page.contains("Authorization: Bearer ***"), "{page}");
    only_mine(&files[0]);
    // The same file each time, and the same line above the task.
    sandboxed(&mut editor);
    assert_eq!(kept(&editor), files);
    let lenses = editor.about("textDocument/codeLens", URI, json!({})).expect("lenses");
    assert!(lenses.to_string().contains("201 Created · "), "{lenses}");
    let marked = editor.told("textDocument/publishDiagnostics", |params| params.to_string().contains("201 Created"));
    assert!(marked.to_string().contains("\"severity\":3"), "{marked}");
    let begun = editor.told("$/progress", |params| params["value"]["kind"] == "begin");
    assert_eq!(begun["value"]["cancellable"], true);
    editor.told("$/progress", |params| params["value"]["kind"] == "end");
    // What was told on the line is about the text as it was.
    editor.change(URI, 2, &format!("{WORKFLOW}\n"));
    let edited = editor.told("textDocument/publishDiagnostics", |params| params["version"] == 2);
    assert!(!edited.to_string().contains("201 Created"), "{edited}");
    editor.end();
}

#[cfg(unix)]
fn only_mine(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(path).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn only_mine(_: &Path) {}

#[test]
fn a_client_with_a_pane_gets_events_and_one_without_anything_a_line() {
    let mut editor = Editor::start(json!({"experimental": {"legwork": {"runEvents": 1}}}), Value::Null);
    editor.open(URI, WORKFLOW);
    let answer = sandboxed(&mut editor);
    let [started, finished] = ["legwork/runStarted", "legwork/runFinished"].map(|method| editor.told(method, |_| true));
    assert_eq!((&started["runId"], &finished["answer"]), (&answer["runId"], &answer));
    assert!(finished["page"].as_str().expect("a page").contains("201 Created"));
    let heard = editor.end();
    assert!(heard.iter().all(|message| message["method"] != "window/showDocument"), "{heard:?}");

    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    sandboxed(&mut editor);
    let line = editor.told("window/showMessage", |_| true);
    let text = line["message"].as_str().expect("a line");
    assert!(text.starts_with("201 Created · ") && text.ends_with("create.http"), "{text}");
    let last = editor.command("legwork.showLastResponse", json!({"uri": URI})).expect("the last answer");
    assert_eq!(last["status"], "COMPLETED");
    editor.end();
}

#[test]
fn the_answer_is_the_one_of_the_command_line() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    let mut answer = sandboxed(&mut editor);
    let dry = editor.command("legwork.dryRun", json!({"uri": URI})).expect("an answer");
    editor.end();
    let scratch = Scratch::new();
    scratch.file("add_user.yaml", WORKFLOW);
    let printed = |arguments: &[&str]| -> Value {
        let ran = scratch.run(&[&["test", "add_user.yaml", "--output", "json"], arguments].concat());
        serde_json::from_str(&ran.exits(0).stdout).expect("JSON")
    };
    let expected = printed(&["--sandbox"]);
    for key in
        ["outcome", "task", "entry", "status", "reason", "notes", "values", "fromExample", "policies", "askedFirst"]
    {
        assert_eq!(answer[key], expected[key], "{key}");
    }
    assert_eq!(answer["output"]["response"]["body"], expected["output"]["response"]["body"]);
    assert_eq!(answer["exchange"]["request"], expected["exchange"]["request"]);
    let [own, theirs] = [&mut answer, &mut printed(&["--sandbox"])].map(|value| {
        let mut keys: Vec<String> = value.as_object().expect("an object").keys().cloned().collect();
        keys.retain(|key| !["runId", "durationMs", "document"].contains(&key.as_str()));
        keys
    });
    assert_eq!(own, theirs);
    let expected = printed(&["--dry-run"]);
    for key in ["outcome", "status", "values", "exchange"] {
        assert_eq!(dry[key], expected[key], "{key}");
    }
}

#[test]
fn a_wrong_body_is_blocked_and_an_untrusted_folder_sends_nothing() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, &WORKFLOW.replace("${workflow.input.type}", "99").replace("${workflow.input.action}", "create"));
    let answer = sandboxed(&mut editor);
    assert_eq!(answer["outcome"], "blocked");
    assert!(answer["diagnostics"].to_string().contains("E0408"), "{answer:#}");
    assert_eq!(editor.told("window/showMessage", |_| true)["type"], 1);
    let unknown = editor.command("legwork.testRequest", json!({"uri": URI, "task": "no"})).expect_err("no such task");
    assert_eq!(unknown["code"], -32803);
    editor.end();
    let mut editor = Editor::start(json!({}), json!({"trusted": false}));
    editor.open(URI, WORKFLOW);
    assert_eq!(sandboxed(&mut editor)["outcome"], "dry");
    editor.end();
}

/// A workflow that posts to a server, with a secret of the env file.
fn posting(scratch: &Scratch, uri: &str) -> (String, String) {
    let text = format!(
        "name: post\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: post\n    taskReferenceName: post\n    type: HTTP\n    inputParameters: {{uri: '{uri}', method: POST, headers: {{Authorization: 'Bearer ${{workflow.secrets.token_of_a_test}}'}}, body: {{a: 1}}}}\n"
    );
    scratch.file("legwork.toml", "[env.dev]\nenv-file = \"dev.env\"\n");
    scratch.file("dev.env", "CONDUCTOR_SECRET_token_of_a_test=some-token-of-a-test\n");
    scratch.file("post.yaml", &text);
    (format!("file://{}/post.yaml", scratch.path().display()), text)
}

#[test]
fn what_changes_something_elsewhere_is_asked_about() {
    let scratch = Scratch::new();
    // Nobody listens there, and nothing is sent.
    let (uri, text) = posting(&scratch, "https://api.example.invalid/things");
    let run = |capabilities: Value, choice: Option<&'static str>| {
        let mut editor = Editor::start(capabilities, json!({"env": "dev"}));
        editor.choice = choice;
        editor.open(&uri, &text);
        let answer = editor.command("legwork.testRequest", json!({"uri": uri})).expect("an answer");
        (answer["outcome"].clone(), editor.end())
    };
    let asks = || json!({"window": {"showMessage": {"messageActionItem": {}}}});
    let (outcome, heard) = run(asks(), Some("Cancel"));
    let question = heard.iter().find(|message| message["method"] == "window/showMessageRequest").expect("a question");
    assert_eq!(question["params"]["message"], "Send POST to api.example.invalid (environment dev)?");
    assert_eq!(outcome, "cancelled");
    assert_eq!(run(asks(), Some("Dry run")).0, "dry");
    assert_eq!(run(asks(), Some("Send")).0, "failed");
    let (outcome, heard) = run(json!({}), Some("Send"));
    assert_eq!(outcome, "dry");
    let told = heard.iter().any(|message| message["params"]["message"].to_string().contains("confirm: true"));
    assert!(told, "{heard:?}");
}

/// Takes one connection, and reads the request's head.
fn accepted(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut read = Vec::new();
    while !read.ends_with(b"{\"a\":1}") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("a request"), 1, "{}", read.escape_ascii());
        read.push(byte[0]);
    }
    stream
}

#[test]
fn a_run_on_this_machine_starts_at_once_and_is_cancelled() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let scratch = Scratch::new();
    let (uri, text) = posting(&scratch, &format!("http://{}/things", listener.local_addr().expect("an address")));
    let mut editor = Editor::start(json!({}), json!({"env": "dev"}));
    editor.open(&uri, &text);
    let run = json!({"command": "legwork.testRequest", "arguments": [{"uri": uri}]});
    let id = editor.ask("workspace/executeCommand", run.clone());
    let mut stream = accepted(&listener);
    let again = editor.request("workspace/executeCommand", run.clone()).expect_err("it is running");
    assert!(again["message"].as_str().expect("words").contains("already running"), "{again}");
    let cancelled = editor.command("legwork.cancel", json!({"uri": uri, "task": "post"})).expect("a number");
    assert_eq!(cancelled, json!({"cancelled": 1}));
    assert_eq!(editor.answer(id).expect("an answer")["outcome"], "cancelled");
    // The connection is given up, not left behind.
    let mut rest = Vec::new();
    assert!(stream.read_to_end(&mut rest).is_ok() || rest.is_empty());
    // And it can be sent again.
    let id = editor.ask("workspace/executeCommand", run);
    let mut stream = accepted(&listener);
    let body = "{\"seen\": \"some-token-of-a-test\"}";
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .expect("an answer");
    let answer = editor.answer(id).expect("an answer");
    assert_eq!(answer["outcome"], "sent", "{answer:#}");
    assert_eq!(answer["output"]["response"]["body"], json!({"seen": "***"}));
    let command = editor.command("legwork.copyAsCurl", json!({"uri": uri})).expect("a command");
    assert!(command["text"].as_str().expect("words").contains("$CONDUCTOR_SECRET_token_of_a_test"), "{command}");
    for file in kept(&editor) {
        let page = std::fs::read_to_string(file).expect("a page");
        assert!(!page.contains("some-token-of-a-test"), "{page}");
    }
    let heard = editor.end();
    assert!(!format!("{heard:?}").contains("some-token-of-a-test"), "{heard:?}");
}

#[test]
fn two_runs_are_compared_and_the_last_becomes_a_test() {
    let scratch = Scratch::new();
    scratch.file("add_user.yaml", WORKFLOW);
    let uri = format!("file://{}/add_user.yaml", scratch.path().display());
    let creates = json!({"workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create"]}}});
    let mut editor = Editor::start(creates, Value::Null);
    editor.open(&uri, WORKFLOW);
    let run = json!({"uri": uri, "sandbox": true});
    editor.command("legwork.testRequest", run.clone()).expect("an answer");
    let once = editor.command("legwork.compareRuns", json!({"uri": uri})).expect_err("there is one run alone");
    assert!(once["message"].to_string().contains("only once"), "{once}");
    editor.change(&uri, 2, &WORKFLOW.replace("${workflow.input.email}", "bea@example.com"));
    editor.command("legwork.testRequest", run).expect("an answer");
    let compared = editor.command("legwork.compareRuns", json!({"uri": uri})).expect("differences");
    let change =
        compared["changes"].as_array().into_iter().flatten().find(|change| change["after"] == "bea@example.com");
    assert_eq!(change.expect("the address")["path"], "/request/body/user_info/email", "{compared:#}");
    assert_ne!(compared["before"], compared["after"]);
    let made = editor.command("legwork.expectFromLastResponse", json!({"uri": uri})).expect("a test");
    assert_eq!(made["name"], "create gives 201 Created");
    let edit = editor.told("workspace/applyEdit", |_| true);
    assert_eq!(edit["edit"]["documentChanges"][0]["kind"], "create", "{edit:#}");
    let text = edit["edit"]["documentChanges"][1]["edits"][0]["newText"].as_str().expect("a text").to_owned();
    editor.end();
    scratch.file("add_user.tests.yaml", &text);
    scratch.file("add_user.yaml", WORKFLOW.replace("${workflow.input.email}", "bea@example.com"));
    scratch.run(&["test-workflow", "add_user.yaml", "--tests", "add_user.tests.yaml"]).exits(0);
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(&uri, WORKFLOW);
    let none = editor.command("legwork.expectFromLastResponse", json!({"uri": uri})).expect_err("nothing was sent");
    assert!(none["message"].to_string().contains("nothing was sent yet"), "{none}");
    editor.end();
}
