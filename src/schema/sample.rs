//! A typical valid value of a schema.

use super::fits::{Lookup, fits};
use super::pattern;
use serde_json::{Map, Number, Value, json};
use std::cell::Cell;

/// How deep schemas are followed.
const DEPTH: usize = 24;

/// How many schemas one sample looks at; what comes behind is left out where it may be.
const BUDGET: usize = 20_000;

/// So many branches of an `anyOf` or `oneOf` are tried.
const BRANCHES: usize = 12;

/// A typical value of a schema: its `const`, first example, default or first allowed value, else one that fits type, format and
/// limits. Of an object the required keys, and those that carry an example of their own.
#[must_use]
pub fn sample(schema: &Value) -> Value {
    sample_with(schema, &|reference| schema.pointer(reference.strip_prefix('#')?))
}

/// The same of a schema whose references `lookup` finds.
#[must_use]
pub fn sample_with(schema: &Value, lookup: &Lookup<'_>) -> Value {
    Sampler { lookup, budget: Cell::new(BUDGET) }.value(schema, DEPTH)
}

struct Sampler<'s, 'l> {
    lookup: &'l Lookup<'s>,
    budget: Cell<usize>,
}

impl Sampler<'_, '_> {
    fn value(&self, schema: &Value, depth: usize) -> Value {
        let Value::Object(map) = schema else { return Value::Null };
        if let Some(given) = given(map).find(|given| self.fits(schema, given)) {
            return given.clone();
        }
        if depth == 0 || self.budget.get() == 0 {
            return Value::Null;
        }
        self.budget.set(self.budget.get() - 1);
        let mut first = None;
        for choice in 0..BRANCHES {
            let mut flat = Flat::default();
            self.flatten(map, choice, depth, &mut flat);
            let value = self.of_flat(&flat.map, depth);
            if !flat.has_choice {
                return value;
            }
            if self.fits(schema, &value) {
                return value;
            }
            first.get_or_insert(value);
            if choice >= flat.choices {
                break;
            }
        }
        first.unwrap_or_default()
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        fits(schema, value, self.lookup)
    }

    /// Puts a schema, what it refers to, all of its `allOf` and one branch of each choice into one.
    fn flatten(&self, map: &Map<String, Value>, choice: usize, depth: usize, flat: &mut Flat) {
        if depth == 0 {
            return;
        }
        if let Some(Value::Object(target)) = map.get("$ref").and_then(Value::as_str).and_then(self.lookup) {
            self.flatten(target, choice, depth - 1, flat);
        }
        for branch in map.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
            self.flatten(branch, choice, depth - 1, flat);
        }
        flat.add(map);
        for keyword in ["anyOf", "oneOf"] {
            let Some(branches) = map.get(keyword).and_then(Value::as_array).filter(|list| !list.is_empty()) else {
                continue;
            };
            flat.has_choice = true;
            flat.choices = flat.choices.max(branches.len() - 1);
            // The empty value is the last that anybody wants to see.
            let mut order: Vec<_> = branches.iter().filter(|branch| !is_null(branch)).collect();
            order.extend(branches.iter().filter(|branch| is_null(branch)));
            if let Some(branch) = order.get(choice % order.len()).and_then(|branch| branch.as_object()) {
                self.flatten(branch, choice, depth - 1, flat);
            }
        }
    }

    fn of_flat(&self, map: &Map<String, Value>, depth: usize) -> Value {
        let whole = Value::Object(map.clone());
        if let Some(given) = given(map).find(|given| self.fits(&whole, given)) {
            return given.clone();
        }
        match type_of(map) {
            Some("object") => self.object(map, depth),
            Some("array") => self.array(map, depth),
            Some("integer") => number(map, true),
            Some("number") => number(map, false),
            Some("boolean") => Value::Bool(true),
            Some("string") => Value::String(text(map)),
            _ => Value::Null,
        }
    }

    fn object(&self, map: &Map<String, Value>, depth: usize) -> Value {
        let mut object = Map::new();
        let properties = map.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            let own = property.as_object().and_then(|own| given(own).find(|given| self.fits(property, given)));
            if requires(map, key) {
                object.insert(key.clone(), self.value(property, depth - 1));
            } else if let Some(own) = own {
                object.insert(key.clone(), own.clone());
            }
        }
        let more = map.get("additionalProperties").filter(|more| more.is_object());
        for key in map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            let missing = || more.map_or_else(|| json!("text"), |more| self.value(more, depth - 1));
            object.entry(key).or_insert_with(missing);
        }
        let size = |keyword: &str| map.get(keyword).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
        let least = size("minProperties").unwrap_or(0).min(64);
        for (key, property) in properties.into_iter().flatten() {
            if object.len() < least && !object.contains_key(key) {
                object.insert(key.clone(), self.value(property, depth - 1));
            }
        }
        for (key, names) in map.get("dependentRequired").and_then(Value::as_object).into_iter().flatten() {
            let names = names.as_array().filter(|_| object.contains_key(key));
            for name in names.into_iter().flatten().filter_map(Value::as_str) {
                let property = properties.and_then(|properties| properties.get(name));
                let missing = || property.map_or_else(|| json!("text"), |property| self.value(property, depth - 1));
                object.entry(name).or_insert_with(missing);
            }
        }
        for index in 0..least {
            if object.len() < least {
                object.insert(
                    format!("key{index}"),
                    more.map_or_else(|| json!("text"), |more| self.value(more, depth - 1)),
                );
            }
        }
        Value::Object(object)
    }

    fn array(&self, map: &Map<String, Value>, depth: usize) -> Value {
        let size = |keyword: &str| map.get(keyword).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
        let first = map.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut items: Vec<Value> = first.iter().map(|schema| self.value(schema, depth - 1)).collect();
        let schema = map.get("items");
        let wanted = size("minItems").unwrap_or(usize::from(first.is_empty() && depth > 2)).min(64);
        let wanted = wanted.min(size("maxItems").unwrap_or(wanted));
        let item = schema.map_or(Value::Null, |schema| self.value(schema, depth - 1));
        let unique = map.get("uniqueItems") == Some(&Value::Bool(true));
        let others = schema.and_then(Value::as_object).map(|schema| self.others(schema, depth)).unwrap_or_default();
        while items.len() < wanted {
            let next =
                if unique && items.contains(&item) { others.iter().find(|other| !items.contains(other)) } else { None };
            match next {
                Some(next) => items.push(next.clone()),
                None if unique && items.contains(&item) => match another(&item, items.len()) {
                    Some(next) => items.push(next),
                    None => break,
                },
                None => items.push(item.clone()),
            }
        }
        Value::Array(items)
    }

    /// Further values of a schema that lists its values.
    fn others(&self, schema: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let mut flat = Flat::default();
        self.flatten(schema, 0, depth, &mut flat);
        flat.map.get("enum").and_then(Value::as_array).cloned().unwrap_or_default()
    }
}

/// A value that differs from a sampled one.
fn another(item: &Value, number: usize) -> Option<Value> {
    match item {
        Value::String(text) => Some(format!("{text}{number}").into()),
        Value::Number(value) => Some((value.as_i64()? + i64::try_from(number).ok()?).into()),
        Value::Bool(value) => (number == 1).then_some(Value::Bool(!value)),
        _ => None,
    }
}

/// Several schemas that all hold, as one.
#[derive(Default)]
struct Flat {
    map: Map<String, Value>,
    has_choice: bool,
    choices: usize,
}

impl Flat {
    fn add(&mut self, more: &Map<String, Value>) {
        for (key, value) in more {
            if matches!(key.as_str(), "$ref" | "allOf" | "anyOf" | "oneOf" | "$defs" | "description" | "title") {
                continue;
            }
            match self.map.get_mut(key) {
                None => {
                    self.map.insert(key.clone(), value.clone());
                }
                Some(old) => tighten(key, old, value),
            }
        }
    }
}

/// Makes one keyword hold what both say.
fn tighten(key: &str, old: &mut Value, new: &Value) {
    match (key, &mut *old, new) {
        ("properties", Value::Object(old), Value::Object(new)) => {
            for (name, schema) in new {
                let both = old
                    .shift_remove(name)
                    .filter(|known| known != schema)
                    .map_or_else(|| schema.clone(), |known| json!({"allOf": [known, schema]}));
                old.insert(name.clone(), both);
            }
        }
        ("required", Value::Array(old), Value::Array(new)) => {
            let missing: Vec<Value> = new.iter().filter(|name| !old.contains(name)).cloned().collect();
            old.extend(missing);
        }
        ("type", Value::Array(names), Value::String(name)) if names.iter().any(|one| one == name) => {
            *old = Value::String(name.clone());
        }
        ("type", Value::Array(names), Value::Array(others)) => names.retain(|name| others.contains(name)),
        ("enum", Value::Array(old), Value::Array(new)) => old.retain(|value| new.contains(value)),
        ("minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties", old, _)
            if new.as_f64() > old.as_f64() =>
        {
            *old = new.clone();
        }
        ("maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties", old, _)
            if new.as_f64() < old.as_f64() =>
        {
            *old = new.clone();
        }
        ("items", old, new) if *old != *new => *old = json!({"allOf": [old.clone(), new]}),
        _ => {}
    }
}

/// What the schema gives itself.
fn given(map: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let list = |keyword: &str| map.get(keyword).and_then(Value::as_array).into_iter().flatten();
    let given = map.get("const").into_iter().chain(list("examples")).chain(map.get("example"));
    given.chain(map.get("default")).chain(list("enum"))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null")
}

fn type_of(map: &Map<String, Value>) -> Option<&str> {
    let has = |keys: &[&str]| keys.iter().any(|key| map.contains_key(*key));
    match map.get("type") {
        Some(Value::String(one)) => Some(one),
        Some(Value::Array(many)) => {
            let names = || many.iter().filter_map(Value::as_str);
            names().find(|one| *one != "null").or_else(|| names().next())
        }
        _ if has(&["properties", "required", "additionalProperties", "minProperties"]) => Some("object"),
        _ if has(&["items", "minItems", "prefixItems"]) => Some("array"),
        _ if has(&["pattern", "format", "minLength", "maxLength"]) => Some("string"),
        _ if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) => Some("number"),
        _ => None,
    }
}

fn requires(map: &Map<String, Value>, key: &str) -> bool {
    map.get("required").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == key))
}

fn number(map: &Map<String, Value>, whole: bool) -> Value {
    let limit = |keyword: &str| map.get(keyword).and_then(Value::as_f64);
    let above = limit("exclusiveMinimum");
    let below = limit("exclusiveMaximum");
    let step = limit("multipleOf").filter(|step| *step > 0.0);
    let unit = step.unwrap_or(1.0);
    let least = [limit("minimum"), above.map(|limit| limit + unit)].into_iter().flatten().reduce(f64::max);
    let most = [limit("maximum"), below.map(|limit| limit - unit)].into_iter().flatten().reduce(f64::min);
    let wanted = least.unwrap_or_else(|| most.map_or(unit, |most| most.min(unit)));
    let mut value = (wanted / unit).ceil() * unit;
    if !whole && step.is_none() && most.is_some_and(|most| value > most) {
        // Between two limits that lie closer together than 1.
        let (from, to) = (limit("minimum").or(above), limit("maximum").or(below));
        value = from.zip(to).map_or(wanted, |(from, to)| f64::midpoint(from, to));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a sample within the schema's own limits")]
    if value.fract() == 0.0 && value.abs() < 9e18 {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn text(map: &Map<String, Value>) -> String {
    let size = |keyword: &str| map.get(keyword).and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let least = size("minLength").unwrap_or(0).min(4096);
    let most = size("maxLength").unwrap_or(usize::MAX);
    let format = map.get("format").and_then(Value::as_str).unwrap_or_default();
    let usual = usual_text(format);
    let pattern = map.get("pattern").and_then(Value::as_str);
    let is_enough = fits(&Value::Object(map.clone()), &Value::from(usual), &|_| None);
    if let Some(text) = pattern.filter(|_| !is_enough).and_then(|pattern| pattern::text_of(pattern, least, most)) {
        return text;
    }
    let mut text = usual.to_owned();
    while text.chars().count() < least {
        text.push('x');
    }
    text.chars().take(most).collect()
}

fn usual_text(format: &str) -> &'static str {
    match format {
        "email" | "idn-email" => "jane@example.com",
        "date-time" => "2026-01-31T12:00:00Z",
        "date" => "2026-01-31",
        "time" => "12:00:00Z",
        "duration" => "P1D",
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => "https://example.com/",
        "uri-template" => "https://example.com/{id}",
        "json-pointer" => "/a",
        "relative-json-pointer" => "1/a",
        "regex" => "a+",
        "uuid" => "123e4567-e89b-42d3-a456-426614174000",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "dGV4dA==",
        _ => "text",
    }
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
        check(json!({"type": "string", "pattern": "^[A-Z]{2}[0-9]+$", "minLength": 5}), json!("AA111"));
        check(json!({"type": "string", "format": "date", "example": "today"}), json!("2026-01-31"));
        check(
            json!({"allOf": [{"$ref": "#/$defs/a"}, {"required": ["b"], "properties": {"b": {"type": "integer"}}}],
                   "$defs": {"a": {"type": "object", "required": ["a"], "properties": {"a": {"enum": [1]}}}}}),
            json!({"a": 1, "b": 1}),
        );
        check(
            json!({"type": "object", "minProperties": 1, "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
                   "dependentRequired": {"a": ["b"]}}),
            json!({"a": "text", "b": 1}),
        );
        check(json!({"anyOf": [{"type": "null"}, {"minLength": 1, "type": "string"}]}), json!("text"));
        check(
            json!({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": true}),
            json!(["a", "b"]),
        );
        check(json!({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}), json!(0.25));
        check(json!({"oneOf": [{"type": "string", "format": "date"}, {"type": "integer"}]}), json!("2026-01-31"));
    }
}
