//! A secret of the environment is in nothing that leaves the process: no message, no log, no file.

use super::clients::Program;
use super::editor::position;
use crate::command::Scratch;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;

const CANARY: &str = "canary-0123456789-abcdefghij";

/// The canary as it may stand in other encodings.
fn forms() -> Vec<String> {
    use base64::Engine;
    let encoded = base64::prelude::BASE64_STANDARD.encode(CANARY);
    let bytes: Vec<_> = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![CANARY.to_owned(), encoded, bytes.concat(), CANARY.replace('-', "%2D")]
}

#[test]
fn a_canary_is_nowhere() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let text = format!(
        "name: post\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: post\n    taskReferenceName: post\n    type: HTTP\n    inputParameters: {{uri: 'http://{address}/x', method: GET, headers: {{Authorization: 'Bearer ${{workflow.secrets.canary}}'}}}}\noutputParameters: {{e: '${{workflow.env.shown}}'}}\n"
    );
    let scratch = Scratch::new();
    scratch.file("w.yaml", &text);
    let mut program =
        Program::start(&scratch, json!({}), &[("CONDUCTOR_SECRET_canary", CANARY), ("CONDUCTOR_ENV_shown", CANARY)]);
    let uri = format!("file://{}/w.yaml", scratch.path().display());
    let editor = &mut program.editor;
    editor.open(&uri, &text);
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut head = [0; 4096];
        let read = stream.read(&mut head).expect("a request");
        assert!(String::from_utf8_lossy(&head[..read]).contains(CANARY), "the request itself has it");
        let body = json!({"echo": forms()}).to_string();
        let length = body.len();
        write!(stream, "HTTP/1.1 200 OK\r\nX-Echo: {CANARY}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
            .expect("an answer");
    });
    let answer = editor.command("legwork.testRequest", json!({"uri": uri})).expect("an answer");
    assert_eq!(answer["outcome"], "sent", "{answer:#}");
    server.join().expect("the server saw the secret");
    for (of, behind) in [("${workflow.secrets.canary}", 20), ("${workflow.env.shown}", 16)] {
        let at = json!({"position": position(&text, of, behind)});
        editor.about("textDocument/hover", &uri, at.clone()).expect("a hover");
        editor.about("textDocument/completion", &uri, at).expect("offers");
    }
    let everything = json!({"range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}});
    editor.about("textDocument/inlayHint", &uri, everything).expect("hints");
    editor.command("legwork.copyAsCurl", json!({"uri": uri})).expect("a command");
    editor.command("legwork.showLastResponse", json!({"uri": uri})).expect("the last one");
    let (heard, log) = program.end();
    let mut all = vec![Value::from(heard).to_string(), log];
    all.extend(files(&scratch));
    for form in forms() {
        for text in &all {
            assert!(!text.contains(&form), "{form} is in {text}");
        }
    }
}

/// What the program wrote.
fn files(scratch: &Scratch) -> Vec<String> {
    let (mut folders, mut texts) = (vec![scratch.path().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => texts.push(String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned()),
            }
        }
    }
    assert!(texts.iter().any(|text| text.contains("200 OK")), "the page is there: {texts:?}");
    texts
}
