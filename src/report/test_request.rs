//! A test request for people: what is sent, where every value came from, what was checked, what came back.

use super::human::indented;
use super::paint::Paint;
use super::policy::{duration_ms, limits, retries};
use crate::http::{Attempt, Exchange, RequestView, ResponseView};
use crate::plan::{Node, Plan};
use crate::resolve::{Origin, TaskStatus};
use crate::run::Inspection;
use crate::secret::Redactor;
use serde_json::Value;
use std::fmt::Write;
use std::time::Duration;

/// How much is shown, after AWS TestState's inspection levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// The outcome.
    #[default]
    Info,
    /// The request, where its values came from, what was checked, the policies.
    Debug,
    /// The whole exchange, with timings by phase.
    Trace,
}

/// The test request in lines; a dry run shows at least [`Level::Debug`].
#[must_use]
pub fn test_summary(plan: &Plan, inspection: &Inspection, redactor: &Redactor, level: Level, paint: Paint) -> String {
    let node = plan.node(inspection.node);
    let level = if inspection.result.is_none() { level.max(Level::Debug) } else { level };
    let exchange = inspection.call.as_ref().and_then(|call| call.exchange.as_deref());
    let mut text = String::new();
    if let Some(exchange) = exchange {
        if level >= Level::Debug {
            request(&mut text, node, exchange.request(), paint);
        }
        if level == Level::Info {
            let _ = writeln!(text, "{} {}", exchange.request().method(), exchange.request().uri());
        }
    }
    if level >= Level::Debug {
        values(&mut text, inspection, paint);
        checked(&mut text, node, inspection, paint);
        policies(&mut text, node, exchange, paint);
        credential(&mut text, node, inspection);
    }
    if let Some(exchange) = exchange.filter(|_| level == Level::Trace) {
        attempts(&mut text, exchange, paint);
    }
    outcome(&mut text, inspection, exchange, paint);
    redactor.redact(&text).into_owned()
}

fn request(text: &mut String, node: &Node, request: &RequestView, paint: Paint) {
    let entry = node.entry.as_ref().map(|entry| paint.faint(&format!("  {}", entry.name)));
    let line = format!("{} {}", request.method(), request.uri());
    let _ = writeln!(text, "{}\n  {}{}", paint.strong("request"), paint.strong(&line), entry.unwrap_or_default());
    for (name, value) in request.headers() {
        let _ = writeln!(text, "  {name}: {value}");
    }
    match request.body() {
        Value::Null => {}
        body => {
            let _ = writeln!(text, "\n{}", indented(&body));
        }
    }
}

fn values(text: &mut String, inspection: &Inspection, paint: Paint) {
    if inspection.origins.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", paint.strong("values"));
    let width = inspection.origins.iter().map(|origin| origin.pointer.as_str().len()).max().unwrap_or(0).min(48);
    for origin in &inspection.origins {
        let from = if inspection.from_example.iter().any(|name| origin.expression.ends_with(&format!(".{name}"))) {
            "  from the example"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "  {:<width$}  {} {} {}{}",
            origin.pointer.as_str(),
            paint.faint(&origin.source),
            paint.faint("→"),
            shown(origin, paint),
            paint.faint(from)
        );
    }
}

fn shown(origin: &Origin, paint: Paint) -> String {
    match (&origin.value, origin.is_secret) {
        (_, true) => paint.faint("a secret, put in when the request is built"),
        (Some(value), _) => shortened(value.to_string()),
        (None, _) => paint.warn("missing: the key is left out"),
    }
}

fn shortened(text: String) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn checked(text: &mut String, node: &Node, inspection: &Inspection, paint: Paint) {
    let judged = node.entry.as_ref().filter(|entry| entry.body_schema.is_some());
    let line = match (judged, inspection.refusal.as_ref().is_some_and(|refusal| !refusal.violations.is_empty())) {
        (_, true) => paint.bad("the body breaks its schema; nothing was sent"),
        (Some(entry), false) if inspection.refusal.is_none() => {
            format!("{} the body follows the schema of {}", paint.good("✔"), entry.name)
        }
        (None, false) if inspection.refusal.is_none() => {
            paint.warn("no schema is known for this request: the body is sent as it is")
        }
        _ => return,
    };
    let _ = writeln!(text, "{}\n  {line}", paint.strong("checked"));
}

fn policies(text: &mut String, node: &Node, exchange: Option<&Exchange>, paint: Paint) {
    let _ = writeln!(text, "{}\n  retries    {}", paint.strong("policies"), retries(node));
    if let Some(exchange) = exchange {
        let time_outs = exchange.request().time_outs();
        let limit = |time: Option<Duration>| time.map_or_else(|| "none".to_owned(), duration);
        let _ = write!(text, "  time-outs  {} to connect", limit(time_outs.connect));
        let parts = [
            (time_outs.dns, "for the name"),
            (time_outs.tls, "for TLS"),
            (time_outs.first_byte, "to the first byte"),
            (time_outs.read, "without a byte"),
        ];
        for (time, what) in parts {
            if let Some(time) = time {
                let _ = write!(text, ", {} {what}", duration(time));
            }
        }
        let _ = writeln!(text, ", {} for the whole call", limit(time_outs.total));
        let _ = writeln!(text, "  answer     at most {} bytes are read", exchange.request().max_response_bytes());
    }
    for (name, sentence) in limits(node) {
        let _ = writeln!(text, "  {name:<10} {sentence}");
    }
}

/// The credential of a dry run, and what would be asked for first.
fn credential(text: &mut String, node: &Node, inspection: &Inspection) {
    let Some(asked_first) = inspection.call.as_ref().and_then(|call| call.asked_first.as_ref()) else { return };
    let name = node.entry.as_ref().and_then(|entry| entry.auth.as_deref()).unwrap_or_default();
    let _ = writeln!(text, "  credential {name}: asks first for {asked_first}");
}

fn attempts(text: &mut String, exchange: &Exchange, paint: Paint) {
    for attempt in exchange.attempts() {
        let _ = writeln!(text, "{}\n  {}", paint.strong("exchange"), paint.faint(&phases(attempt)));
        if let Some(response) = attempt.response() {
            answer(text, &response);
        }
        if let Some(error) = attempt.error() {
            let _ = writeln!(text, "  {}", paint.bad(&error));
        }
    }
}

fn answer(text: &mut String, response: &ResponseView) {
    let _ = writeln!(text, "  {} {}", response.status(), response.reason());
    for (name, value) in response.headers() {
        let _ = writeln!(text, "  {name}: {value}");
    }
}

fn phases(attempt: &Attempt) -> String {
    let timings = &attempt.trace().timings;
    let known = [
        ("DNS", timings.dns),
        ("connect", timings.connect),
        ("TLS", timings.tls),
        ("send", timings.send),
        ("first byte", timings.first_byte),
        ("body", timings.body),
        ("total", Some(timings.total)),
    ];
    let parts: Vec<_> =
        known.into_iter().filter_map(|(name, time)| Some(format!("{name} {}", duration(time?)))).collect();
    let mut line = parts.join(", ");
    if let Some(peer) = attempt.trace().peer {
        let _ = write!(line, ", {peer}");
    }
    if attempt.trace().reused {
        line.push_str(", connection used before");
    }
    line
}

fn outcome(text: &mut String, inspection: &Inspection, exchange: Option<&Exchange>, paint: Paint) {
    let Some(result) = &inspection.result else {
        if inspection.refusal.is_none() && inspection.call.as_ref().is_none_or(|call| call.refused.is_none()) {
            let _ = writeln!(text, "{}", paint.good("dry run: nothing was sent"));
        }
        return;
    };
    let good = matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress);
    let mark = if good { paint.good("✔") } else { paint.bad("✘") };
    let response = exchange.and_then(Exchange::response);
    match (&response, exchange) {
        (Some(response), Some(exchange)) => {
            let status = format!("{} {}", response.status(), response.reason());
            let status = if good { paint.good(&status) } else { paint.bad(&status) };
            let _ = writeln!(text, "{mark} {status}  {}", paint.faint(&duration(exchange.total())));
        }
        _ if good => {
            let _ = writeln!(text, "{mark} {}", paint.good("nothing was sent"));
        }
        _ => {
            let is_refused = inspection.call.as_ref().is_some_and(|call| call.refused.is_some());
            let _ = writeln!(text, "{mark} {}", paint.bad(if is_refused { "not sent" } else { "no answer" }));
        }
    }
    for note in inspection.call.iter().flat_map(|call| &call.notes) {
        let _ = writeln!(text, "  {}", paint.faint(note));
    }
    if let Some(reason) = &result.reason {
        let _ = writeln!(text, "  {}", paint.warn(reason));
    }
    if let Some(body) = response.map(|response| response.body()).filter(|body| !body.is_null()) {
        let _ = writeln!(text, "{}", indented(&body));
    }
}

fn duration(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    match milliseconds {
        small if small < 10.0 => format!("{small:.2} ms"),
        medium if medium < 1000.0 => format!("{medium:.0} ms"),
        _ => duration_ms(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)),
    }
}
