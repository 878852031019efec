//! The files that are opened, and the task definitions beside them.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// The published schema's file, beside the definitions.
pub(crate) const SCHEMA: &str = "workflow.schema.json";

/// How many task definitions lie beside the file.
const OPERATIONS: usize = 1000;

/// A definition that is opened.
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// `yaml` or `json`.
    pub(crate) kind: &'static str,
    /// What is in it.
    pub(crate) text: String,
    /// Inside the first expression of the middle task.
    pub(crate) position: Value,
}

/// A folder with task definitions.
pub(crate) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let definitions = folder.path().join("task-definitions/bench");
    std::fs::create_dir_all(&definitions).expect("a scratch folder");
    let mut text = String::new();
    for number in 0..OPERATIONS {
        let _ = write!(
            text,
            "- name: bench_things_{number}\n  description: Gives thing number {number}.\n  x-legwork:\n    request:\n      method: GET\n      uri: \"https://api.example.com/v1/things{number}/{{{{id}}}}\"\n"
        );
    }
    std::fs::write(definitions.join("things.yaml"), text).expect("a scratch file");
    std::fs::write(folder.path().join(SCHEMA), schema().to_string()).expect("a scratch file");
    folder
}

/// The published schema of workflow definitions, for servers that know no other.
pub(crate) fn schema() -> Value {
    legwork::definition::workflow_schema()
}

impl File {
    /// A definition with as many lines: one prepared request after the other, the first of them to this machine.
    pub(crate) fn new(folder: &Path, kind: &'static str, lines: usize) -> Self {
        let mut tasks = vec![json!({
            "name": "local", "taskReferenceName": "local", "type": "HTTP",
            "inputParameters": {"uri": format!("http://{}/things", answering()), "method": "GET"},
        })];
        let mut text = written(kind, &tasks);
        while text.lines().count() < lines {
            // A task has 13 lines in YAML, and 19 in JSON.
            let missing = (lines - text.lines().count()) / 19 + 1;
            let first = tasks.len();
            tasks.extend((first..first + missing).map(task));
            text = written(kind, &tasks);
        }
        let middle = text.lines().count() / 2;
        let mut after = text.lines().enumerate().skip(middle);
        let (line, found) = after.find(|(_, line)| line.contains("${workflow.input.email")).expect("an expression");
        let position = json!({"line": line, "character": found.find("${workflow.").map_or(0, |at| at + 11)});
        let path = folder.join(format!("many-{lines}.{kind}"));
        std::fs::write(&path, &text).expect("a scratch file");
        Self { path, kind, text, position }
    }

    /// Its name for a server.
    pub(crate) fn uri(&self) -> String {
        format!("file://{}", self.path.display())
    }
}

fn task(number: usize) -> Value {
    json!({
        "name": "zoom_users_create",
        "taskReferenceName": format!("create_{number}"),
        "type": "HTTP",
        "inputParameters": {
            "uri": "https://api.zoom.us/v2/users",
            "method": "POST",
            "headers": {"Authorization": "Bearer ${workflow.secrets.zoom_token}"},
            "body": {
                "action": "${workflow.input.action}",
                "user_info": {"email": "${workflow.input.email}", "type": "${workflow.input.type}"},
            },
        },
    })
}

fn written(kind: &str, tasks: &[Value]) -> String {
    let whole = json!({
        "name": "many", "version": 1, "schemaVersion": 2,
        "inputParameters": ["email", "type", "action"], "tasks": tasks,
    });
    if kind == "json" {
        return format!("{whole:#}\n");
    }
    let mut text = String::new();
    yaml(&whole, 0, &mut text);
    text
}

/// Block style; texts need no quotes here but for braces.
fn yaml(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(map) => {
            for (index, (key, below)) in map.iter().enumerate() {
                if index > 0 || !text.ends_with("- ") {
                    let _ = write!(text, "{:indent$}", "");
                }
                let is_block = below.is_object() || below.is_array();
                let _ = write!(text, "{key}:{}", if is_block { "\n" } else { " " });
                yaml(below, indent + 2, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                let _ = write!(text, "{:indent$}- ", "");
                yaml(item, indent + 2, text);
            }
        }
        Value::String(plain) => {
            let _ = writeln!(text, "{plain}");
        }
        scalar => {
            let _ = writeln!(text, "{scalar}");
        }
    }
}

/// The address of a server that answers at once.
fn answering() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let answer =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            // A client that is gone is no matter.
            let _ = stream.read(&mut head).and_then(|_| stream.write_all(answer.as_bytes()));
        }
    });
    address
}
