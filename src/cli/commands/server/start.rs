//! `legwork start`.

use super::connect;
use crate::cli::args::{ServerOutput, StartArgs};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render, session};
use legwork::conductor::{ApiError, Server, StartRequest};
use legwork::report::{self, Paint};
use legwork::resolve::TaskStatus;
use legwork::secret::Redactor;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often an execution is looked at: soon at first, then less and less often.
const LOOKS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Starts it, and follows it when that is asked for.
pub(crate) fn run(args: &StartArgs) -> Outcome {
    let surroundings = connect::load(&args.server, &[])?;
    let environment = &surroundings.loaded.environment;
    let name = args.server.env.as_deref();
    let input = load::inputs((&args.inputs, args.input_file.as_deref()), name, environment)?.values;
    let server = connect::connect(&args.server, &surroundings)?;
    let redactor = surroundings.loaded.redactor();
    let request = StartRequest {
        name: args.name.clone(),
        version: args.workflow_version,
        input,
        correlation_id: args.correlation_id.clone(),
        task_to_domain: domains(&args.domain),
    };
    session::block_on(async {
        let id = match server.start(&request).await {
            Ok(id) => id,
            Err(error) => return Ok(connect::told(&error)),
        };
        if !args.watch {
            out::data(&id)?;
            return Ok(Exit::Done);
        }
        out::say(&id);
        match followed(&server, &id, &redactor).await {
            Ok(execution) => ended(execution, args.output, &redactor),
            Err(error) => Ok(connect::told(&error)),
        }
    })
}

/// `NAME=DOMAIN`, or a domain for all.
fn domains(texts: &[String]) -> Map<String, Value> {
    let pair = |text: &String| {
        let (name, domain) = text.split_once('=').unwrap_or(("*", text));
        (name.to_owned(), domain.into())
    };
    texts.iter().map(pair).collect()
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
