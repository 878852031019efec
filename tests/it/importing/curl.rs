//! Commands of all kinds: curl sends a command as it is written, and the command that `legwork curl` makes of its task definition; a
//! server that keeps every byte compares the two.

use crate::recording::server::{Request, Server};
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::draft::Draft;
use legwork::host;
use legwork::http::{Client, ClientOptions};
use legwork::import::{self, Options};
use legwork::plan;
use legwork::report::curl::{self, Placeholders};
use legwork::run::{Runner, TestRequest, test_request};
use legwork::secret::{Redactor, SecretStore};
use legwork::source::{self, SourceFile};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// One command a line; `@@` is a line end, `HOST` the server.
const COMMANDS: &str = include_str!("commands.txt");

/// What the secrets of the commands are, by the names that they get; and the variables.
const SECRETS: &[(&str, &[&str])] = &[
    ("t_username", &["jill"]),
    ("t_password", &["pass-word-1", "p:a ss", "password"]),
    ("t_token", &["abc.def-ghi", "abc.def", "token-of-the-shell"]),
    ("t_authorization", &["Token abc"]),
    ("t_x_api_key", &["k-1234"]),
    ("t_api_key", &["k-1234"]),
    ("t_cookie", &["sid=1; other=2", "sid=1"]),
];
const VARIABLES: &[(&str, &str)] = &[("TOKEN", "token-of-the-shell"), ("ID", "17"), ("PAGE", "2")];

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
async fn a_hundred_and_twenty_commands_come_back_as_they_were() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no curl on this machine");
        return;
    }
    let server = Server::ok();
    let commands: Vec<String> =
        COMMANDS.lines().map(|line| line.replace("@@", "\n").replace("HOST", &server.url)).collect();
    assert!(commands.len() >= 120, "{}", commands.len());
    let mut findings = Vec::new();
    for command in &commands {
        if let Err(what) = round_trip(command, &server).await {
            findings.push(format!("{command}\n    {what}"));
        }
    }
    assert!(findings.is_empty(), "{} of {}:\n{}", findings.len(), commands.len(), findings.join("\n"));
}

async fn round_trip(command: &str, server: &Server) -> Result<(), String> {
    let draft = imported(command)?;
    let count = draft.operations.len();
    sh(command, &[])?;
    let written: Vec<Request> = (0..count).map(|_| server.next()).collect();
    let names: Vec<String> = draft.operations.iter().map(|operation| draft.task_name(operation)).collect();
    let mut catalogue = Catalogue::empty();
    let mut inputs = Vec::new();
    for file in draft.files() {
        let source = SourceFile::new(format!("d/{}", file.path), file.text.as_str());
        if file.name.is_some() {
            let parsed = source::parse(&source).value;
            inputs.push((parsed["name"].clone(), parsed["x-legwork"]["examples"][0]["input"].clone()));
        }
        let problems = catalogue.add(source);
        if problems.iter().any(legwork::diagnostic::Diagnostic::is_error) {
            return Err(format!("{problems:?}\n{}", file.text));
        }
    }
    for (name, expected) in names.iter().zip(written) {
        let input = inputs.iter().find(|(own, _)| own == name).map(|(_, input)| input.clone()).unwrap_or_default();
        let again = printed(name, input, &catalogue).await?;
        sh(&again, &used(command))?;
        let (expected, mut found) = (comparable(expected), comparable(server.next()));
        // What is uploaded has no type of its own; here a body always has one.
        if !expected.1.iter().any(|(name, _)| name == "content-type") {
            found.1.retain(|(name, _)| name != "content-type");
        }
        if expected != found {
            return Err(format!("{again}\n    curl: {expected:?}\n    ours: {found:?}"));
        }
        // The command that came out is one of those that can be read.
        let twice = imported(&again)?;
        if twice.operations.len() != 1 {
            return Err(format!("{again}\n    cannot be read again"));
        }
    }
    Ok(())
}

fn imported(command: &str) -> Result<Draft, String> {
    let source = import::read(SourceFile::new("c.curl", command)).map_err(|told| format!("{told:?}"))?;
    let mut files = |path: &str| host::load_source(Path::new(path)).map_err(|error| error.to_string());
    let options = Options { name: Some("t".to_owned()), server: None };
    let draft = import::import(source, &options, &mut files).map_err(|told| format!("{told:?}"))?;
    if draft.operations.is_empty() || draft.operations.len() != draft.found {
        return Err(format!("{:?}", draft.diagnostics));
    }
    Ok(draft)
}

/// The command that `legwork curl` prints for a task by reference.
async fn printed(name: &str, mut input: Value, catalogue: &Catalogue) -> Result<String, String> {
    if input.is_null() {
        input = json!({});
    }
    for (name, value) in VARIABLES {
        input[name.to_ascii_lowercase()] = json!(value);
    }
    let Value::Object(input) = input else { return Err("the example is no object".to_owned()) };
    let given: Map<String, Value> =
        input.keys().map(|name| (name.clone(), json!(format!("${{workflow.input.{name}}}")))).collect();
    let workflow = json!({"name": "w", "version": 1, "schemaVersion": 2,
        "tasks": [{"name": name, "taskReferenceName": "t", "type": "SIMPLE", "inputParameters": given}]});
    let document = Arc::new(Document::parse(SourceFile::new("w.json", workflow.to_string())));
    let planned = plan::build(&document, catalogue, plan::Options::default());
    let plan = planned.plan.ok_or_else(|| format!("{:?}", planned.diagnostics))?;
    let placeholders = Arc::new(Placeholders::new(SECRETS.iter().map(|(name, _)| (*name).to_owned())));
    let transport = Arc::new(Client::new(ClientOptions::default()));
    let runner = Runner::new(transport, Arc::clone(&placeholders) as Arc<dyn SecretStore>, Redactor::revealing());
    let test = TestRequest { start: Start::with_input(input), ..TestRequest::default() };
    let inspection = test_request(&runner, &plan, &test).await.map_err(|error| error.to_string())?;
    let command = curl::command(&runner, &plan, &inspection, &placeholders);
    command.map(|command| command.text).map_err(|error| format!("{error}: {:?}", inspection.refusal))
}

/// The secrets with the values that stand in the command.
fn used(command: &str) -> Vec<(String, String)> {
    let decoded = command.replace("amlsbDpwYXNzd29yZA==", "jill:password");
    let mut used = Vec::new();
    for (name, values) in SECRETS {
        let value = values.iter().find(|value| decoded.contains(*value)).or(values.last()).copied().unwrap_or_default();
        let is_empty = *name == "t_password" && decoded.contains("jill: ");
        used.push((format!("CONDUCTOR_SECRET_{name}"), if is_empty { String::new() } else { value.to_owned() }));
    }
    used
}

fn sh(script: &str, variables: &[(String, String)]) -> Result<(), String> {
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(script).current_dir(env!("CARGO_MANIFEST_DIR"));
    shell.envs(VARIABLES.iter().copied()).envs(variables.iter().map(|(name, value)| (name, value)));
    let ran = shell.output().map_err(|error| error.to_string())?;
    if ran.status.success() { Ok(()) } else { Err(format!("{script}\n{}", String::from_utf8_lossy(&ran.stderr))) }
}

/// Without what each program writes for itself: its name, codings, the boundary, and the white space of JSON.
fn comparable(mut request: Request) -> (String, Vec<(String, String)>, Value) {
    let field = |name: &str| {
        request.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let content_type = field("content-type");
    let mut body = String::from_utf8_lossy(&request.body).into_owned();
    if let Some((_, boundary)) = content_type.split_once("boundary=") {
        body = body.replace(boundary, "BOUNDARY");
    }
    let is_json = content_type.contains("json") && !content_type.contains("ndjson");
    let body = if is_json { serde_json::from_str(&body).unwrap_or(Value::String(body)) } else { Value::String(body) };
    request.fields.retain(|(name, value)| {
        let by_itself = name == "user-agent" && (value.starts_with("curl/") || value.starts_with("legwork/"));
        !by_itself && !["accept-encoding", "content-length", "connection", "expect"].contains(&name.as_str())
    });
    for (name, value) in &mut request.fields {
        if name == "content-type" {
            *value = value.split("boundary=").next().unwrap_or_default().to_owned();
        }
    }
    // These may stand in a URL either way.
    let line = [("%5B", "["), ("%5D", "]"), ("%7B", "{"), ("%7D", "}")];
    let line = line.iter().fold(request.line, |line, (code, sign)| line.replace(code, sign));
    (upper_escapes(&line), request.fields, body)
}

/// Percent escapes in upper case: some versions of curl write them in lower case.
fn upper_escapes(line: &str) -> String {
    let mut parts = line.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        format!("{line}%{}{rest}", digits.to_ascii_uppercase())
    })
}
