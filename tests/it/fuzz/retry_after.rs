//! `Retry-After`.

use super::{Verdict, run, text};
use legwork::http::NotBefore;
use std::time::Duration;

const WORDS: &[&str] = &[
    "120",
    "0",
    "-1",
    "1e9",
    "1.5",
    "Fri, 31 Dec 1999 23:59:59 GMT",
    "Friday, 31-Dec-99 23:59:59 GMT",
    "2026-11-22T00:00:00Z",
    "+01:00",
    "[UTC]",
    "T",
    "Z",
    "GMT",
    "9999999999999999999999",
    " ",
    ":",
    "nan",
    "inf",
];

#[test]
fn no_moment_is_too_odd() {
    run("retry-after", WORDS, |input| text(input).map_or(Ok(String::new()), check));
}

fn check(text: &str) -> Verdict {
    let Some(moment) = NotBefore::parse(text) else { return Ok("none".to_owned()) };
    for now in [i64::MIN, -1, 0, 1_763_769_600_000, i64::MAX] {
        let delay = moment.delay(now);
        if matches!(moment, NotBefore::After(after) if after != delay)
            || (now == i64::MAX && delay > Duration::ZERO && matches!(moment, NotBefore::At(_)))
        {
            return Err(format!("{moment:?} waits {delay:?} at {now}"));
        }
    }
    Ok(match moment {
        NotBefore::After(delay) => format!("after {}", delay.as_secs().min(3)),
        NotBefore::At(moment) => format!("at {}", moment.signum()),
    })
}
