//! `traceparent` (W3C Trace Context): which trace a request belongs to, told to the hosts that may know it.

use crate::http::{HttpRequest, Rule, Sending, Transport};
use opentelemetry::trace::TraceContextExt;
use std::sync::Arc;
use std::time::Instant;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// A transport that adds `traceparent` to requests to some hosts, and to no others: an id of ours is nobody else's business. A request that
/// brings one itself keeps it. Reports show the request without it.
pub struct Propagating {
    inner: Arc<dyn Transport>,
    hosts: Vec<Rule>,
}

impl Propagating {
    /// A transport that tells these hosts: `api.example.com`, `*.example.com`.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>, hosts: Vec<Rule>) -> Self {
        Self { inner, hosts }
    }

    /// The request with the field, when its host may know it and somebody listens.
    fn told(&self, request: &HttpRequest) -> Option<HttpRequest> {
        let host = &request.target().origin.host;
        if request.headers().has("traceparent") || !self.hosts.iter().any(|rule| rule.is_host(host)) {
            return None;
        }
        let context = tracing::Span::current().context();
        let context = context.span().span_context().clone();
        let flags = context.trace_flags().to_u8();
        let parent = format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id());
        context.is_valid().then(|| request.changed(|parts| parts.headers.set("traceparent", parent.as_bytes())))
    }
}

impl Transport for Propagating {
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a> {
        if self.hosts.is_empty() {
            return self.inner.send(request, deadline);
        }
        Box::pin(async move {
            match self.told(request) {
                Some(told) => self.inner.send(&told, deadline).await,
                None => self.inner.send(request, deadline).await,
            }
        })
    }
}
