//! What listeners hear of limits, and what is counted: waits, calls that were not sent, and breakers that open and close.
//!
//! Hosts are those of task definitions: no other host has limits.

use super::{Limits, Policy, Withheld};
use crate::metrics::BreakerState;
use std::time::Duration;

pub(super) fn waited(limits: &Limits, (policy, limit): (&Policy, &'static str), took: Duration) {
    if let Some(metrics) = limits.metrics() {
        metrics.waited(&policy.label, limit, took);
    }
    let waited_ms = took.as_secs_f64() * 1e3;
    tracing::info!(
        target: "legwork::limit",
        { legwork.limit = limit, legwork.limit.label = &*policy.label, waited_ms },
        "waited for a limit"
    );
}

pub(super) fn withheld(limits: &Limits, policy: &Policy, withheld: &Withheld) {
    if let Some(metrics) = limits.metrics() {
        metrics.withheld(&policy.label, withheld.kind);
    }
    tracing::warn!(
        target: "legwork::limit",
        { error.type = withheld.kind, legwork.limit.label = &*policy.label },
        "a limit kept the call from being sent"
    );
}

pub(super) fn breaker(limits: &Limits, host: &str, state: BreakerState) {
    if let Some(metrics) = limits.metrics() {
        metrics.breaker(host, state);
    }
    tracing::warn!(
        target: "legwork::limit",
        { server.address = host, legwork.breaker.state = state.as_str() },
        "the circuit breaker is {}",
        state.as_str()
    );
}
