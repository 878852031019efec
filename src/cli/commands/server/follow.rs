//! An execution on a server, followed as `legwork run` shows one.

use super::connect;
use crate::cli::args::ServerOutput;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{out, render};
use legwork::conductor::{ApiError, Server};
use legwork::report::{self, Paint};
use legwork::resolve::TaskStatus;
use legwork::secret::Redactor;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often an execution is looked at: soon at first, then less and less often.
const LOOKS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Follows an execution to its end, and prints it.
pub(super) async fn to_its_end(server: &Server, id: &str, output: ServerOutput, redactor: &Redactor) -> Outcome {
    match followed(server, id, redactor).await {
        Ok(execution) => ended(execution, output, redactor),
        Err(error) => Ok(connect::told(&error)),
    }
}

/// The execution at its end; each task that ends is told of.
async fn followed(server: &Server, id: &str, redactor: &Redactor) -> Result<Value, ApiError> {
    let mut told = BTreeSet::new();
    let mut pause = LOOKS.0;
    loop {
        let execution = match server.execution(id).await {
            // It goes on there, whoever looks.
            Err(error) if error.is_away() && pause < LOOKS.1 => Value::Null,
            answer => answer?,
        };
        let news = tell(&execution, &mut told, redactor);
        let status = execution.get("status").and_then(Value::as_str).unwrap_or("RUNNING");
        if !matches!(status, "RUNNING" | "PAUSED") {
            return Ok(execution);
        }
        pause = if news { LOOKS.0 } else { (pause * 2).min(LOOKS.1) };
        tokio::time::sleep(pause).await;
    }
}

/// A line for each task that has ended since the last look. Says whether there was one.
fn tell(execution: &Value, told: &mut BTreeSet<String>, redactor: &Redactor) -> bool {
    let tasks = execution.get("tasks").and_then(Value::as_array).into_iter().flatten();
    let mut news = false;
    for task in tasks {
        let text = |name: &str| task.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_over = TaskStatus::parse(text("status")).is_some_and(TaskStatus::is_terminal);
        if is_over && told.insert(text("taskId").to_owned()) {
            out::say(&redactor.redact(&line(task)));
            news = true;
        }
    }
    news
}

fn line(task: &Value) -> String {
    let text = |name: &str| task.get(name).and_then(Value::as_str).unwrap_or_default();
    let took = report::duration_ms(took(task));
    let reason = text("reasonForIncompletion");
    let reason = if reason.is_empty() { String::new() } else { format!("  {reason}") };
    format!("  {:<16} {:<14} {} {took}{reason}", text("referenceTaskName"), text("taskType"), text("status"))
}

fn took(value: &Value) -> i64 {
    let number = |name: &str| value.get(name).and_then(Value::as_i64).unwrap_or_default();
    (number("endTime") - number("startTime")).max(0)
}

fn ended(mut execution: Value, output: ServerOutput, redactor: &Redactor) -> Result<Exit, Stop> {
    redactor.redact_value(&mut execution);
    let status = execution.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let text = match output {
        ServerOutput::Json => format!("{execution:#}"),
        ServerOutput::Human => summary(&execution, &status, render::paint()),
    };
    out::data(&text)?;
    Ok(if status == "COMPLETED" { Exit::Done } else { Exit::Failed })
}

fn summary(execution: &Value, status: &str, paint: Paint) -> String {
    let text = |name: &str| execution.get(name).and_then(Value::as_str).unwrap_or_default();
    let took = report::duration_ms(took(execution));
    let mut summary = format!("{status} {} {}\n", paint.strong(text("workflowName")), paint.faint(&took));
    let reason = text("reasonForIncompletion");
    if !reason.is_empty() {
        summary = summary + paint.strong("why").as_str() + " " + reason + "\n";
    }
    let output = execution.get("output").unwrap_or(&Value::Null);
    summary + &format!("{}\n{output:#}", paint.strong("output"))
}
