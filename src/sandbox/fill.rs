//! `{name}` in the texts of an answer.

use serde_json::{Map, Value};

/// Values by name, and the time.
#[derive(Debug, Clone)]
pub(super) struct Values(Map<String, Value>);

impl Values {
    pub(super) fn new(now_ms: i64) -> Self {
        Self([("now".to_owned(), Value::String(timestamp(now_ms)))].into_iter().collect())
    }

    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// A tree with every known `{name}` filled in; a text that is one name alone gets its value with its type.
    pub(super) fn fill(&self, tree: &Value) -> Value {
        match tree {
            Value::String(text) => self.whole(text).cloned().unwrap_or_else(|| Value::String(self.text(text))),
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), self.fill(value))).collect(),
            other => other.clone(),
        }
    }

    fn whole(&self, text: &str) -> Option<&Value> {
        self.0.get(text.strip_prefix('{')?.strip_suffix('}')?)
    }

    pub(super) fn text(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let value = after.split_once('}').and_then(|(name, after)| Some((self.0.get(name)?, after)));
            rest = match value {
                Some((Value::String(value), after)) => {
                    filled.push_str(value);
                    after
                }
                Some((value, after)) => {
                    filled.push_str(&value.to_string());
                    after
                }
                None => {
                    filled.push('{');
                    after
                }
            };
        }
        filled.push_str(rest);
        filled
    }
}

/// `2026-01-31T12:00:00Z`. **Source** of the calendar: Howard Hinnant, `civil_from_days`.
fn timestamp(now_ms: i64) -> String {
    let seconds = now_ms.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_filled_in() {
        let check = |tree: Value, expected: Value| {
            let values = Values::new(0).with("key", "jane".into()).with("list", json!([1])).with("n", json!(7));
            assert_eq!(values.fill(&tree), expected);
        };
        check(
            json!({"a": "no {key}.", "b": "{list}", "c": "{n}", "d": "{n}!", "e": 1}),
            json!({"a": "no jane.", "b": [1], "c": 7, "d": "7!", "e": 1}),
        );
        check(json!(["{gone}", "{", "}{key}{", "{now}"]), json!(["{gone}", "{", "}jane{", "1970-01-01T00:00:00Z"]));
    }

    #[test]
    fn time_is_written_as_iso_8601() {
        let check = |seconds: i64, expected: &str| assert_eq!(timestamp(seconds * 1000), expected);
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(1_767_225_599, "2025-12-31T23:59:59Z");
        check(1_769_860_800, "2026-01-31T12:00:00Z");
        check(-1, "1969-12-31T23:59:59Z");
    }
}
