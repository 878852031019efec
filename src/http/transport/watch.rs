//! The clock of one delivery: its limits, and how long each phase took.

use super::failure::{Failure, Phase};
use super::{TimeOuts, Timings};
use std::time::{Duration, Instant};

/// The limits of one delivery, and what was measured so far.
pub(super) struct Watch {
    limits: TimeOuts,
    started: Instant,
    deadline: Option<Instant>,
    /// What was measured.
    pub(super) timings: Timings,
    /// Whether any byte of the request was written.
    pub(super) written: bool,
}

impl Watch {
    pub(super) fn start(limits: TimeOuts, deadline: Option<Instant>) -> Self {
        Self { limits, started: Instant::now(), deadline, timings: Timings::default(), written: false }
    }

    /// Everything measured, with the time since the start.
    pub(super) fn stop(self) -> Timings {
        Timings { total: self.started.elapsed(), ..self.timings }
    }

    /// What the future gives, or the time-out that was over first.
    pub(super) async fn within<T>(&self, phase: Phase, future: impl Future<Output = T>) -> Result<T, Failure> {
        let Some((end, limit, setting)) = self.end(phase) else { return Ok(future.await) };
        let timed = tokio::time::timeout_at(end.into(), future).await;
        timed.map_err(|_| Failure::TimedOut { phase, limit, setting })
    }

    /// One of `parts` equal shares of the time left to connect.
    pub(super) fn share(&self, parts: usize) -> Duration {
        let parts = u32::try_from(parts).unwrap_or(u32::MAX).max(1);
        let left = |end: Instant| end.saturating_duration_since(Instant::now());
        self.end(Phase::Connect).map_or(Duration::from_secs(10), |(end, ..)| left(end)) / parts
    }

    /// The moment that ends the phase, the limit behind it and its setting.
    fn end(&self, phase: Phase) -> Option<(Instant, Duration, &'static str)> {
        let own = match phase {
            Phase::Dns | Phase::Connect | Phase::Tls => {
                let connect = self.limits.connect;
                connect.and_then(|limit| Some((self.started.checked_add(limit)?, limit, "connectionTimeOut")))
            }
            Phase::Send | Phase::FirstByte | Phase::Body => {
                let read = self.limits.read;
                read.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit, "readTimeOut")))
            }
        };
        let whole =
            self.deadline.map(|end| (end, self.limits.total.unwrap_or_else(|| end - self.started), "readTimeOut"));
        match (own, whole) {
            (Some(own), Some(whole)) => Some(if own.0 <= whole.0 { own } else { whole }),
            (own, whole) => own.or(whole),
        }
    }
}
