//! How many calls in how much time: what is known beforehand, and what answers tell. Time is passed in.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// How many calls an API takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// In any second.
    pub per_second: Option<u32>,
    /// In any minute.
    pub per_minute: Option<u32>,
    /// From 00:00 to 24:00 UTC.
    pub per_day: Option<u32>,
}

/// The calls of one label, account and host.
#[derive(Debug, Default)]
pub(super) struct Rate {
    windows: Vec<Window>,
    day: Option<Day>,
    /// What an answer said is left: for a short time, and for the day.
    left: [Option<Allowance>; 2],
    /// Nothing goes before that, by an answer's word.
    closed_until_ms: i64,
}

/// The state of a rate limit, as it is written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct KeptRate {
    /// The calls of each window, by its length in milliseconds.
    windows: Vec<(i64, VecDeque<i64>)>,
    /// The number of the day, and its calls.
    day: Option<(i64, u32)>,
    left: [Option<Allowance>; 2],
    closed_until_ms: i64,
}

/// At most `limit` calls in any `period_ms`. The window slides: never more than that, also across the end of a second.
#[derive(Debug)]
struct Window {
    limit: usize,
    period_ms: i64,
    /// The last `limit` calls.
    calls: VecDeque<i64>,
}

#[derive(Debug)]
struct Day {
    limit: u32,
    number: i64,
    calls: u32,
}

/// So many calls are left until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowance {
    pub(super) left: u32,
    pub(super) until_ms: i64,
}

/// Which of the two allowances an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Short,
    Day,
}

impl Rate {
    pub(super) fn new(quota: Quota) -> Self {
        let window = |limit: Option<u32>, period_ms| {
            limit.map(|limit| Window {
                limit: usize::try_from(limit).unwrap_or(usize::MAX).max(1),
                period_ms,
                calls: VecDeque::new(),
            })
        };
        let windows = [window(quota.per_second, 1000), window(quota.per_minute, 60_000)];
        let day = quota.per_day.map(|limit| Day { limit, number: 0, calls: 0 });
        Self { windows: windows.into_iter().flatten().collect(), day, ..Self::default() }
    }

    /// What is known of a rate limit that several processes share.
    pub(super) fn restore(quota: Quota, kept: &KeptRate) -> Self {
        let mut rate = Self::new(quota);
        for window in &mut rate.windows {
            let known = kept.windows.iter().find(|(period_ms, _)| *period_ms == window.period_ms);
            let mut calls = known.map(|(_, calls)| calls.clone()).unwrap_or_default();
            // Another process may know of another limit.
            calls.drain(..calls.len().saturating_sub(window.limit));
            window.calls = calls;
        }
        if let (Some(day), Some((number, calls))) = (&mut rate.day, kept.day) {
            (day.number, day.calls) = (number, calls);
        }
        Self { left: kept.left, closed_until_ms: kept.closed_until_ms, ..rate }
    }

    /// What has to be kept of it: calls that no window holds any more are not.
    pub(super) fn keep(&self, now_ms: i64) -> KeptRate {
        let windows = self.windows.iter().map(|window| {
            let counts = |at: &&i64| at.saturating_add(window.period_ms) > now_ms;
            (window.period_ms, window.calls.iter().filter(counts).copied().collect())
        });
        KeptRate {
            windows: windows.collect(),
            day: self.day.as_ref().map(|day| (day.number, day.calls)),
            left: self.left,
            closed_until_ms: self.closed_until_ms,
        }
    }

    /// The moment at which one more call may go, now or later.
    pub(super) fn next(&self, now_ms: i64) -> i64 {
        let mut at = now_ms.max(self.closed_until_ms);
        for window in &self.windows {
            at = at.max(window.next());
        }
        for allowance in self.left.iter().flatten().filter(|allowance| allowance.left == 0) {
            at = at.max(allowance.until_ms);
        }
        match &self.day {
            Some(day) if day.number == at.div_euclid(DAY_MS) && day.calls >= day.limit => midnight_after(at),
            _ => at,
        }
    }

    /// Takes the next moment, unless it is more than `patience_ms` away.
    ///
    /// # Errors
    /// That moment; nothing was taken then.
    pub(super) fn take(&mut self, now_ms: i64, patience_ms: i64) -> Result<i64, i64> {
        self.forget(now_ms);
        let at = self.next(now_ms);
        if at - now_ms > patience_ms {
            return Err(at);
        }
        self.windows.iter_mut().for_each(|window| window.add(at));
        if let Some(day) = &mut self.day {
            let number = at.div_euclid(DAY_MS);
            (day.number, day.calls) = if day.number == number { (number, day.calls + 1) } else { (number, 1) };
        }
        for allowance in self.left.iter_mut().flatten() {
            allowance.left = allowance.left.saturating_sub(1);
        }
        Ok(at)
    }

    /// The moment that was taken, or a later one when an answer has closed the limit since.
    pub(super) fn closed_since(&self, taken_ms: i64) -> i64 {
        taken_ms.max(self.closed_until_ms)
    }

    /// An answer says how many calls are left. Answers come in any order: the latest time counts, and its smallest number.
    pub(super) fn observe(&mut self, span: Span, told: Allowance, now_ms: i64) {
        self.forget(now_ms);
        let [short, day] = &mut self.left;
        let slot = if span == Span::Day { day } else { short };
        *slot = Some(match *slot {
            Some(known) if known.until_ms > told.until_ms => known,
            Some(known) if known.until_ms == told.until_ms => Allowance { left: known.left.min(told.left), ..told },
            _ => told,
        });
    }

    /// An answer says that nothing goes before that.
    pub(super) fn close_until(&mut self, until_ms: i64) {
        self.closed_until_ms = self.closed_until_ms.max(until_ms);
    }

    /// Whether anything is known that could hold a call back.
    pub(super) fn is_open(&self, now_ms: i64) -> bool {
        self.windows.is_empty()
            && self.day.is_none()
            && self.closed_until_ms <= now_ms
            && self.left.iter().flatten().all(|allowance| allowance.until_ms <= now_ms)
    }

    fn forget(&mut self, now_ms: i64) {
        for slot in &mut self.left {
            *slot = slot.filter(|allowance| allowance.until_ms > now_ms);
        }
    }
}

impl Window {
    fn next(&self) -> i64 {
        let full = self.calls.len() >= self.limit;
        self.calls.front().filter(|_| full).map_or(i64::MIN, |first| first.saturating_add(self.period_ms))
    }

    fn add(&mut self, at: i64) {
        self.calls.push_back(at);
        if self.calls.len() > self.limit {
            self.calls.pop_front();
        }
    }
}

/// The first 00:00 UTC after a moment.
pub(in crate::http) fn midnight_after(now_ms: i64) -> i64 {
    (now_ms.div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When calls that all come at `now` may go.
    #[track_caller]
    fn check(rate: &mut Rate, now: i64, expected: &[i64]) {
        let got: Vec<_> = expected.iter().map(|_| rate.take(now, i64::MAX / 4).expect("enough patience")).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn no_second_has_more_calls_than_its_limit() {
        let mut rate = Rate::new(Quota { per_second: Some(2), ..Quota::default() });
        check(&mut rate, 900, &[900, 900, 1900, 1900, 2900]);
        check(&mut rate, 3500, &[3500, 3900]);
    }

    #[test]
    fn all_limits_hold_at_once() {
        let mut rate = Rate::new(Quota { per_second: Some(2), per_minute: Some(3), per_day: Some(5) });
        check(&mut rate, 0, &[0, 0, 1000, 60_000, 60_000]);
        check(&mut rate, 60_000, &[DAY_MS]);
    }

    #[test]
    fn a_wait_that_is_too_long_takes_nothing() {
        let mut rate = Rate::new(Quota { per_second: Some(1), ..Quota::default() });
        assert_eq!(rate.take(0, 500), Ok(0));
        assert_eq!(rate.take(0, 500), Err(1000));
        assert_eq!(rate.take(600, 500), Ok(1000));
    }

    #[test]
    fn what_an_answer_says_is_kept_to() {
        let mut rate = Rate::default();
        assert!(rate.is_open(0));
        rate.observe(Span::Short, Allowance { left: 1, until_ms: 1000 }, 0);
        rate.observe(Span::Short, Allowance { left: 5, until_ms: 1000 }, 0);
        check(&mut rate, 0, &[0, 1000]);
        assert!(rate.is_open(1000));
        rate.close_until(5000);
        check(&mut rate, 1000, &[5000]);
        rate.observe(Span::Day, Allowance { left: 0, until_ms: DAY_MS }, 6000);
        assert_eq!(rate.take(6000, 1000), Err(DAY_MS));
    }

    #[test]
    fn what_is_kept_of_it_goes_on_where_it_was() {
        let quota = Quota { per_second: Some(2), per_minute: Some(3), per_day: Some(5) };
        let mut rate = Rate::new(quota);
        for expected in [0, 0, 1000, 60_000, 60_000, DAY_MS] {
            let text = serde_json::to_string(&rate.keep(0)).expect("its state");
            rate = Rate::restore(quota, &serde_json::from_str(&text).expect("its state"));
            check(&mut rate, 0, &[expected]);
        }
        let fewer = Quota { per_second: Some(1), ..Quota::default() };
        assert_eq!(Rate::restore(fewer, &rate.keep(0)).next(0), DAY_MS + 1000);
        assert!(rate.keep(2 * DAY_MS).windows.iter().all(|(_, calls)| calls.is_empty()));
    }

    #[test]
    fn midnight_is_utc() {
        assert_eq!(midnight_after(0), DAY_MS);
        assert_eq!(midnight_after(DAY_MS - 1), DAY_MS);
        assert_eq!(midnight_after(DAY_MS), 2 * DAY_MS);
    }
}
