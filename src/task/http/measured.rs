//! Counts what became of a call, where somebody counts.

use super::super::Attempt;
use super::limits::Sent;
use super::{Known, deliver_now};
use crate::catalogue::Entry;
use crate::http::{HttpRequest, Kind};
use crate::metrics::{Called, Metrics};
use std::sync::Arc;
use std::time::Instant;

/// Sends the request, and counts it.
pub(super) async fn deliver(
    metrics: &Metrics,
    request: &HttpRequest,
    (known, entry): (&Known, Option<&Arc<Entry>>),
    attempt: &Attempt<'_>,
) -> Sent {
    let started = Instant::now();
    let in_flight = metrics.begin();
    let sent = deliver_now(request, (known, entry), attempt).await;
    drop(in_flight);
    metrics.called(&Called {
        entry: entry.map(|entry| entry.name.as_str()).unwrap_or_default(),
        method: request.method(),
        status: sent.result.status_code,
        kind: sent.result.kind.as_ref().map(Kind::as_str),
        took: started.elapsed(),
    });
    sent
}
