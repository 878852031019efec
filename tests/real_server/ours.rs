//! The same case by the command: `legwork run --compat conductor --output execution`.

use super::case::Case;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(60);

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
    let [out, err] = ["out", "err"].map(|name| folder.join(name));
    let file = |path: &Path| fs::File::create(path).expect("a scratch file");
    let mut child = command.stdout(file(&out)).stderr(file(&err)).spawn().expect("the command starts");
    let began = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().expect("a child");
            child.wait().expect("a child");
            return format!("it had not ended after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let [out, err] = [out, err].map(|path| fs::read_to_string(path).expect("UTF-8"));
    if out.is_empty() { err } else { out }
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).expect("a scratch file");
}
