//! The program itself over its standard streams, with what real editors say in `initialize`.

use super::editor::{Editor, Wire};
use crate::cli::WORKFLOW;
use crate::command::Scratch;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

/// The program, and the editor that started it.
pub(crate) struct Program {
    /// The editor.
    pub(crate) editor: Editor,
    child: Child,
    log: JoinHandle<String>,
}

impl Program {
    /// Starts `legwork lsp` in a folder, with these capabilities and variables.
    pub(crate) fn start(scratch: &Scratch, capabilities: Value, variables: &[(&str, &str)]) -> Self {
        let mut command = scratch.command();
        command.args(["lsp", "--log", "trace"]).envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut input = child.stdin.take().expect("its input");
        let output = child.stdout.take().expect("its output");
        let mut errors = child.stderr.take().expect("its log");
        let (messages, receiver) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if messages.send(message).is_err() {
                    return;
                }
            }
        });
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).expect("a log");
            text
        });
        let wire = Wire {
            send: Box::new(move |mut message| {
                message["jsonrpc"] = "2.0".into();
                let text = message.to_string();
                write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the program listens");
                input.flush().expect("the program listens");
            }),
            receive: Box::new(move |time| receiver.recv_timeout(time).ok()),
        };
        let responses = scratch.path().join("responses").display().to_string();
        let editor = Editor::over(wire, capabilities, json!({"responses": responses}));
        Self { editor, child, log }
    }

    /// Ends it well; gives what was not taken of its messages, and its log.
    pub(crate) fn end(mut self) -> (Vec<Value>, String) {
        let heard = self.editor.end();
        let status = self.child.wait().expect("it ends");
        let log = self.log.join().expect("a log");
        assert!(status.success() && !log.contains("panicked"), "{status}: {log}");
        (heard, log)
    }
}

/// One message; anything else on standard output is a finding.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut head = String::new();
    if output.read_line(&mut head).ok()? == 0 {
        return None;
    }
    let length = head.strip_prefix("Content-Length: ").unwrap_or_else(|| panic!("{head:?} is no message"));
    let mut body = vec![0; length.trim().parse().expect("a length")];
    output.read_line(&mut String::new()).ok()?;
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}

/// What Neovim 0.7.2 says, as it was recorded.
fn neovim_0_7() -> Value {
    recorded(include_str!("clients/neovim-0.7.2.json"))
}

fn recorded(text: &str) -> Value {
    let initialize: Value = serde_json::from_str(text).expect("JSON");
    initialize["capabilities"].clone()
}

/// What Neovim 0.10 says beside that.
fn neovim_0_10() -> Value {
    let mut says = neovim_0_7();
    says["general"] = json!({"positionEncodings": ["utf-16"]});
    says["window"]["showDocument"] = json!({"support": true});
    says["textDocument"]["diagnostic"] = json!({"dynamicRegistration": false});
    says["textDocument"]["completion"]["completionItem"]["snippetSupport"] = true.into();
    says["workspace"]["codeLens"] = json!({"refreshSupport": true});
    says["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true, "relativePatternSupport": true});
    says
}

/// What Helix 25.01 says.
fn helix() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
        "textDocument": {
            "completion": {"completionItem": {"snippetSupport": true, "resolveSupport": {"properties": ["documentation", "detail"]}}},
            "hover": {"contentFormat": ["markdown"]},
            "publishDiagnostics": {"versionSupport": true},
        },
        "window": {"workDoneProgress": true},
        "workspace": {"applyEdit": true, "configuration": true, "didChangeConfiguration": {"dynamicRegistration": false}},
    })
}

/// What Visual Studio Code says with the extension, as it was recorded.
fn extension() -> Value {
    recorded(include_str!("clients/vscode.json"))
}

/// What it says with another extension that starts the server.
fn visual_studio_code() -> Value {
    let mut says = extension();
    says["experimental"] = Value::Null;
    says
}

#[track_caller]
fn check(client: Value, encoding: &str, shown_by: &str) {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let uri = format!("file://{}/w.yaml", scratch.path().display());
    let pulls = client.pointer("/textDocument/diagnostic").is_some();
    let mut program = Program::start(&scratch, client, &[]);
    let editor = &mut program.editor;
    editor.open(&uri, WORKFLOW);
    if pulls {
        editor.about("textDocument/diagnostic", &uri, json!({})).expect("a report");
    } else {
        editor.told("textDocument/publishDiagnostics", |_| true);
    }
    let answer = editor.command("legwork.testRequest", json!({"uri": uri, "sandbox": true})).expect("an answer");
    assert_eq!(answer["outcome"], "sent", "{answer:#}");
    editor.told(shown_by, |params| params.to_string().contains("create.http"));
    let end = json!({"position": {"line": 99, "character": 0}});
    assert_eq!(editor.about("textDocument/hover", &uri, end), Ok(Value::Null), "{encoding}");
    program.end();
}

#[test]
fn each_client_is_served_as_far_as_it_can() {
    check(neovim_0_7(), "utf-16", "window/showMessage");
    check(neovim_0_10(), "utf-16", "window/showDocument");
    check(helix(), "utf-8", "window/showMessage");
    check(visual_studio_code(), "utf-16", "window/showDocument");
    check(extension(), "utf-16", "legwork/runFinished");
}

#[test]
fn a_client_that_goes_away_ends_the_program() {
    let scratch = Scratch::new();
    let mut command = scratch.command();
    let mut child =
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let initialize =
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}).to_string();
    let mut input = child.stdin.take().expect("its input");
    write!(input, "Content-Length: {}\r\n\r\n{initialize}", initialize.len()).expect("the program listens");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    assert_eq!(read(&mut output).expect("an answer")["id"], 1);
    drop(input);
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}
