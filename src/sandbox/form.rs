//! Fields of a form, which are texts, as the values that a schema says they are.

use crate::schema::fits;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// How deep schemas are followed.
const DEPTH: usize = 16;

/// The fields as values: each is what its property's schema takes, and stays a text where nothing else fits.
pub(super) fn typed(fields: Map<String, Value>, schema: Option<&Value>) -> Value {
    let Some(document) = schema else { return Value::Object(fields) };
    let lookup = |reference: &str| behind(document, reference);
    let typed = fields.into_iter().map(|(name, value)| {
        let Some(property) = property(document, document, &name, DEPTH) else { return (name, value) };
        let own = candidates(value.clone()).into_iter().find(|one| fits(property, one, &lookup));
        (name, own.unwrap_or(value))
    });
    Value::Object(typed.collect())
}

/// What a field may stand for, its own text first.
fn candidates(value: Value) -> Vec<Value> {
    let read = |value: &Value| match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    };
    let many = match &value {
        Value::Array(items) => vec![items.iter().map(read).collect()],
        one => vec![read(one), Value::Array(vec![one.clone()]), Value::Array(vec![read(one)])],
    };
    std::iter::once(value).chain(many).collect()
}

/// What a reference within a document leads to.
pub(super) fn behind<'s>(document: &'s Value, reference: &str) -> Option<&'s Value> {
    document.pointer(&percent_decode_str(reference.strip_prefix('#')?).decode_utf8_lossy())
}

/// The schema of an object's property, wherever it stands.
fn property<'s>(document: &'s Value, schema: &'s Value, name: &str, depth: usize) -> Option<&'s Value> {
    if depth == 0 {
        return None;
    }
    if let Some(own) = schema.get("properties").and_then(|properties| properties.get(name)) {
        return Some(own);
    }
    let target = schema.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|reference| behind(document, reference));
    let branches = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    target.into_iter().chain(branches).find_map(|inner| property(document, inner, name, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_become_what_the_schema_takes() {
        let schema = json!({"allOf": [{"properties": {
            "n": {"type": "integer"}, "t": {"type": "string"}, "l": {"type": "array", "items": {"type": "integer"}}, "b": {"type": "boolean"},
        }}]});
        let check = |given: Value, expected: Value| {
            let Value::Object(fields) = given else { return };
            assert_eq!(typed(fields, Some(&schema)), expected);
        };
        check(json!({"n": "5", "t": "5", "b": "true", "x": "1"}), json!({"n": 5, "t": "5", "b": true, "x": "1"}));
        check(json!({"l": "1"}), json!({"l": [1]}));
        check(json!({"l": ["1", "2"]}), json!({"l": [1, 2]}));
        check(json!({"n": "five"}), json!({"n": "five"}));
    }
}
