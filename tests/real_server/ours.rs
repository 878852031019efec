//! The same case by the command: `legwork run --compat conductor --output execution`.

use super::case::Case;
use serde_json::{Value, json};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a run may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a case and gives its execution.
pub(crate) async fn execution(case: Case) -> Value {
    tokio::task::spawn_blocking(move || run(&case)).await.expect("the command runs")
}

fn run(case: &Case) -> Value {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path();
    fs::create_dir(path.join("workflows")).expect("a folder");
    for (index, workflow) in case.workflows.iter().enumerate() {
        write(path, &format!("workflows/{index}.json"), workflow);
    }
    write(path, "workflow.json", &case.workflow);
    write(path, "input.json", &json!(case.input));
    write(path, "task-definitions.json", &json!(case.task_definitions));
    write(path, "workers.json", &json!(case.workers));
    write(path, "signals.json", &json!(case.signals));
    let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
    command.current_dir(path).stdin(Stdio::null()).args(["run", "workflow.json", "--compat", "conductor"]);
    command.args(["--output", "execution", "--input", "input.json", "--workflows", "workflows"]);
    command.args(["--task-definitions", "task-definitions.json", "--worker-answers", "workers.json"]);
    command.args(["--signals", "signals.json"]);
    let printed = finish(&mut command, path);
    serde_json::from_str(&printed).unwrap_or(Value::String(printed))
}

/// Standard output, or what went wrong. A run that does not end is ended.
fn finish(command: &mut Command, folder: &Path) -> String {
    let errors = folder.join("err");
    let file = fs::File::create(&errors).expect("a scratch file");
    let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("the command starts");
    let mut printed = child.stdout.take().expect("a pipe");
    let (tell, told) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut out = String::new();
        printed.read_to_string(&mut out).expect("UTF-8");
        // Nobody listens any more when it took too long.
        let _ = tell.send(out);
    });
    let out = told.recv_timeout(PATIENCE);
    if out.is_err() {
        child.kill().expect("a child");
    }
    child.wait().expect("a child");
    reader.join().expect("the reader");
    match out {
        Ok(out) if out.is_empty() => fs::read_to_string(errors).expect("UTF-8"),
        Ok(out) => out,
        Err(_) => format!("it had not ended after {} s", PATIENCE.as_secs()),
    }
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).expect("a scratch file");
}
