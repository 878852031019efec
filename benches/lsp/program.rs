//! A server as an editor has it: a program behind two pipes.

use crate::millis;
use crate::texts::{self, File};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// A language server.
pub(crate) struct Server {
    words: Vec<String>,
    /// Whether it is the one that was built.
    pub(crate) is_ours: bool,
}

impl Server {
    /// The program that was built.
    pub(crate) fn legwork() -> Self {
        Self { words: vec![env!("CARGO_BIN_EXE_legwork").to_owned(), "lsp".to_owned()], is_ours: true }
    }

    /// The other server for that kind of file, when there is one.
    pub(crate) fn other(kind: &str) -> Option<Self> {
        let named = std::env::var(format!("LEGWORK_BENCH_{}", kind.to_uppercase())).unwrap_or_default();
        let usual = match kind {
            "yaml" => "yaml-language-server --stdio",
            _ => "vscode-json-language-server --stdio",
        };
        let line = if named.trim().is_empty() { usual } else { &named };
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let is_there = std::env::split_paths(&path).any(|folder| folder.join(&words[0]).is_file());
        is_there.then_some(Self { words, is_ours: false })
    }

    /// How the other server is had.
    pub(crate) fn wanted(kind: &str) -> &'static str {
        match kind {
            "yaml" => "`npm install -g yaml-language-server`, or name one by LEGWORK_BENCH_YAML",
            _ => "`npm install -g vscode-langservers-extracted`, or name one by LEGWORK_BENCH_JSON",
        }
    }
}

/// A server that runs, with a file.
pub(crate) struct Program<'f> {
    file: &'f File,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: i32,
    is_asked_for_diagnostics: bool,
    /// Where responses are kept.
    _responses: tempfile::TempDir,
}

impl<'f> Program<'f> {
    pub(crate) fn start(server: &Server, file: &'f File) -> Self {
        let mut command = Command::new(&server.words[0]);
        command.args(&server.words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let responses = tempfile::tempdir().expect("a scratch folder");
        let options =
            json!({"responses": responses.path(), "handledSchemaProtocols": ["file"], "provideFormatter": false});
        let mut program =
            Self { file, child, input, output, last: 0, is_asked_for_diagnostics: false, _responses: responses };
        let capabilities = json!({
            "textDocument": {"diagnostic": {}, "publishDiagnostics": {}, "completion": {"completionItem": {"snippetSupport": true}}},
            "workspace": {"configuration": true, "didChangeConfiguration": {}},
            "experimental": {"legwork": {"runEvents": 1}},
        });
        let params =
            json!({"processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options});
        let answer = program.request("initialize", &params);
        program.is_asked_for_diagnostics = !answer["result"]["capabilities"]["diagnosticProvider"].is_null();
        program.notify("initialized", json!({}));
        if !server.is_ours {
            program.notify("workspace/didChangeConfiguration", json!({"settings": settings(file)}));
        }
        program
    }

    fn send(&mut self, message: &Value) {
        let mut message = message.clone();
        message["jsonrpc"] = "2.0".into();
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
        self.input.flush().expect("it listens");
    }

    fn notify(&mut self, method: &str, params: Value) {
        let mut message = json!({"method": method});
        message["params"] = params;
        self.send(&message);
    }

    fn ask(&mut self, method: &str, params: &Value) -> i32 {
        self.last += 1;
        self.send(&json!({"id": self.last, "method": method, "params": params}));
        self.last
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.ask(method, params);
        self.until(|message| message["id"] == id && message.get("method").is_none())
    }

    /// Reads on until a message comes that fits.
    fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.read();
            if fits(&message) {
                return message;
            }
            let Some(id) = message.get("id").filter(|_| message.get("method").is_some()) else { continue };
            // What a server asks, it is told nothing about but its settings.
            let items = message["params"]["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            let settings = settings(self.file);
            let told = items.iter().map(|item| settings[item["section"].as_str().unwrap_or_default()].clone());
            let result = if message["method"] == "workspace/configuration" { told.collect() } else { Value::Null };
            self.send(&json!({"id": id, "result": result}));
        }
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut head = String::new();
            self.output.read_line(&mut head).expect("a head");
            match head.trim().split_once(": ") {
                Some(("Content-Length", text)) => length = text.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a body");
        serde_json::from_slice(&body).expect("JSON")
    }

    pub(crate) fn open(&mut self) {
        let document =
            json!({"uri": self.file.uri(), "languageId": self.file.kind, "version": 1, "text": self.file.text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Waits for what is wrong with the file.
    pub(crate) fn diagnostics(&mut self) {
        if self.is_asked_for_diagnostics {
            self.about("diagnostic", &json!({}));
        } else {
            let uri = self.file.uri();
            self.until(|message| {
                message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri.as_str()
            });
        }
    }

    /// Types a space at the end of the first line, and takes it away the next time.
    pub(crate) fn type_one(&mut self, number: usize) {
        let end = self.file.text.lines().next().map_or(0, str::len);
        let place = |at: usize| json!({"line": 0, "character": at});
        let (start, end, text) = if number.is_multiple_of(2) { (end, end, " ") } else { (end, end + 1, "") };
        let change = json!([{"range": {"start": place(start), "end": place(end)}, "text": text}]);
        let document = json!({"uri": self.file.uri(), "version": number + 2});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": change}));
    }

    /// Asks; gives whether there was an answer.
    pub(crate) fn about(&mut self, step: &str, more: &Value) -> bool {
        let mut params = more.clone();
        params["textDocument"] = json!({"uri": self.file.uri()});
        self.request(&format!("textDocument/{step}"), &params).get("error").is_none()
    }

    /// Tests the task that goes to this machine: until it is said to be running, and the whole of it.
    pub(crate) fn test_requests(&mut self, rounds: usize) -> (Vec<f64>, Vec<f64>) {
        let command =
            json!({"command": "legwork.testRequest", "arguments": [{"uri": self.file.uri(), "task": "local"}]});
        let (mut clicks, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let begin = Instant::now();
            let id = self.ask("workspace/executeCommand", &command);
            self.until(|message| message["method"] == "legwork/runStarted");
            clicks.push(millis(begin));
            let answer = self.until(|message| message["id"] == id && message.get("method").is_none());
            assert_eq!(answer["result"]["outcome"], "sent", "{answer:#}");
            whole.push(millis(begin));
        }
        (clicks, whole)
    }

    /// Resident memory, where the system tells it in /proc.
    pub(crate) fn memory_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    }

    pub(crate) fn end(mut self) {
        self.request("shutdown", &Value::Null);
        self.notify("exit", Value::Null);
        self.child.wait().expect("it ends");
    }
}

/// The published schema, as the other servers are told of it.
fn settings(file: &File) -> Value {
    let schema = format!("file://{}", file.path.with_file_name(texts::SCHEMA).display());
    json!({
        "yaml": {"schemas": {&schema: "*.yaml"}, "schemaStore": {"enable": false}, "validate": true, "hover": true, "completion": true},
        "json": {"schemas": [{"fileMatch": ["many-*.json"], "url": schema, "schema": texts::schema()}], "validate": {"enable": true}},
    })
}
