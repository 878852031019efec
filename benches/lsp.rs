//! How fast an editor is answered: the built program over its standard streams, a definition of 500 lines and one of 5,000.
//!
//! `cargo bench --bench lsp`; `cargo bench --bench lsp -- 500 60` is the lines of the file and the number of rounds. Each round types a character and asks. Rows
//! are milliseconds, the middle one and the one that 95 of 100 are below. `LEGWORK_BENCH_SERVER='yaml-language-server --stdio'` measures another server
//! on the same file; a step that it does not offer is left out.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

const URI: &str = "file:///tmp/legwork-bench.yaml";

/// The steps of a round, with what each is asked.
const STEPS: &[&str] = &[
    "completion",
    "hover",
    "codeLens",
    "inlayHint",
    "semanticTokens/full",
    "documentSymbol",
    "foldingRange",
    "diagnostic",
];

struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last: i32,
}

#[expect(clippy::print_stdout, reason = "a bench prints its table")]
fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let rounds = given.get(1).copied().unwrap_or(60);
    let sizes = given.first().map_or_else(|| vec![500, 5000], |lines| vec![*lines]);
    println!("| lines | step | p50 ms | p95 ms |\n|---|---|---|---|");
    for lines in sizes {
        for (step, mut times) in measured(lines, rounds).into_iter().filter(|(_, times)| !times.is_empty()) {
            times.sort_by(f64::total_cmp);
            let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
            println!("| {lines} | {step} | {:.2} | {:.2} |", at(50), at(95));
        }
    }
}

fn measured(lines: usize, rounds: usize) -> Vec<(String, Vec<f64>)> {
    let text = definition(lines);
    let mut spawn = Vec::new();
    let mut open = Vec::new();
    let mut steps: Vec<(String, Vec<f64>)> = STEPS.iter().map(|step| ((*step).to_owned(), Vec::new())).collect();
    for _ in 0..10 {
        let begin = Instant::now();
        let mut program = Program::start();
        spawn.push(millis(begin));
        let begin = Instant::now();
        program.open(&text);
        program.about("diagnostic", &json!({}));
        open.push(millis(begin));
        program.end();
    }
    let mut program = Program::start();
    program.open(&text);
    let position = position(&text);
    for round in 0..rounds {
        for (number, (step, times)) in steps.iter_mut().enumerate() {
            program.type_one(round * STEPS.len() + number);
            let begin = Instant::now();
            let answered = program.about(step, &json!({"position": position, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 60, "character": 0}}}));
            times.extend(answered.then(|| millis(begin)));
        }
    }
    let memory = program.memory_megabytes();
    program.end();
    let mut all = vec![("spawn to initialize".to_owned(), spawn), ("open to diagnostics".to_owned(), open)];
    all.extend(steps.into_iter().map(|(step, times)| (format!("{step} after a change"), times)));
    all.push(("memory, megabytes".to_owned(), vec![memory]));
    all
}

fn millis(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}

/// A definition with as many lines: one prepared request after the other.
fn definition(lines: usize) -> String {
    let mut text =
        "name: many\nversion: 1\nschemaVersion: 2\ninputParameters: [email, type, action]\ntasks:\n".to_owned();
    let mut number = 0;
    while text.lines().count() < lines {
        number += 1;
        let _ = write!(
            text,
            "  - name: zoom_users_create\n    taskReferenceName: create_{number}\n    type: HTTP\n    inputParameters:\n      uri: https://api.zoom.us/v2/users\n      method: POST\n      headers:\n        Authorization: Bearer ${{workflow.secrets.zoom_token}}\n      body:\n        action: ${{workflow.input.action}}\n        user_info:\n          email: ${{workflow.input.email}}\n          type: ${{workflow.input.type}}\n"
        );
    }
    text
}

/// Inside the first expression of the middle task.
fn position(text: &str) -> Value {
    let middle = text.lines().count() / 2;
    let mut lines = text.lines().enumerate().skip(middle);
    let (line, found) = lines.find(|(_, line)| line.contains("${workflow.input.email")).expect("an expression");
    json!({"line": line, "character": found.find("${workflow.").map_or(0, |at| at + 11)})
}

/// The program that was built, or another server.
fn server() -> Command {
    let named = std::env::var("LEGWORK_BENCH_SERVER").unwrap_or_default();
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(env!("CARGO_BIN_EXE_legwork")));
    if named.trim().is_empty() {
        command.arg("lsp")
    } else {
        command.args(words)
    };
    command
}

impl Program {
    fn start() -> Self {
        let mut command = server();
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let mut program = Self { child, input, output, last: 0 };
        program.request("initialize", &json!({"capabilities": {"textDocument": {"diagnostic": {}}}}));
        program.send(&json!({"method": "initialized", "params": {}}));
        program
    }

    fn send(&mut self, message: &Value) {
        let mut message = message.clone();
        message["jsonrpc"] = "2.0".into();
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("it listens");
        self.input.flush().expect("it listens");
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        self.send(&json!({"id": self.last, "method": method, "params": params}));
        loop {
            let message = self.read();
            if message["id"] == self.last && message.get("method").is_none() {
                return message;
            }
            // What a server asks, it is told nothing about.
            if let Some(id) = message.get("id") {
                self.send(&json!({"id": id, "result": null}));
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut head = String::new();
        self.output.read_line(&mut head).expect("a head");
        let length: usize = head["Content-Length: ".len()..].trim().parse().expect("a length");
        self.output.read_line(&mut head).expect("a head");
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a body");
        serde_json::from_slice(&body).expect("JSON")
    }

    fn open(&mut self, text: &str) {
        let document = json!({"uri": URI, "languageId": "yaml", "version": 1, "text": text});
        self.send(&json!({"method": "textDocument/didOpen", "params": {"textDocument": document}}));
    }

    /// Types a character at the start, and takes it away the next time.
    fn type_one(&mut self, number: usize) {
        let start = json!({"line": 0, "character": 0});
        let (end, text) =
            if number.is_multiple_of(2) { (start.clone(), "#") } else { (json!({"line": 0, "character": 1}), "") };
        let change = json!([{"range": {"start": start, "end": end}, "text": text}]);
        let document = json!({"uri": URI, "version": number + 2});
        self.send(&json!({"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": change}}));
    }

    /// Asks; gives whether there was an answer.
    fn about(&mut self, step: &str, more: &Value) -> bool {
        let mut params = more.clone();
        params["textDocument"] = json!({"uri": URI});
        self.request(&format!("textDocument/{step}"), &params).get("error").is_none()
    }

    /// Resident memory, where the system tells it in /proc.
    fn memory_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    }

    fn end(mut self) {
        self.request("shutdown", &Value::Null);
        self.send(&json!({"method": "exit"}));
        self.child.wait().expect("it ends");
    }
}
