//! An exchange as a file to read: the request as it was sent, then the answer, in the form that `.http` files have.

use crate::diagnostic::Diagnostic;
use crate::http::moment;
use crate::http::{Attempt, Exchange, RequestView, ResponseView};
use crate::lsp::runs::duration;
use crate::run::Inspection;
use serde_json::Value;
use std::fmt::Write;
use std::time::Duration;

/// The longest body that is shown as a whole, in bytes.
const WHOLE: usize = 1 << 20;

/// What is shown of a longer one.
const BEGINNING: usize = 64 << 10;

/// What stands at the head of a page.
pub(super) struct Head<'h> {
    /// How it ended: `sent · 201 Created · 42 ms`.
    pub(super) outcome: &'h str,
    /// The task's reference name.
    pub(super) task: &'h str,
    /// The environment.
    pub(super) env: Option<&'h str>,
    /// When, milliseconds since 1970.
    pub(super) at_ms: i64,
    /// The run's id.
    pub(super) run_id: &'h str,
}

/// The page of a run that has just begun, in the place of the last one.
pub(super) fn running(head: &Head<'_>) -> String {
    let mut page = String::new();
    comments(&mut page, head);
    page
}

/// The page of a run that is over. It is not masked yet.
pub(super) fn page(head: &Head<'_>, inspection: Option<&Inspection>, notes: &[Diagnostic]) -> String {
    let mut page = String::new();
    comments(&mut page, head);
    for note in notes {
        let _ = writeln!(page, "# {} {}", note.code.id(), note.message);
        for line in note.help.iter().flat_map(|help| help.lines()) {
            let _ = writeln!(page, "#   {line}");
        }
    }
    let call = inspection.and_then(|inspection| inspection.call.as_ref());
    for note in call.iter().flat_map(|call| &call.notes) {
        let _ = writeln!(page, "# {note}");
    }
    if let Some(reason) = inspection.and_then(|inspection| inspection.result.as_ref()?.reason.as_deref()) {
        let _ = writeln!(page, "# {}", reason.replace('\n', "\n# "));
    }
    if let Some(exchange) = call.and_then(|call| call.exchange.as_deref()) {
        exchanged(&mut page, exchange);
    }
    page
}

fn comments(page: &mut String, head: &Head<'_>) {
    let env = head.env.map_or_else(|| "no environment".to_owned(), |env| format!("environment {env}"));
    let at = time(head.at_ms);
    let _ = writeln!(page, "# {}: {}", head.task, head.outcome);
    let _ = writeln!(page, "# {env} · {at} · run {}", head.run_id);
}

/// A time as it is read: `2026-11-22T14:13:20.952Z`.
pub(super) fn time(at_ms: i64) -> String {
    moment::written(at_ms)
}

fn exchanged(page: &mut String, exchange: &Exchange) {
    page.push('\n');
    request(page, exchange.request());
    for attempt in exchange.attempts() {
        let _ = writeln!(page, "\n### {}", timings(attempt));
        if let Some(response) = attempt.response() {
            response_to(page, &response);
        }
        if let Some(error) = attempt.error() {
            let _ = writeln!(page, "# {error}");
        }
    }
}

fn request(page: &mut String, request: &RequestView) {
    let _ = writeln!(page, "{} {}", request.method(), request.uri());
    for (name, value) in request.headers() {
        let _ = writeln!(page, "{name}: {value}");
    }
    body(page, &request.body());
}

fn response_to(page: &mut String, response: &ResponseView) {
    let _ = writeln!(page, "HTTP/1.1 {} {}", response.status(), response.reason());
    for (name, value) in response.headers() {
        let _ = writeln!(page, "{name}: {value}");
    }
    body(page, &response.body());
}

fn body(page: &mut String, body: &Value) {
    let text = match body {
        Value::Null => return,
        Value::String(text) => text.clone(),
        value => format!("{value:#}"),
    };
    if text.len() <= WHOLE {
        let _ = writeln!(page, "\n{text}");
        return;
    }
    let end = (0..=BEGINNING).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let beginning = text.get(..end).unwrap_or_default();
    let _ = writeln!(page, "\n{beginning}\n# … {} bytes; `toFile` of the task keeps such a body as a file", text.len());
}

fn timings(attempt: &Attempt) -> String {
    let times = &attempt.trace().timings;
    let phases: [(&str, Option<Duration>); 7] = [
        ("DNS", times.dns),
        ("connect", times.connect),
        ("TLS", times.tls),
        ("send", times.send),
        ("first byte", times.first_byte),
        ("body", times.body),
        ("total", Some(times.total)),
    ];
    let known = phases.into_iter().filter_map(|(name, time)| Some(format!("{name} {}", duration(time?))));
    format!("{}: {}", attempt.why().as_str(), known.collect::<Vec<_>>().join(", "))
}
