//! What an answer's fields say of an API's limits.
//!
//! Source: RFC 9110 section 10.2.3 (`Retry-After`); draft-ietf-httpapi-ratelimit-headers 06 (`RateLimit-Limit`, `-Remaining`, `-Reset`), 07
//! (`RateLimit: limit=, remaining=, reset=`) and 10 (`RateLimit: "name";r=;t=`); GitHub's and Zoom's `X-RateLimit-*`.

use super::rate::{Allowance, Span, midnight_after};
use crate::http::headers::Headers;
use crate::http::retry_after::NotBefore;

/// What an answer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The label that it speaks of, Zoom's `X-RateLimit-Category`.
    pub(super) label: Option<Box<str>>,
    /// How many calls are left.
    pub(super) left: Option<(Span, Allowance)>,
    /// Nothing goes before that.
    pub(super) closed_until_ms: Option<i64>,
}

/// Reads an answer's fields; `None` when they say nothing of limits, as most do.
pub(super) fn told(status: u16, headers: &Headers, now_ms: i64) -> Option<Told> {
    let speaks =
        |name: &str| starts(name, "x-ratelimit-") || starts(name, "ratelimit") || starts(name, "x-rate-limit-");
    let is_refusal = status == 429;
    if !is_refusal && !headers.iter().any(|header| speaks(header.name)) {
        return None;
    }
    let is_daily = headers.get("X-RateLimit-Type").is_some_and(|kind| kind.to_lowercase().contains("daily"));
    let span = if is_daily { Span::Day } else { Span::Short };
    let until_ms = reset(headers, now_ms).unwrap_or_else(|| match span {
        Span::Day => midnight_after(now_ms),
        Span::Short => (now_ms.div_euclid(1000) + 1).saturating_mul(1000),
    });
    let left = remaining(headers).map(|left| (span, Allowance { left, until_ms }));
    let closed = is_refusal.then(|| not_before(headers, now_ms)).flatten();
    Some(Told {
        label: headers.get("X-RateLimit-Category").map(Into::into),
        left,
        closed_until_ms: closed.or_else(|| (is_refusal && is_daily).then_some(until_ms)),
    })
}

/// When a call that was refused may be sent again, by the answer's word: `Retry-After`, else when the limit starts anew.
pub(in crate::http) fn not_before(headers: &Headers, now_ms: i64) -> Option<i64> {
    let retry_after = headers.get("Retry-After").and_then(|value| NotBefore::parse(&value));
    let after =
        |moment: NotBefore| now_ms.saturating_add(i64::try_from(moment.delay(now_ms).as_millis()).unwrap_or(i64::MAX));
    retry_after.map(after).or_else(|| reset(headers, now_ms))
}

fn remaining(headers: &Headers) -> Option<u32> {
    let plain = ["X-RateLimit-Remaining", "RateLimit-Remaining", "X-Rate-Limit-Remaining"];
    let plain = plain.iter().find_map(|name| headers.get(name)).and_then(|text| text.trim().parse().ok());
    plain.or_else(|| parameter(&headers.get("RateLimit")?, &["remaining", "r"])?.parse().ok())
}

fn reset(headers: &Headers, now_ms: i64) -> Option<i64> {
    let plain = ["X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset"];
    if let Some(text) = plain.iter().find_map(|name| headers.get(name)) {
        return moment(text.trim(), now_ms);
    }
    moment(&parameter(&headers.get("RateLimit")?, &["reset", "t"])?, now_ms)
}

/// A moment as APIs write it: seconds from now, seconds or milliseconds since 1970, or a date.
fn moment(text: &str, now_ms: i64) -> Option<i64> {
    const SECONDS_SINCE_1970: i64 = 946_684_800;
    const MILLISECONDS_SINCE_1970: i64 = 946_684_800_000;
    let Ok(number) = text.parse::<i64>() else {
        let moment = NotBefore::parse(text)?;
        return Some(now_ms.saturating_add(i64::try_from(moment.delay(now_ms).as_millis()).unwrap_or(i64::MAX)));
    };
    Some(match number {
        MILLISECONDS_SINCE_1970.. => number,
        SECONDS_SINCE_1970.. => number.saturating_mul(1000),
        0.. => now_ms.saturating_add(number.saturating_mul(1000)),
        _ => return None,
    })
}

/// `limit=100, remaining=50` or `"default";r=50;t=30`: the value of the first name that is there.
fn parameter(text: &str, names: &[&str]) -> Option<String> {
    let parts = text.split([',', ';']).filter_map(|part| part.split_once('='));
    parts
        .map(|(name, value)| (name.trim(), value.trim()))
        .find(|(name, _)| names.contains(name))
        .map(|(_, value)| value.to_owned())
}

fn starts(name: &str, with: &str) -> bool {
    name.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_250;

    #[track_caller]
    fn check(status: u16, fields: &[(&str, &str)], expected: Option<&Told>) {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.add(name, value.as_bytes());
        }
        assert_eq!(told(status, &headers, NOW).as_ref(), expected, "{status} {fields:?}");
    }

    fn left(span: Span, left: u32, until_ms: i64) -> Told {
        Told { left: Some((span, Allowance { left, until_ms })), ..Told::default() }
    }

    #[test]
    fn every_way_to_tell_what_is_left_is_read() {
        check(200, &[("Content-Type", "application/json")], None);
        let github = [("X-RateLimit-Remaining", "7"), ("X-RateLimit-Reset", "1700000060")];
        check(200, &github, Some(&left(Span::Short, 7, 1_700_000_060_000)));
        let draft_06 = [("RateLimit-Limit", "10"), ("RateLimit-Remaining", "0"), ("RateLimit-Reset", "5")];
        check(200, &draft_06, Some(&left(Span::Short, 0, NOW + 5000)));
        check(200, &[("RateLimit", "limit=10, remaining=3, reset=2")], Some(&left(Span::Short, 3, NOW + 2000)));
        check(200, &[("ratelimit", "\"default\";r=3;t=2")], Some(&left(Span::Short, 3, NOW + 2000)));
    }

    #[test]
    fn zoom_tells_its_label_and_the_kind_of_limit() {
        let light = |told: Told| Told { label: Some("Light".into()), ..told };
        let second = [("X-RateLimit-Category", "Light"), ("X-RateLimit-Type", "QPS"), ("X-RateLimit-Remaining", "0")];
        check(200, &second, Some(&light(left(Span::Short, 0, 1_700_000_001_000))));
        let day = [
            ("X-RateLimit-Category", "Light"),
            ("X-RateLimit-Type", "Daily-limit"),
            ("X-RateLimit-Remaining", "0"),
            ("Retry-After", "2023-11-15T00:00:00Z"),
        ];
        let midnight = 1_700_006_400_000;
        let expected = Told { closed_until_ms: Some(midnight), ..left(Span::Day, 0, midnight) };
        check(429, &day, Some(&light(expected)));
    }

    #[test]
    fn a_refusal_says_when_it_ends() {
        check(429, &[("Retry-After", "3")], Some(&Told { closed_until_ms: Some(NOW + 3000), ..Told::default() }));
        check(429, &[], Some(&Told::default()));
        check(503, &[("Retry-After", "3")], None);
    }
}
