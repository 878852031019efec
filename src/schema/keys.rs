//! Keys that a schema does not know: warnings that name the nearest known key.

use super::Violation;
use super::parts::{item_schema, parts};
use crate::diagnostic::{Severity, codes, nearest};
use crate::source::Pointer;
use serde_json::{Map, Value};

/// Adds a warning for every key that no part of the schema speaks of.
pub(super) fn collect(document: &Value, value: &Value, violations: &mut Vec<Violation>) {
    let mut walk = Walk { document, violations };
    walk.value(&[document], value, &Pointer::root());
}

struct Walk<'w> {
    document: &'w Value,
    violations: &'w mut Vec<Violation>,
}

impl<'w> Walk<'w> {
    /// `nodes` are the schemas that judge the value at this place.
    fn value(&mut self, nodes: &[&'w Value], value: &Value, pointer: &Pointer) {
        if !matches!(value, Value::Object(_) | Value::Array(_)) {
            return;
        }
        let schemas = parts(self.document, nodes);
        match value {
            Value::Object(members) => self.members(&schemas, members, pointer),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let below: Vec<_> = schemas.iter().filter_map(|schema| item_schema(schema, index)).collect();
                    self.value(&below, item, &pointer.index(index));
                }
            }
            _ => {}
        }
    }

    fn members(&mut self, schemas: &[&'w Map<String, Value>], members: &Map<String, Value>, pointer: &Pointer) {
        let open = is_open(schemas);
        for (key, member) in members {
            let below: Vec<_> = schemas.iter().filter_map(|schema| schema.get("properties")?.get(key)).collect();
            if !below.is_empty() {
                if member.is_object() || member.is_array() {
                    self.value(&below, member, &pointer.key(key));
                }
            } else if open {
                let rest: Vec<_> = schemas.iter().filter_map(|schema| schema.get("additionalProperties")).collect();
                self.value(&rest, member, &pointer.key(key));
            } else {
                self.unknown(schemas, key, pointer);
            }
        }
    }

    fn unknown(&mut self, schemas: &[&Map<String, Value>], key: &str, pointer: &Pointer) {
        let pointer = pointer.key(key);
        if self.violations.iter().any(|violation| violation.code == codes::E0413 && violation.pointer == pointer) {
            return;
        }
        self.violations.push(unknown_key(key, pointer, &known(schemas), Severity::Warning));
    }
}

/// The violation for one unknown key.
pub(crate) fn unknown_key(key: &str, pointer: Pointer, known: &[&str], severity: Severity) -> Violation {
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.len() <= 12 => format!("known here: {}", known.join(", ")),
        None => "look for it in the API's reference, or leave it out".to_owned(),
    };
    let message = format!("`{key}` is not a key that the API documents here");
    Violation { severity, help: Some(help), ..Violation::new(codes::E0413, pointer, "properties", message) }
}

/// The keys that any of the schemas knows.
fn known<'s>(schemas: &[&'s Map<String, Value>]) -> Vec<&'s str> {
    let mut keys: Vec<&str> = Vec::new();
    for schema in schemas {
        for key in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            if !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
    }
    keys
}

/// Whether keys may be there that no `properties` names: said so, or nothing is named at all.
fn is_open(schemas: &[&Map<String, Value>]) -> bool {
    let said = |schema: &Map<String, Value>| {
        let rest = ["additionalProperties", "unevaluatedProperties"].iter().filter_map(|keyword| schema.get(*keyword));
        schema.contains_key("patternProperties") || rest.into_iter().any(|rest| *rest != Value::Bool(false))
    };
    schemas.iter().any(|schema| said(schema)) || !schemas.iter().any(|schema| schema.contains_key("properties"))
}
