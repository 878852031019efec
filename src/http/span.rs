//! What listeners hear of a request: one span (`tracing`'s) each time it goes over the wire, in OpenTelemetry's words where it has them.
//!
//! While nobody listens it costs one look at a number: no value is read and no text made. What listeners hear is masked before they hear it, and
//! never the raw URL: `url.template` is the task definition's. Only at the level `trace` fields of requests and answers are told, masked too; bodies never.
//!
//! Source: OpenTelemetry semantic conventions 1.37, HTTP client spans.

use super::call::Call;
use super::classify::Kind;
use super::exchange::{Why, masked_headers};
use super::headers::Headers;
use super::request::HttpRequest;
use super::transport::{Delivery, Failure, Response};
use std::borrow::Cow;
use std::time::Instant;
use tracing::Span;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;

/// Sends a request once; in a span when somebody listens. `resent` tells how many went before it for the same call.
pub(super) async fn send(
    call: Call<'_>,
    request: &HttpRequest,
    deadline: Option<Instant>,
    (why, resent): (Why, usize),
) -> Delivery {
    if LevelFilter::current() == LevelFilter::OFF {
        return call.transport.send(request, deadline).await;
    }
    // On the heap: a call that nobody listens to need not carry the room for it.
    Box::pin(told(call, request, deadline, (why, resent))).await
}

async fn told(
    call: Call<'_>,
    request: &HttpRequest,
    deadline: Option<Instant>,
    (why, resent): (Why, usize),
) -> Delivery {
    use tracing::Instrument;
    let span = begin(call, request, why, resent);
    let delivery = call.transport.send(request, deadline).instrument(span.clone()).await;
    span.in_scope(|| end(call, request, &delivery, &span));
    delivery
}

fn begin(call: Call<'_>, request: &HttpRequest, why: Why, resent: usize) -> Span {
    let origin = &request.masked().target.origin;
    let template = call.rules.url_template.as_deref();
    let name = || template.map_or_else(|| request.method().into(), |path| format!("{} {path}", request.method()));
    tracing::info_span!(
        target: "legwork::http",
        "request",
        otel.name = name(),
        otel.kind = "client",
        otel.status_code = Empty,
        legwork.entry = call.rules.entry.as_deref(),
        legwork.why = why.as_str(),
        http.request.method = request.method(),
        http.request.resend_count = (resent > 0).then_some(resent as u64),
        url.scheme = origin.scheme.as_str(),
        url.template = template,
        server.address = &*call.redactor.redact(&origin.host),
        server.port = origin.port,
        network.peer.address = Empty,
        http.response.status_code = Empty,
        http.response.body.size = Empty,
        legwork.connection.reused = Empty,
        error.type = Empty,
    )
}

fn end(call: Call<'_>, request: &HttpRequest, delivery: &Delivery, span: &Span) {
    let trace = &delivery.trace;
    if let Some(peer) = trace.peer {
        span.record("network.peer.address", peer.ip().to_string());
    }
    span.record("legwork.connection.reused", trace.reused);
    let took = trace.timings.total.as_secs_f64() * 1e3;
    match &delivery.result {
        Ok(response) => answered(call, request, response, (span, took)),
        Err(failure) => failed(call, failure, (span, took)),
    }
}

fn answered(call: Call<'_>, request: &HttpRequest, response: &Response, (span, took_ms): (&Span, f64)) {
    let status = response.status;
    span.record("http.response.status_code", status);
    span.record("http.response.body.size", response.body.len());
    if status >= 400 {
        span.record("error.type", status.to_string());
        span.record("otel.status_code", "ERROR");
    }
    tracing::debug!(target: "legwork::http", { http.response.status_code = status, took_ms }, "answered");
    if tracing::enabled!(target: "legwork::http", tracing::Level::TRACE) && !call.redactor.reveals() {
        let uri = request.shown_uri();
        let shown = |headers: &Headers| format!("{:?}", masked_headers(headers, call.redactor));
        tracing::trace!(
            target: "legwork::http",
            {
                url.full = &*call.redactor.redact(&uri),
                http.request.header = shown(&request.masked().headers),
                http.response.header = shown(&response.headers),
            },
            "exchanged"
        );
    }
}

fn failed(call: Call<'_>, failure: &Failure, (span, took_ms): (&Span, f64)) {
    let kind = Kind::of(failure);
    span.record("error.type", kind.as_str());
    span.record("otel.status_code", "ERROR");
    let sentence = failure.sentence();
    // Somebody at a terminal may see secrets; whoever listens may write them down.
    let told = if call.redactor.reveals() { Cow::Borrowed(kind.as_str()) } else { call.redactor.redact(&sentence) };
    if let Failure::Denied { .. } = failure {
        tracing::warn!(target: "legwork::http", { error.type = kind.as_str() }, "kept back by the egress guard: {told}");
    } else {
        tracing::debug!(target: "legwork::http", { error.type = kind.as_str(), took_ms }, "no answer: {told}");
    }
}
