//! Whether a process is ready for work, for whoever watches over it.

use std::sync::atomic::{AtomicU8, Ordering};

/// How a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// It has not reached its server yet.
    Starting,
    /// It takes work.
    Ready,
    /// Its server does not answer.
    Away,
    /// It ends what it has begun, and takes no more.
    Draining,
}

/// The state of a process, which `/health` and `/ready` tell.
#[derive(Debug)]
pub struct Health(AtomicU8);

impl Default for Health {
    fn default() -> Self {
        Self(AtomicU8::new(State::Starting as u8))
    }
}

impl State {
    const ALL: [Self; 4] = [Self::Starting, Self::Ready, Self::Away, Self::Draining];

    /// The state's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Away => "server away",
            Self::Draining => "draining",
        }
    }
}

impl Health {
    /// Sets the state; one that drains stays so.
    pub fn set(&self, state: State) {
        let change = |now: u8| (now != State::Draining as u8).then_some(state as u8);
        // Nothing is changed when it drains.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> State {
        let now = self.0.load(Ordering::Relaxed);
        State::ALL.into_iter().find(|state| *state as u8 == now).unwrap_or(State::Starting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_drains_is_never_ready_again() {
        let health = Health::default();
        let mut seen = vec![health.state()];
        for state in [State::Ready, State::Away, State::Ready, State::Draining, State::Ready] {
            health.set(state);
            seen.push(health.state());
        }
        let expected = [State::Starting, State::Ready, State::Away, State::Ready, State::Draining, State::Draining];
        assert_eq!(seen, expected);
    }
}
