//! HAR 1.2 (HTTP Archive): every request that went out, with what came back and how long each phase took.
//!
//! One entry a hop: redirects and hidden repeats have entries of their own. Values are masked. Source: the HAR 1.2 specification,
//! softwareishard.com/blog/har-12-spec.

use crate::http::moment;
use crate::http::{Attempt, Exchange, RequestView, ResponseView, Why};
use crate::plan::Plan;
use crate::run::{Inspection, Run};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// The calls of a run.
#[must_use]
pub fn run_har(run: &Run) -> Value {
    let mut calls = Vec::new();
    for (task, call) in &run.calls {
        let state = run.family.execution(task.workflow).and_then(|execution| execution.scope().task(task.task.get()));
        let (Some(exchange), Some(state)) = (call.exchange.as_deref(), state) else { continue };
        calls.push((state.start_time, entries(exchange, state.start_time, &state.reference_name)));
    }
    calls.sort_by_key(|(start_ms, _)| *start_ms);
    archive(calls.into_iter().flat_map(|(_, entries)| entries).collect())
}

/// The call of a test request; in a dry run, the request that would be sent. `now_ms` is when it ended, milliseconds since 1970.
#[must_use]
pub fn test_har(plan: &Plan, inspection: &Inspection, now_ms: i64) -> Value {
    let node = plan.node(inspection.node);
    let exchange = inspection.call.as_ref().and_then(|call| call.exchange.as_deref());
    let Some(exchange) = exchange else { return archive(Vec::new()) };
    let start_ms = now_ms - i64::try_from(exchange.total().as_millis()).unwrap_or(0);
    archive(entries(exchange, start_ms, &node.reference_name))
}

fn archive(entries: Vec<Entry>) -> Value {
    let creator = Creator { name: "legwork", version: env!("CARGO_PKG_VERSION") };
    let har = Har { log: Log { version: "1.2", creator, entries } };
    serde_json::to_value(har).unwrap_or_default()
}

#[derive(Serialize)]
struct Har {
    log: Log,
}

#[derive(Serialize)]
struct Log {
    version: &'static str,
    creator: Creator,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: String,
    time: f64,
    request: Request,
    response: Response,
    cache: Empty,
    timings: Timings,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    server_ip_address: Option<String>,
    comment: String,
}

/// What this side knows nothing of.
#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair>,
    query_string: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData>,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: String,
    params: [Empty; 0],
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status: u16,
    status_text: String,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair>,
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: String,
    headers_size: i64,
    body_size: i64,
    /// Why there is no answer: a name that the format leaves to programs.
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: i64,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize)]
struct Pair {
    name: String,
    value: String,
}

/// Milliseconds; -1 for a phase that did not take place. `connect` includes `ssl`, as the format wants it.
#[derive(Serialize)]
struct Timings {
    blocked: f64,
    dns: f64,
    connect: f64,
    ssl: f64,
    send: f64,
    wait: f64,
    receive: f64,
}

/// One entry for each hop; for a request that was only planned, one without an answer.
fn entries(exchange: &Exchange, start_ms: i64, task: &str) -> Vec<Entry> {
    if exchange.attempts().is_empty() {
        let timings =
            Timings { blocked: -1.0, dns: -1.0, connect: -1.0, ssl: -1.0, send: 0.0, wait: 0.0, receive: 0.0 };
        return vec![Entry {
            started_date_time: date(start_ms, Duration::ZERO),
            time: 0.0,
            request: request(exchange.request()),
            response: no_answer(Some("not sent".to_owned())),
            cache: Empty {},
            timings,
            server_ip_address: None,
            comment: format!("task {task}"),
        }];
    }
    let mut before = Duration::ZERO;
    let mut entries = Vec::new();
    for attempt in exchange.attempts() {
        entries.push(entry(attempt, start_ms, before, task));
        before += attempt.trace().timings.total;
    }
    entries
}

fn entry(attempt: &Attempt, start_ms: i64, before: Duration, task: &str) -> Entry {
    let trace = attempt.trace();
    let why = match attempt.why() {
        Why::First => "",
        Why::Redirect => ", after a redirect",
        Why::Page => ", the next page",
        Why::Repeat => ", sent again",
        Why::LookUp => ", looked up",
        Why::Renewed => ", with a new token",
    };
    let timings = timings(attempt);
    Entry {
        started_date_time: date(start_ms, before),
        time: timings.sum(),
        request: request(attempt.request()),
        response: attempt.response().map_or_else(|| no_answer(attempt.error()), |answer| response(&answer)),
        cache: Empty {},
        timings,
        server_ip_address: trace.peer.map(|peer| peer.ip().to_string()),
        comment: format!("task {task}{why}"),
    }
}

/// The phases add up to the whole: what none of them accounts for is time in which nothing could be sent.
fn timings(attempt: &Attempt) -> Timings {
    let timings = &attempt.trace().timings;
    let phase = |time: Option<Duration>| time.map_or(-1.0, milliseconds);
    let connect = match (timings.connect, timings.tls) {
        (None, None) => None,
        (connect, tls) => Some(connect.unwrap_or_default() + tls.unwrap_or_default()),
    };
    let known = [timings.dns, connect, timings.send, timings.first_byte, timings.body];
    let known: Duration = known.iter().flatten().sum();
    Timings {
        blocked: milliseconds(timings.total.saturating_sub(known)),
        dns: phase(timings.dns),
        connect: phase(connect),
        ssl: phase(timings.tls),
        send: milliseconds(timings.send.unwrap_or_default()),
        wait: milliseconds(timings.first_byte.unwrap_or_default()),
        receive: milliseconds(timings.body.unwrap_or_default()),
    }
}

impl Timings {
    /// All phases that took place; `ssl` is a part of `connect`.
    fn sum(&self) -> f64 {
        let phases = [self.blocked, self.dns, self.connect, self.send, self.wait, self.receive];
        let sum: f64 = phases.iter().filter(|phase| **phase > 0.0).sum();
        (sum * 1000.0).round() / 1000.0
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// ISO 8601 with milliseconds.
fn date(start_ms: i64, after: Duration) -> String {
    let moment = start_ms.saturating_add(i64::try_from(after.as_millis()).unwrap_or(0));
    moment::written(moment)
}

fn request(request: &RequestView) -> Request {
    let headers = request.headers();
    let url = request.uri();
    let body = (request.body_length() > 0).then(|| PostData {
        mime_type: header(&headers, "content-type"),
        params: [],
        text: request.body_text(),
    });
    Request {
        method: request.method().to_owned(),
        query_string: query(&url),
        url,
        http_version: "HTTP/1.1",
        cookies: [],
        headers: pairs(headers),
        post_data: body,
        headers_size: -1,
        body_size: size(request.body_length()),
    }
}

fn response(answer: &ResponseView) -> Response {
    let headers = answer.headers();
    let text = match answer.body() {
        Value::Null => None,
        Value::String(text) => Some(text),
        json => Some(json.to_string()),
    };
    Response {
        status: answer.status(),
        status_text: answer.reason(),
        http_version: "HTTP/1.1",
        cookies: [],
        content: Content { size: size(answer.body_length()), mime_type: header(&headers, "content-type"), text },
        redirect_url: header(&headers, "location"),
        headers: pairs(headers),
        headers_size: -1,
        body_size: -1,
        error: None,
    }
}

/// Status 0 is how browsers write an answer that never came.
fn no_answer(error: Option<String>) -> Response {
    Response {
        status: 0,
        status_text: String::new(),
        http_version: "HTTP/1.1",
        cookies: [],
        headers: Vec::new(),
        content: Content { size: 0, mime_type: String::new(), text: None },
        redirect_url: String::new(),
        headers_size: -1,
        body_size: -1,
        error,
    }
}

fn header(headers: &[(String, String)], name: &str) -> String {
    let found = headers.iter().find(|(of, _)| of.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn pairs(headers: Vec<(String, String)>) -> Vec<Pair> {
    headers.into_iter().map(|(name, value)| Pair { name, value }).collect()
}

/// The parameters of the query, decoded.
fn query(url: &str) -> Vec<Pair> {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Pair { name: decoded(name), value: decoded(value) }
        })
        .collect()
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
