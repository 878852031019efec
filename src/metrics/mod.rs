//! What a process counts of its calls, for a Prometheus server to read.
//!
//! One [`Metrics`] is shared by everything that serves or calls: [`Limits`](crate::http::limit::Limits) hold it for calls, a run tells it of
//! retries as an [`Observer`](crate::run::Observer), a served sandbox of its answers. It knows no clock and no socket: times are passed in, and
//! [`Metrics::text`] is what `/metrics` answers.
//!
//! Labels are names from definitions, methods, classes of statuses and kinds: never a URL, an input or anything that a server said. A family
//! keeps at most a thousand label sets; what comes after them is counted under `other`, so nothing that comes from outside can make it grow.

mod family;
mod worker;

use family::{Counters, Gauges, Histograms};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use worker::WorkerCounts;

/// Counters, gauges and histograms of a process.
#[derive(Debug)]
pub struct Metrics {
    calls: Counters<4>,
    durations: Histograms<2>,
    in_flight: AtomicI64,
    retries: Counters<1>,
    waits: Histograms<2>,
    withheld: Counters<2>,
    breakers: Gauges<1>,
    answers: Counters<3>,
    answer_durations: Histograms<1>,
    worker: WorkerCounts,
}

/// A call that ended.
#[derive(Debug, Clone, Copy)]
pub struct Called<'c> {
    /// The task definition's name; empty without one.
    pub entry: &'c str,
    /// The method.
    pub method: &'c str,
    /// The status of the answer; `None` when none came.
    pub status: Option<u16>,
    /// The kind of the failure; `None` when it went well.
    pub kind: Option<&'c str>,
    /// How long it took, waits included.
    pub took: Duration,
}

/// A state of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls go.
    Closed,
    /// One call tries.
    HalfOpen,
    /// None goes.
    Open,
}

impl BreakerState {
    /// The state's name in events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half-open",
            Self::Open => "open",
        }
    }
}

/// A call under way; dropping it ends that.
#[derive(Debug)]
pub struct InFlight<'m>(&'m AtomicI64);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            calls: Counters::new(
                "legwork_calls_total",
                "Calls that ended, by the status and kind of their outcome.",
                ["entry", "method", "status", "kind"],
            ),
            durations: Histograms::new(
                "legwork_call_duration_seconds",
                "How long calls took, waits for limits included.",
                ["entry", "method"],
            ),
            in_flight: AtomicI64::new(0),
            retries: Counters::new("legwork_retries_total", "Attempts after the first.", ["task"]),
            waits: Histograms::new(
                "legwork_limit_wait_seconds",
                "How long calls waited for a limit.",
                ["label", "limit"],
            ),
            withheld: Counters::new(
                "legwork_limit_withheld_total",
                "Calls that a limit kept from being sent.",
                ["label", "limit"],
            ),
            breakers: Gauges::new(
                "legwork_breaker_state",
                "The state of a host's circuit breaker: 0 closed, 1 half-open, 2 open.",
                ["host"],
            ),
            answers: Counters::new(
                "legwork_sandbox_answers_total",
                "Requests that the sandbox answered.",
                ["entry", "method", "status"],
            ),
            answer_durations: Histograms::new(
                "legwork_sandbox_answer_duration_seconds",
                "How long the sandbox took to answer.",
                ["entry"],
            ),
            worker: WorkerCounts::default(),
        }
    }
}

impl Metrics {
    /// Counts a call that begins.
    #[must_use]
    pub fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(&self.in_flight)
    }

    /// Counts a call that ended.
    pub fn called(&self, called: &Called<'_>) {
        let method = method(called.method);
        let status = called.status.map_or("none", class);
        self.calls.add([called.entry, method, status, called.kind.unwrap_or_default()]);
        self.durations.observe([called.entry, method], called.took);
    }

    /// Counts another attempt at a task.
    pub fn retried(&self, task: &str) {
        self.retries.add([task]);
    }

    /// Counts a wait for a limit: `limit` is its kind, `label` the name of the rate limit.
    pub fn waited(&self, label: &str, limit: &'static str, took: Duration) {
        self.waits.observe([label, limit], took);
    }

    /// Counts a call that a limit kept from being sent.
    pub fn withheld(&self, label: &str, limit: &'static str) {
        self.withheld.add([label, limit]);
    }

    /// Keeps the state of a host's circuit breaker.
    pub fn breaker(&self, host: &str, state: BreakerState) {
        let value = match state {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open => 2,
        };
        self.breakers.set([host], value);
    }

    /// Counts an answer of a served sandbox; `entry` is empty when none has that path, and the status `None` when the connection was closed.
    pub fn answered(&self, entry: &str, asked_method: &str, status: Option<u16>, took: Duration) {
        self.answers.add([entry, method(asked_method), status.map_or("none", class)]);
        self.answer_durations.observe([entry], took);
    }

    /// Everything, in the text format that Prometheus reads.
    ///
    /// Source: Prometheus, Exposition formats, text format 0.0.4.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(4096);
        self.calls.write(&mut text);
        self.durations.write(&mut text);
        family::write_gauge(
            &mut text,
            "legwork_calls_in_flight",
            "Calls under way.",
            self.in_flight.load(Ordering::Relaxed),
        );
        self.retries.write(&mut text);
        self.waits.write(&mut text);
        self.withheld.write(&mut text);
        self.breakers.write(&mut text);
        self.answers.write(&mut text);
        self.answer_durations.write(&mut text);
        self.worker.write(&mut text);
        text
    }
}

/// The methods that are told apart.
fn method(method: &str) -> &str {
    const KNOWN: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    if KNOWN.contains(&method) { method } else { "other" }
}

/// The class of a status.
fn class(status: u16) -> &'static str {
    match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500..600 => "5xx",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that begin with a text.
    #[track_caller]
    fn check(metrics: &Metrics, begin: &str, expected: &[&str]) {
        let text = metrics.text();
        let found: Vec<_> = text.lines().filter(|line| line.starts_with(begin)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn calls_are_counted_by_what_became_of_them() {
        let metrics = Metrics::default();
        let under_way = metrics.begin();
        let call =
            Called { entry: "get", method: "GET", status: Some(204), kind: None, took: Duration::from_millis(7) };
        metrics.called(&call);
        metrics.called(&call);
        metrics.called(&Called { status: None, kind: Some("timeout"), method: "BREW", ..call });
        check(
            &metrics,
            "legwork_calls_total",
            &[
                "legwork_calls_total{entry=\"get\",method=\"GET\",status=\"2xx\",kind=\"\"} 2",
                "legwork_calls_total{entry=\"get\",method=\"other\",status=\"none\",kind=\"timeout\"} 1",
            ],
        );
        check(&metrics, "legwork_calls_in_flight", &["legwork_calls_in_flight 1"]);
        drop(under_way);
        check(&metrics, "legwork_calls_in_flight", &["legwork_calls_in_flight 0"]);
        check(
            &metrics,
            "legwork_call_duration_seconds_count",
            &[
                "legwork_call_duration_seconds_count{entry=\"get\",method=\"GET\"} 2",
                "legwork_call_duration_seconds_count{entry=\"get\",method=\"other\"} 1",
            ],
        );
    }

    #[test]
    fn a_breaker_has_one_state() {
        let metrics = Metrics::default();
        metrics.breaker("api.example.com", BreakerState::Open);
        metrics.breaker("api.example.com", BreakerState::HalfOpen);
        check(&metrics, "legwork_breaker_state", &["legwork_breaker_state{host=\"api.example.com\"} 1"]);
    }

    #[test]
    fn what_nobody_counted_is_not_there() {
        assert_eq!(
            Metrics::default().text(),
            "# HELP legwork_calls_in_flight Calls under way.\n# TYPE legwork_calls_in_flight gauge\nlegwork_calls_in_flight 0\n"
        );
    }
}
