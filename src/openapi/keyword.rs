//! The keywords of a schema that hold no schemas: what each must be, and what authors meant.

use crate::source::kind_in_words;
use fancy_regex::Regex;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Patterns, and whether they are regular expressions.
pub(super) type Patterns = HashMap<String, bool>;

/// A keyword's value as JSON Schema has it; `None` for one that says nothing there.
pub(super) fn checked(key: &str, value: Value, patterns: &mut Patterns) -> Result<Option<Value>, String> {
    let wrong = |wanted: &str, value: &Value| Err(format!("`{key}` is {wanted}, not {}", kind_in_words(value)));
    match key {
        "type" => types(value),
        "title" | "description" | "contentEncoding" | "contentMediaType" | "format" => {
            Ok(Some(value).filter(Value::is_string))
        }
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => match &value {
            Value::Bool(true) => Ok(Some(value)),
            Value::String(text) if text == "true" => Ok(Some(true.into())),
            _ => Ok(None),
        },
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" | "minContains"
        | "maxContains" => match count(&value) {
            Some(count) => Ok(Some(count.into())),
            None if value.is_null() => Ok(None),
            None => Err(format!("`{key}` is a number from 0 on, not {value}")),
        },
        "minimum" | "maximum" | "multipleOf" | "exclusiveMinimum" | "exclusiveMaximum" => match number(&value) {
            Some(number) if key != "multipleOf" || number.as_f64() > Some(0.0) => Ok(Some(number)),
            _ if value.is_boolean() => Ok(Some(value).filter(|_| key.starts_with("exclusive"))),
            _ if value.is_null() => Ok(None),
            _ => Err(format!("`{key}` is a number, not {value}")),
        },
        "pattern" => match &value {
            Value::String(text) if is_pattern(text, patterns) => Ok(Some(value)),
            Value::String(text) => Err(format!("`{text}` is no regular expression that can be used")),
            other => wrong("a text", other),
        },
        "enum" => match value {
            Value::Array(values) if values.is_empty() => Ok(None),
            Value::Array(_) => Ok(Some(value)),
            Value::Null => Ok(None),
            other => wrong("a list", &other),
        },
        "required" => match value {
            Value::Array(names) => Ok(Some(names.into_iter().filter(Value::is_string).collect())),
            // A property's own word, which was heard where the property stands.
            Value::Bool(_) | Value::Null => Ok(None),
            other => wrong("a list", &other),
        },
        "examples" => Ok(match value {
            Value::Array(values) => Some(Value::Array(values)).filter(|values| values != &json!([])),
            Value::Object(named) => {
                let values: Vec<Value> =
                    named.into_iter().filter_map(|(_, mut example)| Some(example.get_mut("value")?.take())).collect();
                Some(Value::Array(values)).filter(|values| values != &json!([]))
            }
            _ => None,
        }),
        "const" | "default" => Ok(Some(value)),
        "dependentRequired" => Ok(Some(value).filter(|value| {
            let is_names = |names: &Value| names.as_array().is_some_and(|names| names.iter().all(Value::is_string));
            value.as_object().is_some_and(|members| members.values().all(is_names))
        })),
        _ => Ok(None),
    }
}

/// What keywords say together.
pub(super) fn settle(schema: &mut Map<String, Value>) {
    for (flag, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match schema.get(flag) {
            Some(Value::Bool(true)) => {
                schema.shift_remove(flag);
                if let Some(value) = schema.shift_remove(limit) {
                    schema.insert(flag.to_owned(), value);
                }
            }
            Some(Value::Bool(false)) => drop(schema.shift_remove(flag)),
            _ => {}
        }
    }
    of_items(schema);
    same_type(schema);
    let hidden: Vec<String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, property)| property.get("readOnly").is_some() || property.get("writeOnly").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    // One schema is for requests and answers: what stands in one of them only cannot be required of both.
    if let Some(Value::Array(names)) = schema.get_mut("required") {
        let mut seen = Vec::new();
        names.retain(|name| {
            let name = name.as_str().unwrap_or_default();
            let is_new = !seen.iter().any(|known| known == name);
            seen.push(name.to_owned());
            is_new && !hidden.iter().any(|hidden| hidden == name)
        });
        if names.is_empty() {
            schema.shift_remove("required");
        }
    }
}

/// Allowed values of a list that are no lists are meant for its items.
fn of_items(schema: &mut Map<String, Value>) {
    let is_list = schema.get("type").is_some_and(|name| name == "array");
    let values = schema.get("enum").and_then(Value::as_array);
    if !is_list || values.is_none_or(|values| values.iter().any(Value::is_array)) {
        return;
    }
    if let Some(values) = schema.shift_remove("enum")
        && let Value::Object(items) = schema.entry("items").or_insert_with(|| json!({}))
    {
        items.entry("enum").or_insert(values);
    }
}

/// Allowed values are of the type beside them: `[1, 2]` of a text are "1" and "2".
fn same_type(schema: &mut Map<String, Value>) {
    let name = schema.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    for key in ["enum", "examples"] {
        let Some(Value::Array(values)) = schema.get_mut(key) else { continue };
        for value in values {
            let new = match (name.as_str(), &*value) {
                ("string", Value::Number(_) | Value::Bool(_)) => Some(Value::String(value.to_string())),
                ("integer" | "number", Value::String(_)) => number(value),
                ("boolean", Value::String(text)) if text == "true" || text == "false" => {
                    Some(Value::Bool(text == "true"))
                }
                _ => None,
            };
            if let Some(new) = new {
                *value = new;
            }
        }
    }
}

/// A schema that null fits as well.
pub(super) fn nullable(mut schema: Map<String, Value>) -> Value {
    let is_combined = ["$ref", "allOf", "anyOf", "oneOf", "not"].iter().any(|key| schema.contains_key(*key));
    if is_combined {
        let beside: Vec<(String, Value)> = ["description", "readOnly", "writeOnly", "deprecated"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), schema.shift_remove(key)?)))
            .collect();
        let mut outer = Map::from_iter([("anyOf".to_owned(), json!([Value::Object(schema), {"type": "null"}]))]);
        outer.extend(beside);
        return Value::Object(outer);
    }
    match schema.get_mut("type") {
        Some(Value::String(name)) if name != "null" => {
            let both = json!([name, "null"]);
            schema.insert("type".into(), both);
        }
        Some(Value::Array(names)) if !names.contains(&json!("null")) => names.push("null".into()),
        _ => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

/// The name of a type, or several; one that nobody knows is an error.
fn types(value: Value) -> Result<Option<Value>, String> {
    match value {
        Value::String(name) => match type_name(&name) {
            Some(known) => Ok(Some(Value::from(known)).filter(|_| known != ANY)),
            None => Err(format!("`{name}` is no type")),
        },
        Value::Array(names) => {
            let mut known: Vec<&str> = Vec::new();
            for name in names {
                let name = name.as_str().unwrap_or_default().to_owned();
                match type_name(&name) {
                    Some(ANY) => return Ok(None),
                    Some(name) if !known.contains(&name) => known.push(name),
                    Some(_) => {}
                    None => return Err(format!("`{name}` is no type")),
                }
            }
            Ok(match known.as_slice() {
                [] => None,
                [one] => Some(Value::from(*one)),
                many => Some(json!(many)),
            })
        }
        Value::Null => Ok(None),
        other => Err(format!("`type` is a text, not {}", kind_in_words(&other))),
    }
}

/// Any type, which a schema without `type` has.
const ANY: &str = "any";

/// A type by its own name, or by one that authors use for it; `any` is any type.
fn type_name(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "string" | "str" | "text" | "file" | "binary" | "date" | "datetime" | "date-time" | "uuid" | "uri"
        | "password" => "string",
        "integer" | "int" | "int32" | "int64" | "long" => "integer",
        "number" | "float" | "double" | "decimal" => "number",
        "boolean" | "bool" => "boolean",
        "array" | "list" => "array",
        "object" | "map" | "dict" | "hash" => "object",
        "null" => "null",
        "any" | "mixed" | "" => ANY,
        _ => return None,
    })
}

fn count(value: &Value) -> Option<u64> {
    let whole = |number: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 on")]
        (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64)
    };
    match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str::<serde_json::Number>(text.trim()).ok().map(Value::Number),
        _ => None,
    }
}

/// Whether a text is a regular expression that values can be judged by.
pub(super) fn is_pattern(text: &str, patterns: &mut Patterns) -> bool {
    if let Some(known) = patterns.get(text) {
        return *known;
    }
    let slashed = text.len() > 1 && text.starts_with('/') && text.trim_end_matches(['i', 'g', 'm', 'u']).ends_with('/');
    let compiles = !slashed
        && Regex::new(text).is_ok()
        && crate::schema::Schema::compile(&json!({"type": "string", "pattern": text})).is_ok();
    patterns.insert(text.to_owned(), compiles);
    compiles
}

/// A name that stands in a reference without being escaped.
pub(super) fn def_name(name: &str) -> String {
    let plain = |ch: char| if ch.is_ascii_alphanumeric() || "._-".contains(ch) { ch } else { '_' };
    let name: String = name.chars().map(plain).collect();
    if name.is_empty() { "schema".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_what_their_names_say() {
        let check = |key: &str, value: Value, expected: Result<Option<Value>, ()>| {
            let found = checked(key, value.clone(), &mut Patterns::new()).map_err(drop);
            assert_eq!(found, expected, "{key}: {value}");
        };
        check("minLength", json!("8"), Ok(Some(json!(8))));
        check("minLength", json!(-1), Err(()));
        check("minimum", json!("1.5"), Ok(Some(json!(1.5))));
        check("type", json!("int"), Ok(Some(json!("integer"))));
        check("type", json!(["string", "null"]), Ok(Some(json!(["string", "null"]))));
        check("type", json!("any"), Ok(None));
        check("type", json!("pet"), Err(()));
        check("pattern", json!("[a-"), Err(()));
        check("pattern", json!("/^a$/i"), Err(()));
        check("pattern", json!("^a$"), Ok(Some(json!("^a$"))));
        check("enum", json!([]), Ok(None));
        check("required", json!(true), Ok(None));
        check("examples", json!({"one": {"value": 1}}), Ok(Some(json!([1]))));
        check("x-own", json!(1), Ok(None));
    }

    #[test]
    fn keywords_settle_what_they_say_together() {
        let check = |schema: Value, expected: Value| {
            let Value::Object(mut map) = schema else { return };
            settle(&mut map);
            assert_eq!(Value::Object(map), expected);
        };
        check(json!({"minimum": 1, "exclusiveMinimum": true}), json!({"exclusiveMinimum": 1}));
        check(json!({"minimum": 1, "exclusiveMinimum": false}), json!({"minimum": 1}));
        check(json!({"type": "string", "enum": [1, true]}), json!({"type": "string", "enum": ["1", "true"]}));
        check(
            json!({"required": ["id", "name", "name"], "properties": {"id": {"readOnly": true}}}),
            json!({"required": ["name"], "properties": {"id": {"readOnly": true}}}),
        );
    }

    #[test]
    fn null_fits_what_is_nullable() {
        let check = |schema: Value, expected: Value| {
            let Value::Object(map) = schema else { return };
            assert_eq!(nullable(map), expected);
        };
        check(json!({"type": "string", "enum": ["a"]}), json!({"type": ["string", "null"], "enum": ["a", null]}));
        check(
            json!({"$ref": "#/a", "description": "x"}),
            json!({"anyOf": [{"$ref": "#/a"}, {"type": "null"}], "description": "x"}),
        );
    }
}
