//! WAIT: `duration` or `until`, as a server reads them.

use super::super::read::Cursor;
use super::{Checker, head};
use crate::diagnostic::codes;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// Source: conductor `DateTimeUtils.parseDuration`, 3.32.3.
static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    let space = r"[ \t\n\x0B\f\r]*";
    let units = ["days?|d", "hours?|hrs?|h", "minutes?|mins?|m", "seconds?|secs?|s"];
    let parts = units.map(|unit| format!("{space}(?:([0-9]+){space}(?:{unit}))?")).concat();
    Regex::new(&format!("(?i)^{parts}{space}$")).expect("the pattern is fixed")
});

/// Source: conductor `DateTimeUtils.parseDate`, 3.32.3: lenient numbers, and the zone by name or offset.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[0-9]+-[0-9]+-[0-9]+(?: [0-9]+:[0-9]+(?: (?:[A-Za-z][A-Za-z0-9/_+: -]*|[+-][0-9]{2}:?[0-9]{2}))?)?$")
        .expect("the pattern is fixed")
});

/// The seconds of a WAIT's `duration`, such as `1 day 2h 30 mins 5s`; `None` when a server cannot read it. Each number
/// is at most 2147483647, and the units stand in this order.
#[must_use]
pub fn wait_seconds(text: &str) -> Option<i64> {
    let found = DURATION.captures(text)?;
    let mut seconds = 0;
    for (group, unit) in [(1, 86_400), (2, 3_600), (3, 60), (4, 1)] {
        let number = found.get(group).map_or(Ok(0), |number| number.as_str().parse::<i32>()).ok()?;
        seconds += i64::from(number) * unit;
    }
    Some(seconds)
}

impl Checker<'_> {
    /// Checks a WAIT task.
    pub(super) fn wait(&mut self, task: &Cursor<'_>) {
        let Some(inputs) = task.get("inputParameters") else { return };
        if inputs.value.is_null() {
            let message = format!("`inputParameters`{} is null, and WAIT reads it", task.of_task());
            return self.refuse(
                codes::E0212,
                &inputs,
                head(task),
                message,
                "write `inputParameters: {}` to wait for a signal",
            );
        }
        let given = |key| inputs.get(key).filter(|value| !written(value.value).trim().is_empty());
        match (given("duration"), given("until")) {
            (Some(duration), Some(until)) => {
                let message = format!("`duration` and `until`{} exclude each other", task.of_task());
                self.refuse(codes::E0212, &duration, duration.span(), message, "keep one of the two");
                self.report.also(until.span(), "the other one");
            }
            (Some(duration), None) => self.duration(&duration),
            (None, Some(until)) => self.until(&until),
            (None, None) => {}
        }
    }

    fn duration(&mut self, duration: &Cursor<'_>) {
        let text = written(duration.value);
        if !text.starts_with("${") && wait_seconds(&text).is_none() {
            let message = format!("`duration`{} is not a length of time: {}", duration.of_task(), duration.value);
            let help =
                "write numbers with their units, the largest first: `2 days 3 hours 5 minutes 10 seconds`, or `5m`";
            self.refuse(codes::E0212, duration, duration.span(), message, help);
        }
    }

    fn until(&mut self, until: &Cursor<'_>) {
        let text = written(until.value);
        if !text.starts_with("${") && !DATE.is_match(&text) {
            let message = format!("`until`{} is not a date: {}", until.of_task(), until.value);
            self.refuse(
                codes::E0212,
                until,
                until.span(),
                message,
                "write `2030-01-31`, `2030-01-31 12:30` or `2030-01-31 12:30 GMT+01:00`",
            );
        }
    }
}

/// The text of a value, as a server prints it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(wait_seconds(text), expected, "{text}");
    }

    #[test]
    fn durations_have_units_in_order() {
        check("1 day 2h 30 mins 5s", Some(86_400 + 7_200 + 1_800 + 5));
        check(" 5M ", Some(300));
        check("0s", Some(0));
        check("", Some(0));
        check("2days3hrs", Some(2 * 86_400 + 3 * 3_600));
        check("5", None);
        check("5s 1m", None);
        check("5ms", None);
        check("99999999999s", None);
        check("soon", None);
    }

    #[test]
    fn dates_have_a_day_and_perhaps_a_time_and_a_zone() {
        for text in ["2030-01-31", "2030-1-31 12:30", "2030-01-31 12:30 GMT+01:00", "2030-01-31 12:30 PST"] {
            assert!(DATE.is_match(text), "{text}");
        }
        for text in ["tomorrow", "2030-01-31T12:30", "31.1.2030", "2030-01-31 12", "12:30"] {
            assert!(!DATE.is_match(text), "{text}");
        }
    }
}
