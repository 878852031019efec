//! Connections that wait for their next request, by origin; the one used last is used first.

use super::http1::Connection;
use crate::http::auth::ClientCertificate;
use crate::http::target::Origin;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Of a connection whose answer came so short a time ago the runtime is asked whether it is open, and not the system: a close would hardly
/// have arrived, and the system's word costs a busy client one call in four.
const FRESH: Duration = Duration::from_millis(1);

/// Idle connections.
pub(super) struct Pool {
    /// A handful of origins, as a rule: comparing them is cheaper than hashing them.
    idle: Mutex<BTreeMap<Origin, Vec<Idle>>>,
    per_origin: usize,
    idle_limit: Duration,
}

struct Idle {
    connection: Connection,
    /// The client certificate it has shown: no other request may have it.
    certificate: Option<ClientCertificate>,
    since: Instant,
}

impl Pool {
    /// A pool that keeps at most `per_origin` connections to an origin, each for at most `idle_limit`.
    pub(super) fn new(per_origin: usize, idle_limit: Duration) -> Self {
        Self { idle: Mutex::default(), per_origin, idle_limit }
    }

    /// The connection used last that is still open.
    pub(super) fn take(&self, origin: &Origin, certificate: Option<&ClientCertificate>) -> Option<Connection> {
        loop {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = idle.get_mut(origin)?;
            if waiting.is_empty() {
                idle.remove(origin);
                return None;
            }
            let own = waiting.iter().rposition(|idle| idle.certificate.as_ref() == certificate)?;
            let Idle { mut connection, since, .. } = waiting.remove(own);
            let waited = since.elapsed();
            if waited > self.idle_limit {
                // Those below have waited longer still.
                idle.remove(origin);
                return None;
            }
            drop(idle);
            if (waited < FRESH && connection.is_quiet()) || connection.is_open() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection whose last answer was read to its end. The one that has waited longest makes room.
    pub(super) fn put(&self, origin: &Origin, certificate: Option<&ClientCertificate>, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = Idle { connection, certificate: certificate.cloned(), since: Instant::now() };
        let Some(waiting) = idle.get_mut(origin) else {
            // A new origin is the moment to forget those that nobody asks for any more.
            idle.retain(|_, waiting| waiting.last().is_some_and(|last| last.since.elapsed() <= self.idle_limit));
            idle.insert(origin.clone(), vec![entry]);
            return;
        };
        if waiting.len() >= self.per_origin {
            waiting.remove(0);
        }
        waiting.push(entry);
    }

    /// How many connections wait.
    pub(super) fn len(&self) -> usize {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }
}
