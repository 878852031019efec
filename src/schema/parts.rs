//! The parts of a schema that speak of one place of a value.

use crate::source::Pointer;
use serde_json::{Map, Value};

/// How deep references and combinations are followed for one place.
const DEPTH: usize = 32;

/// Every part of a schema that speaks of the place: what it says there itself, what it refers to, and all that it combines
/// there, whether or not it holds for some value.
#[must_use]
pub fn parts_at<'s>(document: &'s Value, pointer: &Pointer) -> Vec<&'s Map<String, Value>> {
    let mut parts = parts(document, &[document]);
    for step in pointer.steps() {
        let below: Vec<&Value> = parts.iter().filter_map(|part| below(part, &step)).collect();
        parts = self::parts(document, &below);
    }
    parts
}

/// What some schemas of a document say of one place, with everything that they refer to and combine.
pub(super) fn parts<'s>(document: &'s Value, nodes: &[&'s Value]) -> Vec<&'s Map<String, Value>> {
    let mut found = Vec::new();
    for node in nodes {
        expand(document, node, DEPTH, &mut found);
    }
    found
}

/// What a schema says of one key or item.
fn below<'s>(part: &'s Map<String, Value>, step: &str) -> Option<&'s Value> {
    let named = part.get("properties").and_then(|properties| properties.get(step));
    let item = || item_schema(part, step.parse().ok()?);
    named.or_else(|| part.get("additionalProperties").filter(|rest| rest.is_object())).or_else(item)
}

/// The schema of an item of a list.
pub(super) fn item_schema(part: &Map<String, Value>, index: usize) -> Option<&Value> {
    let first = part.get("prefixItems").and_then(|items| items.get(index));
    first.or_else(|| part.get("items"))
}

/// The schema itself and everything that it combines at the same place.
fn expand<'s>(document: &'s Value, node: &'s Value, depth: usize, parts: &mut Vec<&'s Map<String, Value>>) {
    let Value::Object(schema) = node else { return };
    if depth == 0 || parts.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    parts.push(schema);
    for (keyword, below) in schema {
        match (keyword.as_str(), below) {
            ("$ref" | "$dynamicRef", Value::String(reference)) => {
                let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                if let Some(target) = target {
                    expand(document, target, depth - 1, parts);
                }
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => {
                for one in list {
                    expand(document, one, depth - 1, parts);
                }
            }
            ("if" | "then" | "else", one) => expand(document, one, depth - 1, parts),
            ("dependentSchemas", Value::Object(map)) => {
                for one in map.values() {
                    expand(document, one, depth - 1, parts);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_part_that_speaks_of_a_place_is_found() {
        let schema = json!({
            "properties": {"a": {"$ref": "#/$defs/a"}, "list": {"items": {"type": "string"}}},
            "allOf": [{"if": {"properties": {"a": {"const": 1}}}, "then": {"properties": {"a": {"title": "x"}}}}],
            "additionalProperties": {"title": "more"},
            "$defs": {"a": {"type": "integer", "$ref": "#/$defs/a"}}
        });
        let check = |pointer: &str, expected: Value| {
            let found: Value = parts_at(&schema, &Pointer::parse(pointer))
                .into_iter()
                .map(|part| Value::Object(part.clone()))
                .collect();
            assert_eq!(found, expected, "{pointer}");
        };
        check(
            "/a",
            json!([{"$ref": "#/$defs/a"}, {"type": "integer", "$ref": "#/$defs/a"}, {"const": 1}, {"title": "x"}]),
        );
        check("/list/3", json!([{"type": "string"}]));
        check("/other", json!([{"title": "more"}]));
        check("/list/x/y", json!([]));
    }
}
