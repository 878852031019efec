//! WAIT: until a time, for a time, or for somebody. Source: `WaitTaskMapper.java`, `DateTimeUtils.java`.

use super::{Execution, Moment, TaskIndex, TaskResult};
use crate::definition::wait_seconds;
use crate::resolve::{TaskStatus, java_text};
use serde_json::{Map, Value};

/// When a WAIT with that input is over, milliseconds since 1970; `None` when somebody has to end it.
pub(super) fn until(input: &Map<String, Value>, now_ms: i64) -> Result<Option<i64>, String> {
    let text = |key: &str| {
        let text = input.get(key).filter(|value| !value.is_null()).map(java_text).unwrap_or_default();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    match (text("duration"), text("until")) {
        (Some(_), Some(_)) => Err("Both 'duration' and 'until' specified. Please provide only one input".to_owned()),
        (Some(duration), None) => {
            let seconds = wait_seconds(&duration).ok_or_else(|| format!("Not valid duration: {duration}"))?;
            Ok(Some(now_ms.saturating_add(seconds.saturating_mul(1000))))
        }
        (None, Some(date)) => match milliseconds(&date) {
            Some(until) => Ok(Some(until)),
            None => Err(format!("Unable to parse until: {date}")),
        },
        (None, None) => Ok(None),
    }
}

impl Execution {
    pub(super) fn begin_wait(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        self.in_progress_from(task, moment);
        let empty = Map::new();
        let found = until(self.task(task).input.as_object().unwrap_or(&empty), moment.now_ms);
        match found {
            Ok(None) => {}
            Ok(Some(due)) if due <= moment.now_ms => self.ended_at_once(task, Map::new(), moment),
            Ok(Some(due)) => self.wake_at(task, due),
            Err(reason) => {
                let result = TaskResult::new(TaskStatus::FailedWithTerminalError, Value::Object(Map::new()));
                self.finish(task, TaskResult { reason: Some(reason), ..result }, moment);
            }
        }
    }

    /// The time of a WAIT has come.
    pub(super) fn wake(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let output = self.task(task).output.clone();
        self.finish(task, TaskResult::new(TaskStatus::Completed, output), moment);
    }
}

/// `2030-01-31`, `2030-01-31 12:30`, `2030-01-31 12:30 GMT+01:00`; seconds and the `T` of ISO 8601 are fine too. Without a zone
/// UTC is meant.
fn milliseconds(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at(text.find([' ', 'T']).unwrap_or(text.len()));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let rest = rest.trim_start_matches('T').trim();
    let end = rest.find(|ch: char| !(ch.is_ascii_digit() || ch == ':' || ch == '.')).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let mut clock = time.split([':', '.']).filter(|part| !part.is_empty()).map(|part| part.parse::<i64>().ok());
    let mut next = || clock.next().unwrap_or(Some(0));
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    let minutes = (days(year, month, day)? * 24 + hours) * 60 + minutes - zone_minutes(zone.trim())?;
    minutes.checked_mul(60)?.checked_add(seconds)?.checked_mul(1000)
}

/// Days since 1970 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    // The year begins in March, so that a leap day is its last day.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// How many minutes a zone is ahead of UTC.
fn zone_minutes(zone: &str) -> Option<i64> {
    const NAMED: &[(&str, i64)] = &[
        ("", 0),
        ("Z", 0),
        ("GMT", 0),
        ("UTC", 0),
        ("UT", 0),
        ("WET", 0),
        ("BST", 60),
        ("CET", 60),
        ("CEST", 120),
        ("EET", 120),
        ("EEST", 180),
        ("MSK", 180),
        ("IST", 330),
        ("JST", 540),
        ("EST", -300),
        ("EDT", -240),
        ("CST", -360),
        ("CDT", -300),
        ("MST", -420),
        ("MDT", -360),
        ("PST", -480),
        ("PDT", -420),
    ];
    if let Some((_, minutes)) = NAMED.iter().find(|(name, _)| *name == zone) {
        return Some(*minutes);
    }
    let offset = zone.strip_prefix("GMT").or_else(|| zone.strip_prefix("UTC")).unwrap_or(zone);
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(milliseconds(text), expected, "{text}");
    }

    #[test]
    fn dates_are_read_with_their_zone() {
        check("1970-01-02", Some(86_400_000));
        check("2020-01-01 00:00 GMT", Some(1_577_836_800_000));
        check("2020-02-29 12:30", Some(1_582_979_400_000));
        check("2020-01-01 01:00 GMT+01:00", Some(1_577_836_800_000));
        check("2020-01-01 00:00 +0130", Some(1_577_831_400_000));
        check("2020-01-01 00:00 PST", Some(1_577_865_600_000));
        check("2020-01-01T00:00:05Z", Some(1_577_836_805_000));
        check("2020-13-01", None);
        check("2020-01-01 00:00 Mars", None);
        check("soon", None);
    }

    #[test]
    fn a_duration_counts_from_now() {
        let input = |key: &str, text: &str| Map::from_iter([(key.to_owned(), Value::from(text))]);
        assert_eq!(until(&input("duration", "2 s"), 1000), Ok(Some(3000)));
        assert_eq!(until(&input("duration", "soon"), 0), Err("Not valid duration: soon".to_owned()));
        assert_eq!(until(&Map::new(), 0), Ok(None));
    }
}
