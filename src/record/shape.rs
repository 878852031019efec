//! The shape of answers: which fields there are, of which types, and what kind of value each holds. Values themselves do not count.

use crate::http::moment;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What was seen of the answers of one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// By pointer, `*` for each item of a list.
    pub(super) fields: BTreeMap<String, Field>,
}

/// What was seen in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// How often it was there.
    pub(super) seen: usize,
    /// How often what holds it was there.
    pub(super) asked: usize,
    /// `text`, `number`, …
    pub(super) types: BTreeSet<&'static str>,
    /// `a date`, `a UUID`, …
    pub(super) classes: BTreeSet<&'static str>,
}

impl Shape {
    /// Takes one more answer in.
    pub(super) fn add(&mut self, value: &Value) {
        self.walk("", value);
        self.count_askers();
    }

    fn walk(&mut self, at: &str, value: &Value) {
        let field = self.fields.entry(at.to_owned()).or_default();
        field.seen += 1;
        field.types.insert(type_of(value));
        field.classes.extend(class_of(value));
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    self.walk(&format!("{at}/{key}"), value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(&format!("{at}/*"), item)),
            _ => {}
        }
    }

    /// An object's field could have been there as often as the object was.
    fn count_askers(&mut self) {
        let seen: BTreeMap<String, usize> = self.fields.iter().map(|(at, field)| (at.clone(), field.seen)).collect();
        for (at, field) in &mut self.fields {
            field.asked = at.rsplit_once('/').and_then(|(holder, _)| seen.get(holder)).copied().unwrap_or(field.seen);
        }
    }

    /// How often there was something in which the field could have been.
    pub(super) fn chances(&self, at: &str) -> usize {
        let Some((holder, key)) = at.rsplit_once('/') else { return 0 };
        let holder = self.fields.get(holder);
        holder
            .filter(|holder| holder.types.contains(if key == "*" { "list" } else { "object" }))
            .map_or(0, |holder| holder.seen)
    }
}

impl Field {
    /// Whether it was there each time.
    pub(super) fn is_always_there(&self) -> bool {
        self.seen >= self.asked
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// The kind of a text; `None` for a masked or an empty one, which tells nothing.
fn class_of(value: &Value) -> Option<&'static str> {
    let text = value.as_str()?.trim();
    if text.is_empty() || text.contains(crate::secret::MASK) {
        return None;
    }
    Some(match text {
        _ if is_uuid(text) => "a UUID",
        _ if moment::read(text).is_some() => "a time",
        _ if is_day(text) => "a date",
        _ if text.parse::<IpAddr>().is_ok() => "an IP address",
        _ if text.contains("://") && !text.contains(char::is_whitespace) => "a URL",
        _ if is_email(text) => "an e-mail address",
        _ if text.parse::<i128>().is_ok() => "an integer as text",
        _ if text.parse::<f64>().is_ok_and(f64::is_finite) => "a number as text",
        "true" | "false" => "a boolean as text",
        _ => "words",
    })
}

/// Whether it is a day alone, `2026-11-22`.
fn is_day(text: &str) -> bool {
    text.len() == 10 && moment::read(&format!("{text}T00:00:00Z")).is_some()
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(hex)
}

fn is_email(text: &str) -> bool {
    let host = text.split_once('@').filter(|(user, _)| !user.is_empty()).map(|(_, host)| host);
    host.is_some_and(|host| host.contains('.') && !host.contains(['@', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: &Value, expected: Option<&str>) {
        assert_eq!(class_of(value), expected, "{value}");
    }

    #[test]
    fn texts_have_classes() {
        check(&json!("0b8bd5d2-7d8f-4e5c-9d59-0f8f6f1f1c11"), Some("a UUID"));
        check(&json!("2026-11-22T10:00:00Z"), Some("a time"));
        check(&json!("2026-11-22"), Some("a date"));
        check(&json!("10.0.0.1"), Some("an IP address"));
        check(&json!("https://example.com/a"), Some("a URL"));
        check(&json!("jill@example.com"), Some("an e-mail address"));
        check(&json!("-12"), Some("an integer as text"));
        check(&json!("1.5"), Some("a number as text"));
        check(&json!("inf"), Some("words"));
        check(&json!("Bearer ***"), None);
        check(&json!(""), None);
        check(&json!(1), None);
    }

    #[test]
    fn items_of_a_list_are_one_place() {
        let mut shape = Shape::default();
        shape.add(&json!({"users": [{"id": 1}, {"id": 2.5, "x": null}]}));
        let field = shape.fields.get("/users/*/x").expect("it was seen");
        assert_eq!((field.seen, field.asked, field.is_always_there()), (1, 2, false));
        let id = shape.fields.get("/users/*/id").expect("it was seen");
        assert_eq!(id.types.iter().copied().collect::<Vec<_>>(), ["integer", "number"]);
        assert_eq!(shape.chances("/users/*/y"), 2);
        assert_eq!(shape.chances("/others/*/y"), 0);
    }
}
