//! The clock of one delivery: its limits, and how long each phase took.

use super::failure::{Failure, Phase};
use super::{TimeOuts, Timings};
use std::time::{Duration, Instant};

/// The limits of one delivery, and what was measured so far.
pub(super) struct Watch {
    limits: TimeOuts,
    started: Instant,
    deadline: Option<Instant>,
    phase: Phase,
    /// What was measured.
    pub(super) timings: Timings,
    /// Whether any byte of the request was written.
    pub(super) written: bool,
}

impl Watch {
    pub(super) fn start(limits: TimeOuts, deadline: Option<Instant>) -> Self {
        Self {
            limits,
            started: Instant::now(),
            deadline,
            phase: Phase::Dns,
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
        self.phase = phase;
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

    /// One of `parts` equal shares of the time left to connect.
    pub(super) fn share(&self, parts: usize) -> Duration {
        let parts = u32::try_from(parts).unwrap_or(u32::MAX).max(1);
        let connected = self.end(Phase::Connect).map(|(end, ..)| end);
        let end = connected.into_iter().chain(self.deadline).min();
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        left.unwrap_or(Duration::from_secs(10)) / parts
    }

    /// The moment that ends the phase, the limit behind it and its setting.
    fn end(&self, phase: Phase) -> Option<(Instant, Duration, &'static str)> {
        match phase {
            Phase::Dns | Phase::Connect | Phase::Tls => {
                let connect = self.limits.connect;
                connect.and_then(|limit| Some((self.started.checked_add(limit)?, limit, "connectionTimeOut")))
            }
            Phase::Send | Phase::FirstByte | Phase::Body => {
                let read = self.limits.read;
                read.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit, "readTimeOut")))
            }
        }
    }
}
