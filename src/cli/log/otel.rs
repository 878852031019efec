//! Spans for an OpenTelemetry collector, where the standard variables name one.

use crate::cli::exit::Stop;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::http::Transport;
use legwork::otel::{Exporter, Propagating, SpanLayer};
use std::sync::Arc;

/// Begins to export when a variable names where to; nothing without one, and nothing with `OTEL_SDK_DISABLED=true`.
pub(super) fn begin() -> Result<Option<(Exporter, SpanLayer)>, Stop> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let endpoints = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    let is_off = variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || variable("OTEL_TRACES_EXPORTER").is_some_and(|exporter| exporter == "none");
    if is_off || !endpoints.into_iter().any(|name| variable(name).is_some()) {
        return Ok(None);
    }
    let is_named = variable("OTEL_SERVICE_NAME").is_some()
        || variable("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|attributes| attributes.contains("service.name="));
    let begun = Exporter::begin((!is_named).then_some("legwork"));
    begun.map(Some).map_err(|err| {
        let cause = std::error::Error::source(&err).map(ToString::to_string).unwrap_or_default();
        let message = format!("failed to {err}: {cause}");
        Diagnostic::new(codes::E0623, message)
            .help("see OTEL_EXPORTER_OTLP_ENDPOINT, as in http://127.0.0.1:4318")
            .into()
    })
}

/// A transport that tells the hosts of `LEGWORK_TRACEPARENT` (`api.example.com,*.internal`) which trace a request belongs to.
pub(super) fn propagating(transport: Arc<dyn Transport>) -> Result<Arc<dyn Transport>, Stop> {
    let hosts = std::env::var("LEGWORK_TRACEPARENT").unwrap_or_default();
    let hosts = hosts.split(',').map(str::trim).filter(|host| !host.is_empty());
    let rules = hosts.map(|host| {
        host.parse().map_err(|err| {
            let message = format!("`{host}` in LEGWORK_TRACEPARENT names no host: {err}");
            Stop::from(Diagnostic::new(codes::E0623, message).help("write `api.example.com` or `*.example.com`"))
        })
    });
    let rules: Vec<_> = rules.collect::<Result<_, Stop>>()?;
    Ok(if rules.is_empty() { transport } else { Arc::new(Propagating::new(transport, rules)) })
}
