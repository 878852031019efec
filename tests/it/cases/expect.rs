//! What a case expects, as it came out.

use super::given::Given;
use legwork::diagnostic::{Diagnostic, Severity};
use legwork::plan::Plan;
use legwork::resolve::TaskState;
use legwork::run::{Run, test_request};
use serde_json::{Value, json};
use std::fmt::Write;
use std::future::Future;
use std::sync::Arc;

/// Request fields that say nothing about a case.
const UNSHOWN: &[&str] = &["Host", "Content-Length", "Accept-Encoding", "User-Agent"];

/// Whether a block of that kind is expected, not given.
pub(crate) fn is_expected(kind: &str) -> bool {
    matches!(kind, "diagnostics" | "resolved" | "request" | "report")
}

/// What came out, in the form of that kind of block.
pub(crate) fn found(kind: &str, given: &Given) -> String {
    let plan = given.planned.plan.as_ref();
    let plan = || plan.unwrap_or_else(|| panic!("the definition is refused: {}", diagnostics(given)));
    match kind {
        "diagnostics" => diagnostics(given),
        "resolved" => pretty(&resolved(&ran(given, plan()))),
        "report" => pretty(&masked(report(&ran(given, plan())), given)),
        _ => request(given, plan()),
    }
}

/// One line for each: code, severity, line:column, sentence; below it the help. Refusals of the one task are among them.
fn diagnostics(given: &Given) -> String {
    let mut all = given.catalogue_problems.clone();
    all.extend(given.planned.diagnostics.clone());
    all.extend(given.planned.plan.iter().flat_map(|plan| refusals(given, plan)));
    let text: String = all.iter().map(line).collect();
    if text.is_empty() { "none\n".to_owned() } else { text }
}

fn line(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = diagnostic.labels.first().map_or_else(String::new, |label| {
        let (line, column) = label.file.position(label.span.start);
        format!(" {line}:{column}")
    });
    let mut text = format!("{} {severity}{place} {}\n", diagnostic.code, diagnostic.message);
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(text, "  help: {help}");
    }
    text
}

fn refusals(given: &Given, plan: &Arc<Plan>) -> Vec<Diagnostic> {
    let Ok(inspection) = block_on(test_request(&given.runner(), plan, &given.dry_run())) else { return Vec::new() };
    let node = plan.node(inspection.node);
    inspection.refusal.map(|refusal| refusal.diagnostics(plan, node)).unwrap_or_default()
}

/// The request line, the fields that matter, and the body.
fn request(given: &Given, plan: &Arc<Plan>) -> String {
    let inspection = block_on(test_request(&given.runner(), plan, &given.dry_run())).expect("one task to test");
    let Some(exchange) = inspection.call.and_then(|call| call.exchange) else { return "refused\n".to_owned() };
    let request = exchange.request();
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers().iter().filter(|(name, _)| !UNSHOWN.contains(&name.as_str())) {
        let _ = writeln!(text, "{name}: {value}");
    }
    match request.body() {
        Value::Null => text,
        // The lines of a multipart body end as those of a head do.
        Value::String(body) => format!("{text}\n{}\n", body.replace("\r\n", "\n")),
        body => format!("{text}\n{}", pretty(&body)),
    }
}

fn ran(given: &Given, plan: &Arc<Plan>) -> Run {
    block_on(given.runner().run(plan, given.start())).expect("the start is accepted")
}

/// Each task's input; of several attempts the last one's.
fn resolved(run: &Run) -> Value {
    let tasks = run.execution().scope().tasks();
    tasks.iter().map(|task| (task.reference_name.to_string(), Value::clone(&task.input))).collect()
}

fn report(run: &Run) -> Value {
    let workflow = &run.execution().scope().workflow;
    let tasks: Vec<Value> = run.execution().tasks().map(|(_, state)| task(state)).collect();
    let mut report = json!({"status": workflow.status.as_str(), "output": workflow.output, "tasks": tasks});
    if let Some(reason) = &workflow.reason_for_incompletion {
        report["reason"] = json!(reason);
    }
    report
}

/// `create COMPLETED 201`, with the attempt's number from the second on, and the status of the answer.
fn task(state: &TaskState) -> Value {
    let attempt = if state.retry_count == 0 { String::new() } else { format!("#{}", state.retry_count + 1) };
    let status = state.output.pointer("/response/statusCode").map_or_else(String::new, |code| format!(" {code}"));
    json!(format!("{}{attempt} {}{status}", state.reference_name, state.status.as_str()))
}

/// Secrets masked, ids and times of the run replaced.
fn masked(mut value: Value, given: &Given) -> Value {
    given.redactor().redact_value(&mut value);
    let uuid = regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a pattern");
    let text = uuid.replace_all(&value.to_string(), "<uuid>").into_owned();
    let time = regex::Regex::new(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").expect("a pattern");
    serde_json::from_str(&time.replace_all(&text, "<time>")).expect("JSON stays JSON")
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
