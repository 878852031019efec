//! The circuit breaker: an API that has failed so often in a row is left alone for a while, then tried with one call. Time is passed in.

use crate::metrics::BreakerState;

/// When an API is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// After so many failures in a row.
    pub failures: u32,
    /// For so many milliseconds.
    pub open_ms: i64,
}

/// The state of one API.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// Failures since the last success.
    failures: u32,
    /// Since when it is left alone.
    opened_ms: Option<i64>,
    /// Whether the one call that tries it is under way.
    trying: bool,
}

impl Breaker {
    /// Whether a call may go.
    ///
    /// # Errors
    /// The moment when the next one may try.
    pub(super) fn ask(&mut self, policy: BreakerPolicy, now_ms: i64) -> Result<(), i64> {
        let Some(opened) = self.opened_ms else { return Ok(()) };
        let until = opened.saturating_add(policy.open_ms);
        if now_ms < until {
            return Err(until);
        }
        if self.trying {
            return Err(now_ms.saturating_add(policy.open_ms));
        }
        self.trying = true;
        Ok(())
    }

    /// Tells what became of a call that went.
    pub(super) fn tell(&mut self, policy: BreakerPolicy, went_well: bool, now_ms: i64) {
        if went_well {
            *self = Self::default();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let tried_in_vain = std::mem::take(&mut self.trying);
        if tried_in_vain || (self.failures >= policy.failures && self.opened_ms.is_none()) {
            self.opened_ms = Some(now_ms);
        }
    }

    /// What it lets through.
    pub(super) fn state(&self) -> BreakerState {
        match (self.opened_ms, self.trying) {
            (None, _) => BreakerState::Closed,
            (Some(_), true) => BreakerState::HalfOpen,
            (Some(_), false) => BreakerState::Open,
        }
    }

    /// A call that went was dropped, and nobody knows what became of it.
    pub(super) fn forget(&mut self) {
        self.trying = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy { failures: 2, open_ms: 1000 };

    /// Steps: what is asked or told at a time, and what a question is answered with.
    #[track_caller]
    fn check(steps: &[(i64, &str)]) {
        let mut breaker = Breaker::default();
        for (now, step) in steps {
            match *step {
                "well" => breaker.tell(POLICY, true, *now),
                "fails" => breaker.tell(POLICY, false, *now),
                "dropped" => breaker.forget(),
                answer => {
                    let got = match breaker.ask(POLICY, *now) {
                        Ok(()) => "goes".to_owned(),
                        Err(until) => format!("not before {until}"),
                    };
                    assert_eq!(got, answer, "at {now} of {steps:?}");
                }
            }
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_call_tries() {
        check(&[
            (0, "goes"),
            (0, "fails"),
            (1, "goes"),
            (1, "fails"),
            (2, "not before 1001"),
            (1000, "not before 1001"),
        ]);
        check(&[(0, "fails"), (1, "fails"), (1001, "goes"), (1001, "not before 2001"), (1002, "well"), (1003, "goes")]);
        check(&[
            (0, "fails"),
            (1, "fails"),
            (1001, "goes"),
            (1500, "fails"),
            (1501, "not before 2500"),
            (2500, "goes"),
        ]);
    }

    #[test]
    fn a_success_in_between_closes_the_count() {
        check(&[(0, "fails"), (1, "well"), (2, "fails"), (3, "goes")]);
    }

    #[test]
    fn a_try_that_was_dropped_leaves_the_next_one_free() {
        check(&[(0, "fails"), (1, "fails"), (1001, "goes"), (1002, "dropped"), (1003, "goes")]);
    }
}
