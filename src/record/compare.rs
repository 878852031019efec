//! What two requests differ in.

use super::exchange::json_of;
use serde_json::Value;

/// The longest value that a sentence shows, in characters.
const SHOWN: usize = 60;

/// One part that two requests differ in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// `method`, `query`, `header Accept`, `body at /user_info/email`.
    field: String,
    recorded: Option<String>,
    now: Option<String>,
    /// How far apart it puts them.
    pub(super) weight: usize,
}

impl Difference {
    pub(super) fn new(field: &str, weight: usize, recorded: &Value, now: &Value) -> Self {
        Self { field: field.to_owned(), recorded: Some(shown(recorded)), now: Some(shown(now)), weight }
    }

    /// `the body at /email was "a" and is "b" now`.
    pub(super) fn sentence(&self) -> String {
        match (&self.recorded, &self.now) {
            (Some(recorded), Some(now)) => format!("the {} was {recorded} and is {now} now", self.field),
            (Some(recorded), None) => format!("the {} was {recorded} and is not there now", self.field),
            (None, now) => {
                format!("the {} was not there and is {} now", self.field, now.as_deref().unwrap_or("nothing"))
            }
        }
    }
}

/// What two bodies, as files show them, differ in: JSON by its parts, anything else as a whole.
pub(super) fn bodies(recorded: &Value, now: &Value) -> Vec<Difference> {
    if recorded == now {
        return Vec::new();
    }
    let (left, right) = (json_of(recorded), json_of(now));
    if left.is_null() || right.is_null() || left == right {
        return vec![Difference::new("body", 5, recorded, now)];
    }
    let mut found = Vec::new();
    walk("", Some(&left), Some(&right), &mut found);
    found
}

fn walk(at: &str, recorded: Option<&Value>, now: Option<&Value>, found: &mut Vec<Difference>) {
    match (recorded, now) {
        (Some(left), Some(right)) if left == right => {}
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let keys = left.keys().chain(right.keys().filter(|key| !left.contains_key(*key)));
            for key in keys {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                walk(&at, left.get(key), right.get(key), found);
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            for index in 0..left.len().max(right.len()) {
                walk(&format!("{at}/{index}"), left.get(index), right.get(index), found);
            }
        }
        (left, right) => {
            let field = if at.is_empty() { "body".to_owned() } else { format!("body at {at}") };
            found.push(Difference { field, recorded: left.map(shown), now: right.map(shown), weight: 1 });
        }
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(recorded: &Value, now: &Value, expected: &[&str]) {
        let found: Vec<_> = bodies(recorded, now).iter().map(Difference::sentence).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_field_that_differs_is_named() {
        check(&json!({"json": {"a": 1}}), &json!({"json": {"a": 1}}), &[]);
        check(
            &json!({"json": {"a": {"b/c": 1}, "d": [1, 2]}}),
            &json!({"json": {"a": {"b/c": 2}, "d": [1]}}),
            &["the body at /a/b~1c was 1 and is 2 now", "the body at /d/1 was 2 and is not there now"],
        );
        check(&json!({"json": {}}), &json!({"json": {"x": "y"}}), &["the body at /x was not there and is \"y\" now"]);
        check(
            &json!({"text": "x"}),
            &json!({"text": "y"}),
            &["the body was {\"text\":\"x\"} and is {\"text\":\"y\"} now"],
        );
        check(&Value::Null, &json!({"text": "y"}), &["the body was null and is {\"text\":\"y\"} now"]);
    }
}
