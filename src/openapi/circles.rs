//! References that lead back to themselves without going into the value: no validator ever ends on them.

use serde_json::{Map, Value};
use std::collections::HashMap;

/// What is applied to the same value as the schema itself.
const SAME_VALUE: &[&str] = &["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/// Takes out every reference that closes such a circle; gives the names of the schemas they stood in.
pub(super) fn open(schemas: &mut Map<String, Value>) -> Vec<String> {
    let edges: HashMap<String, Vec<String>> =
        schemas.iter().map(|(name, schema)| (name.clone(), targets(schema))).collect();
    let mut state: HashMap<&str, bool> = HashMap::new();
    let mut closing: Vec<(String, String)> = Vec::new();
    for start in edges.keys() {
        let mut stack: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((name, next)) = stack.pop() {
            if next == 0 {
                if state.contains_key(name) {
                    continue;
                }
                state.insert(name, false);
            }
            match edges.get(name).and_then(|targets| targets.get(next)) {
                None => drop(state.insert(name, true)),
                Some(target) => {
                    stack.push((name, next + 1));
                    match state.get(target.as_str()) {
                        Some(false) => closing.push((name.to_owned(), target.clone())),
                        Some(true) => {}
                        None => stack.push((target, 0)),
                    }
                }
            }
        }
    }
    for (name, target) in &closing {
        if let Some(schema) = schemas.get_mut(name) {
            cut(schema, target);
        }
    }
    let mut names: Vec<String> = closing.into_iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names
}

/// The shared schema that a reference leads to, whatever stands below it.
fn name_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/$defs/")?.split('/').next()
}

fn targets(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Value::Object(map) = schema else { return found };
    found.extend(map.get("$ref").and_then(Value::as_str).and_then(name_of).map(str::to_owned));
    for inner in SAME_VALUE.iter().filter_map(|key| map.get(*key)) {
        match inner {
            Value::Array(items) => found.extend(items.iter().flat_map(targets)),
            other => found.extend(targets(other)),
        }
    }
    found
}

fn cut(schema: &mut Value, target: &str) {
    let Value::Object(map) = schema else { return };
    if map.get("$ref").and_then(Value::as_str).and_then(name_of) == Some(target) {
        map.shift_remove("$ref");
    }
    for key in SAME_VALUE {
        match map.get_mut(*key) {
            Some(Value::Array(items)) => items.iter_mut().for_each(|item| cut(item, target)),
            Some(other) => cut(other, target),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_never_ends_is_cut() {
        let check = |schemas: Value, cut: usize| {
            let Value::Object(mut map) = schemas.clone() else { return };
            assert_eq!(open(&mut map).len(), cut, "{schemas}");
            assert_eq!(open(&mut map).len(), 0, "{map:?}");
        };
        check(json!({"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}), 0);
        check(json!({"a": {"$ref": "#/$defs/a"}}), 1);
        check(json!({"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"oneOf": [{"$ref": "#/$defs/a"}]}}), 1);
        check(json!({"a": {"allOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/b"}]}, "b": {}}), 0);
    }
}
