//! `Retry-After`: seconds, an HTTP date, or an ISO-8601 moment as some APIs send it.

use super::moment;
use std::time::{Duration, UNIX_EPOCH};

/// When a call may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBefore {
    /// So long after the answer came.
    After(Duration),
    /// At that moment, milliseconds since 1970.
    At(i64),
}

impl NotBefore {
    /// Reads a field's value; `None` when it is none of the three forms. Fractions of a second are rounded up.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Some(seconds) = value.parse::<f64>().ok().filter(|_| value.starts_with(|ch: char| ch.is_ascii_digit())) {
            return Duration::try_from_secs_f64(seconds.ceil()).ok().map(Self::After);
        }
        if let Ok(date) = httpdate::parse_http_date(value) {
            let since = date.duration_since(UNIX_EPOCH).ok()?;
            return i64::try_from(since.as_millis()).ok().map(Self::At);
        }
        moment::read(value).map(Self::At)
    }

    /// How long to wait when it is `now`, milliseconds since 1970.
    #[must_use]
    pub fn delay(self, now: i64) -> Duration {
        match self {
            Self::After(delay) => delay,
            Self::At(moment) => Duration::from_millis(u64::try_from(moment.saturating_sub(now)).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<NotBefore>) {
        assert_eq!(NotBefore::parse(value), expected, "{value}");
    }

    #[test]
    fn the_three_forms_are_read() {
        check("17", Some(NotBefore::After(Duration::from_secs(17))));
        check(" 1.5 ", Some(NotBefore::After(Duration::from_secs(2))));
        check("Fri, 31 Dec 1999 23:59:59 GMT", Some(NotBefore::At(946_684_799_000)));
        check("1999-12-31T23:59:59Z", Some(NotBefore::At(946_684_799_000)));
        check("1999-12-31T23:59:59+01:00", Some(NotBefore::At(946_681_199_000)));
    }

    #[test]
    fn anything_else_is_ignored() {
        for value in ["", "soon", "-5", "NaN", "inf", "1e400", "1999-12-31"] {
            check(value, None);
        }
    }

    #[test]
    fn a_moment_in_the_past_is_no_delay() {
        assert_eq!(NotBefore::At(1_000).delay(5_000), Duration::ZERO);
        assert_eq!(NotBefore::At(5_000).delay(1_000), Duration::from_secs(4));
    }
}
