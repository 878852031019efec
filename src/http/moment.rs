//! Moments as HTTP APIs write them: ISO 8601 in the form of RFC 3339, and milliseconds since 1970.

use humantime::{format_rfc3339_millis, parse_rfc3339};
use std::time::{Duration, UNIX_EPOCH};

/// `2026-11-22T14:13:20.952Z`; a moment before 1970 or after 9999 is 1970's first.
pub(crate) fn written(at_ms: i64) -> String {
    const LAST: u64 = 253_402_300_799_999;
    let since = u64::try_from(at_ms).ok().filter(|since| *since <= LAST).unwrap_or(0);
    format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(since)).to_string()
}

/// Reads `2026-11-22T14:13:20.952Z` and `2026-11-22T15:13:20+01:00`; `None` when it is neither, or before 1970.
pub(crate) fn read(text: &str) -> Option<i64> {
    let (local, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(local) => (local, 0),
        None => {
            text.split_at_checked(text.len().checked_sub(6)?).and_then(|(local, zone)| Some((local, minutes(zone)?)))?
        }
    };
    let moment = parse_rfc3339(&format!("{}Z", local.replacen('t', "T", 1))).ok()?;
    let since = i64::try_from(moment.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    Some(since - offset * 60_000)
}

/// How far ahead `+01:00` or `-08:30` is, in minutes.
fn minutes(zone: &str) -> Option<i64> {
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let number = |text: &str, below: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| digits && *number < below)
    };
    Some(sign * (number(hours, 24)? * 60 + number(minutes, 60)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(read(text), expected, "{text}");
    }

    #[test]
    fn moments_are_read_in_every_zone() {
        check("1999-12-31T23:59:59Z", Some(946_684_799_000));
        check("1999-12-31t23:59:59.250z", Some(946_684_799_250));
        check("1999-12-31T23:59:59+01:00", Some(946_681_199_000));
        check("1999-12-31T23:59:59.5-08:30", Some(946_715_399_500));
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in ["", "Z", "1999-12-31", "1999-12-31T23:59:59", "1999-13-31T23:59:59Z", "1999-12-31T23:59:59+1:00"] {
            check(text, None);
        }
        for text in [
            "1999-12-31T23:59:59+24:00",
            "1999-12-31T23:59:59 01:00",
            "soon, quite soon, in a moment or two",
            "é+01:00",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        assert_eq!(written(946_684_799_250), "1999-12-31T23:59:59.250Z");
        check(&written(1_795_000_000_001), Some(1_795_000_000_001));
        assert_eq!(written(i64::MIN), "1970-01-01T00:00:00.000Z");
        assert_eq!(written(i64::MAX), "1970-01-01T00:00:00.000Z");
    }
}
