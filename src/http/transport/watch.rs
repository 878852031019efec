//! The clock of one delivery: its limits, and how long each phase took.

use super::failure::{Failure, Phase};
use super::{TimeOuts, Timings};
use crate::definition::Dialect;
use std::time::{Duration, Instant};

/// The limits of one delivery, and what was measured so far.
pub(super) struct Watch {
    limits: TimeOuts,
    /// The setting of `read`.
    silence: &'static str,
    started: Instant,
    deadline: Option<Instant>,
    phase: Phase,
    phase_started: Instant,
    /// What was measured.
    pub(super) timings: Timings,
    /// Whether any byte of the request was written.
    pub(super) written: bool,
}

impl Watch {
    pub(super) fn start(limits: TimeOuts, dialect: Dialect, deadline: Option<Instant>) -> Self {
        let started = Instant::now();
        let silence = match dialect {
            Dialect::Legwork => "timeOuts.idleMs",
            Dialect::Conductor => "readTimeOut",
        };
        Self {
            limits,
            silence,
            started,
            deadline,
            phase: Phase::Dns,
            phase_started: started,
            timings: Timings::default(),
            written: false,
        }
    }

    /// Everything measured, with the time since the start.
    pub(super) fn stop(self) -> Timings {
        Timings { total: self.started.elapsed(), ..self.timings }
    }

    /// What the future gives, or the phase's own time-out. The one of the whole call is set once, around all phases.
    pub(super) async fn within<T>(&mut self, phase: Phase, future: impl Future<Output = T>) -> Result<T, Failure> {
        if self.phase != phase {
            self.phase = phase;
            if self.limits.limits_phases() {
                self.phase_started = Instant::now();
            }
        }
        let Some((end, limit, setting)) = self.end(phase) else { return Ok(future.await) };
        let timed = tokio::time::timeout_at(end.into(), future).await;
        timed.map_err(|_| Failure::TimedOut { phase, limit, setting })
    }

    /// The failure of a call that was not over by its deadline.
    pub(super) fn too_late(&self) -> Failure {
        let end = self.deadline.unwrap_or(self.started);
        let limit = self.limits.total.unwrap_or_else(|| end.saturating_duration_since(self.started));
        Failure::TimedOut { phase: self.phase, limit, setting: "readTimeOut" }
    }

    /// The moment that ends the phase, the limit behind it and its setting.
    fn end(&self, phase: Phase) -> Option<(Instant, Duration, &'static str)> {
        let TimeOuts { connect, dns, tls, first_byte, read, .. } = self.limits;
        let from = |start: Instant, limit: Option<Duration>, setting| {
            limit.and_then(|limit| Some((start.checked_add(limit)?, limit, setting)))
        };
        let opened = || from(self.started, connect, "connectionTimeOut");
        let silent = || read.and_then(|_| from(Instant::now(), read, self.silence));
        let [all, own] = match phase {
            Phase::Dns => [opened(), from(self.phase_started, dns, "timeOuts.dnsMs")],
            Phase::Connect => [opened(), None],
            Phase::Tls => [opened(), from(self.phase_started, tls, "timeOuts.tlsMs")],
            Phase::FirstByte => [silent(), from(self.phase_started, first_byte, "timeOuts.firstByteMs")],
            Phase::Send | Phase::Body => [silent(), None],
        };
        // The one that is over first.
        match (all, own) {
            (Some(all), Some(own)) => Some(if own.0 < all.0 { own } else { all }),
            (all, own) => all.or(own),
        }
    }
}
