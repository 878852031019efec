//! A typical valid value of a schema.

use serde_json::{Map, Number, Value, json};

/// How deep references are followed.
const DEPTH: usize = 12;

/// A typical value of a schema: its `const`, first example, default or first allowed value, else one that fits type, format and
/// limits. Of an object the required keys, and those that carry an example of their own.
#[must_use]
pub fn sample(schema: &Value) -> Value {
    Sampler { document: schema }.value(schema, DEPTH)
}

struct Sampler<'s> {
    document: &'s Value,
}

impl Sampler<'_> {
    fn value(&self, schema: &Value, depth: usize) -> Value {
        let Value::Object(map) = schema else { return Value::Null };
        if let Some(given) = given(map) {
            return given;
        }
        if depth == 0 {
            return Value::Null;
        }
        if let Some(target) = self.target(map) {
            return self.value(target, depth - 1);
        }
        match type_of(map) {
            Some("object") => self.object(map, depth),
            Some("array") => self.array(map, depth),
            Some("integer" | "number") => number(map),
            Some("boolean") => Value::Bool(true),
            Some("string") => Value::String(text(map)),
            Some(_) => Value::Null,
            None => self.combined(map, depth),
        }
    }

    fn target(&self, map: &Map<String, Value>) -> Option<&Value> {
        let reference = map.get("$ref")?.as_str()?;
        self.document.pointer(reference.strip_prefix('#')?)
    }

    fn object(&self, map: &Map<String, Value>, depth: usize) -> Value {
        let mut object = Map::new();
        let properties = map.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            if requires(map, key) || property.as_object().is_some_and(|property| given(property).is_some()) {
                object.insert(key.clone(), self.value(property, depth - 1));
            }
        }
        for branch in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            if let Value::Object(more) = self.value(branch, depth - 1) {
                object.extend(more);
            }
        }
        for key in map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            object.entry(key).or_insert_with(|| json!("text"));
        }
        Value::Object(object)
    }

    fn array(&self, map: &Map<String, Value>, depth: usize) -> Value {
        let least = map.get("minItems").and_then(Value::as_u64).unwrap_or(1).clamp(1, 16);
        let item = map.get("items").map_or(Value::Null, |items| self.value(items, depth - 1));
        Value::Array((0..least).map(|_| item.clone()).collect())
    }

    fn combined(&self, map: &Map<String, Value>, depth: usize) -> Value {
        let first = |keyword: &str| map.get(keyword).and_then(Value::as_array).and_then(|branches| branches.first());
        match first("oneOf").or_else(|| first("anyOf")) {
            Some(branch) => self.value(branch, depth - 1),
            None if map.contains_key("allOf") => self.object(map, depth),
            None => Value::Null,
        }
    }
}

/// What the schema gives itself.
fn given(map: &Map<String, Value>) -> Option<Value> {
    let first = |keyword: &str| map.get(keyword).and_then(Value::as_array).and_then(|list| list.first());
    let given = map.get("const").or_else(|| first("examples")).or_else(|| map.get("example"));
    given.or_else(|| map.get("default")).or_else(|| first("enum")).cloned()
}

fn type_of(map: &Map<String, Value>) -> Option<&str> {
    match map.get("type") {
        Some(Value::String(one)) => Some(one),
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        _ if map.contains_key("properties") || map.contains_key("required") => Some("object"),
        _ if map.contains_key("items") => Some("array"),
        _ if map.contains_key("pattern") || map.contains_key("format") => Some("string"),
        _ => None,
    }
}

fn requires(map: &Map<String, Value>, key: &str) -> bool {
    map.get("required").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == key))
}

fn number(map: &Map<String, Value>) -> Value {
    let limit = |keyword: &str| map.get(keyword).and_then(Value::as_f64);
    let least = limit("minimum").or_else(|| limit("exclusiveMinimum").map(|limit| limit + 1.0));
    let most = limit("maximum").or_else(|| limit("exclusiveMaximum").map(|limit| limit - 1.0));
    let step = limit("multipleOf").filter(|step| *step > 0.0).unwrap_or(1.0);
    let wanted = least.unwrap_or_else(|| most.map_or(step, |most| most.min(step)));
    let stepped = (wanted / step).ceil() * step;
    #[expect(clippy::cast_possible_truncation, reason = "a sample within the schema's own limits")]
    if stepped.fract() == 0.0 {
        return Value::from(stepped as i64);
    }
    Number::from_f64(stepped).map_or(Value::Null, Value::Number)
}

fn text(map: &Map<String, Value>) -> String {
    let format = map.get("format").and_then(Value::as_str).unwrap_or_default();
    let text = match format {
        "email" | "idn-email" => "jane@example.com",
        "date-time" => "2026-01-31T12:00:00Z",
        "date" => "2026-01-31",
        "time" => "12:00:00Z",
        "uri" | "url" | "iri" | "uri-reference" => "https://example.com/",
        "uuid" => "123e4567-e89b-42d3-a456-426614174000",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "dGV4dA==",
        _ => "text",
    };
    let size = |keyword: &str| map.get(keyword).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let least = size("minLength").unwrap_or(0).min(4096);
    let mut text = text.to_owned();
    while text.chars().count() < least {
        text.push('x');
    }
    size("maxLength").map_or(text.clone(), |most| text.chars().take(most).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Schema;
    use super::*;

    #[test]
    fn a_sample_is_typical_and_valid() {
        let check = |schema: Value, expected: Value| {
            let sampled = sample(&schema);
            assert_eq!(sampled, expected, "{schema}");
            let violations = Schema::compile(&schema).expect("a schema").validate(&sampled);
            assert!(violations.is_empty(), "{violations:?}");
        };
        check(json!({"type": "string", "format": "email"}), json!("jane@example.com"));
        check(json!({"type": "string", "minLength": 6, "maxLength": 7}), json!("textxx"));
        check(json!({"type": "integer", "minimum": 3, "multipleOf": 2}), json!(4));
        check(json!({"enum": ["a", "b"]}), json!("a"));
        check(json!({"type": ["null", "boolean"]}), json!(true));
        check(json!({"type": "array", "items": {"const": 7}, "minItems": 2}), json!([7, 7]));
        check(
            json!({"type": "object", "required": ["a"], "properties": {"a": {"default": 1}, "b": {"type": "string"}, "c": {"examples": ["x"]}}}),
            json!({"a": 1, "c": "x"}),
        );
        check(
            json!({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}}}),
            json!({}),
        );
        check(
            json!({"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}}]}),
            json!({"a": 1}),
        );
        check(json!({"oneOf": [{"type": "string", "format": "date"}, {"type": "integer"}]}), json!("2026-01-31"));
    }
}
