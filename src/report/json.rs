//! Runs and test requests for programs.

use super::execution::execution;
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{Node, Plan};
use crate::resolve::Origin;
use crate::run::{Ending, Inspection, Run};
use crate::secret::Redactor;
use serde_json::{Map, Value, json};

/// A run: `{"ending", "execution", "calls": [{"taskId", "exchange", "sent", "answered", "kind",
/// "notes"}], "diagnostics"}`.
#[must_use]
pub fn run_json(run: &Run, diagnostics: &[Diagnostic], redactor: &Redactor) -> Value {
    let ending = match run.ending() {
        Ending::Completed => "completed",
        Ending::Failed => "failed",
        Ending::Refused => "refused",
        Ending::NoAnswer => "noAnswer",
        Ending::Waiting => "waiting",
    };
    let calls: Vec<_> = run.calls.iter().map(|(task, call)| {
        let execution = run.family.execution(task.workflow);
        let id = execution.and_then(|run| run.scope().task(task.task.get())).map(|state| state.task_id.as_str());
        json!({"taskId": id, "exchange": call.exchange, "sent": call.sent, "answered": call.answered, "kind": call.kind.as_ref().map(ToString::to_string), "notes": call.notes})
    }).collect();
    let diagnostics: Vec<_> = diagnostics.iter().map(diagnostic).collect();
    let mut value =
        json!({"ending": ending, "execution": execution(run.execution()), "calls": calls, "diagnostics": diagnostics});
    redactor.redact_value(&mut value);
    value
}

/// A test request: `{"outcome": "sent" | "dry" | "blocked" | "failed", "task", "status", "output", "reason", "exchange", "notes", "values": [{"pointer",
/// "expression", "source", "value", "secret"}], "fromExample", "policies", "askedFirst", "diagnostics"}`; `askedFirst` is what a dry
/// run would ask for before it sends.
#[must_use]
pub fn test_json(plan: &Plan, inspection: &Inspection, diagnostics: &[Diagnostic], redactor: &Redactor) -> Value {
    let node = plan.node(inspection.node);
    let result = inspection.result.as_ref();
    let call = inspection.call.as_ref();
    let blocked = inspection.refusal.is_some() || call.is_some_and(|call| call.refused.is_some());
    let outcome = match result {
        _ if blocked => "blocked",
        None => "dry",
        Some(_) if call.is_some_and(|call| call.answered) => "sent",
        Some(_) => "failed",
    };
    let mut value = json!({
        "outcome": outcome,
        "task": &*node.reference_name,
        "entry": node.entry.as_ref().map(|entry| entry.name.as_str()),
        "status": result.map(|result| result.status.as_str()),
        "output": result.map(|result| &result.output),
        "reason": result.and_then(|result| result.reason.as_deref()),
        "exchange": call.and_then(|call| call.exchange.as_ref()),
        "notes": call.map_or(&[][..], |call| &call.notes),
        "values": inspection.origins.iter().map(origin).collect::<Vec<_>>(),
        "fromExample": inspection.from_example,
        "policies": policies(node),
        "askedFirst": call.and_then(|call| call.asked_first.as_deref()),
        "diagnostics": diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
    });
    redactor.redact_value(&mut value);
    value
}

/// `{"retries", "rateLimit", "concurrency", "lock", "breaker", "hedging", "ensure", "cache"}`, those that there are, in words.
fn policies(node: &Node) -> Value {
    let mut told = Map::from_iter([("retries".to_owned(), super::policy::retries(node).into())]);
    for (name, sentence) in super::policy::limits(node) {
        let name = if name == "rate limit" { "rateLimit" } else { name };
        told.insert(name.to_owned(), sentence.into());
    }
    Value::Object(told)
}

fn origin(origin: &Origin) -> Value {
    json!({
        "pointer": origin.pointer.as_str(),
        "expression": origin.expression,
        "source": origin.source,
        "value": origin.value,
        "secret": origin.is_secret,
    })
}

/// A diagnostic: `{"code", "severity", "message", "help", "pointer", "file", "line", "column", "span": [start, end]}`.
#[must_use]
pub fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut map = Map::new();
    map.insert("code".into(), diagnostic.code.id().into());
    map.insert("severity".into(), severity.into());
    map.insert("message".into(), diagnostic.message.as_str().into());
    map.insert("help".into(), diagnostic.help.as_deref().into());
    map.insert("pointer".into(), diagnostic.pointer.as_ref().map(ToString::to_string).into());
    if let Some(label) = diagnostic.labels.first() {
        let (line, column) = label.file.position(label.span.start);
        map.insert("file".into(), label.file.name().into());
        map.insert("line".into(), line.into());
        map.insert("column".into(), column.into());
        map.insert("span".into(), json!([label.span.start, label.span.end]));
    }
    Value::Object(map)
}
