//! Schemas of a description as JSON Schema 2020-12: every keyword is what its name says, or is left out.

use super::keyword;
use super::trail::{Place, Trail};
use super::{Importer, Version};
use crate::diagnostic::codes;
use crate::draft::{SHARED_SCHEMAS, shared};
use crate::source::kind_in_words;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// Beside a `$ref`, before 3.1: what is still said of the place, not of the schema.
const BESIDE_REF: &[&str] = &["$ref", "description", "readOnly", "writeOnly", "deprecated", "nullable", "x-nullable"];

impl Importer<'_> {
    /// A schema of an operation; its references lead to the shared file.
    pub(super) fn own_schema(&mut self, value: Value, trail: &Trail<'_>) -> Value {
        let before = std::mem::replace(&mut self.in_operation, true);
        let schema = self.schema(value, trail);
        self.in_operation = before;
        schema
    }

    /// A schema among the shared ones.
    pub(super) fn schema(&mut self, value: Value, trail: &Trail<'_>) -> Value {
        match value {
            Value::Bool(_) => value,
            Value::Object(map) => self.of_object(map, trail),
            Value::Null => Value::Object(Map::new()),
            other => {
                let message = format!("a schema is an object, not {}", kind_in_words(&other));
                self.flaws.at(codes::E0803, trail, message, "every value is allowed in its place");
                Value::Object(Map::new())
            }
        }
    }

    fn of_object(&mut self, mut map: Map<String, Value>, trail: &Trail<'_>) -> Value {
        let reference = match map.get("$ref") {
            Some(Value::String(reference)) => Some(reference.clone()),
            _ => None,
        };
        if reference.is_some() && self.version != Version::V3_1 {
            map.retain(|key, _| BESIDE_REF.contains(&key.as_str()));
        }
        let nullable =
            [map.shift_remove("nullable"), map.shift_remove("x-nullable")].contains(&Some(Value::Bool(true)));
        let has_discriminator = map.contains_key("discriminator");
        let mut schema = Map::with_capacity(map.len());
        if let Some(reference) = reference
            && let Some(own) = self.reference(&reference, trail)
        {
            schema.insert("$ref".into(), own.into());
        }
        for (key, value) in map {
            self.member(&key, value, &mut schema, trail);
        }
        keyword::settle(&mut schema);
        if has_discriminator && let Some(branches) = schema.shift_remove("oneOf") {
            // The discriminator chooses; branches that say too little of themselves must not refuse one another's values.
            schema.insert("anyOf".into(), branches);
        }
        if nullable { keyword::nullable(schema) } else { Value::Object(schema) }
    }

    fn member(&mut self, key: &str, value: Value, schema: &mut Map<String, Value>, trail: &Trail<'_>) {
        let here = Trail::Key(trail, key);
        match key {
            "properties" | "patternProperties" | "dependentSchemas" => {
                let members = self.members(key, value, schema, &here);
                schema.extend(members.map(|members| (key.to_owned(), members)));
            }
            "items" if value.is_array() => {
                let list = self.list(value, &here);
                schema.extend(list.map(|list| ("prefixItems".to_owned(), list)));
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                let list = self.list(value, &here);
                schema.extend(list.map(|list| (key.to_owned(), list)));
            }
            "items"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties" => {
                let value = match value {
                    Value::String(text) if text == "true" || text == "false" => Value::Bool(text == "true"),
                    other => other,
                };
                let inner = self.schema(value, &here);
                schema.insert(key.to_owned(), inner);
            }
            "example" => {
                schema.entry("examples").or_insert_with(|| Value::Array(vec![value]));
            }
            "$ref" | "discriminator" => {}
            _ => match keyword::checked(key, value, &mut self.patterns) {
                Ok(value) => schema.extend(value.map(|value| (key.to_owned(), value))),
                Err(why) => self.flaws.at(codes::E0803, &here, why, "the keyword is left out"),
            },
        }
    }

    fn members(
        &mut self,
        key: &str,
        value: Value,
        schema: &mut Map<String, Value>,
        trail: &Trail<'_>,
    ) -> Option<Value> {
        let Value::Object(members) = value else {
            let message = format!("`{key}` is an object, not {}", kind_in_words(&value));
            self.flaws.at(codes::E0803, trail, message, "it is left out");
            return None;
        };
        let mut converted = Map::with_capacity(members.len());
        let mut required = Vec::new();
        for (name, member) in members {
            if key == "patternProperties" && !keyword::is_pattern(&name, &mut self.patterns) {
                let message = format!("`{name}` is no regular expression");
                self.flaws.at(codes::E0803, &Trail::Key(trail, &name), message, "the pattern is left out");
                continue;
            }
            if member.get("required") == Some(&Value::Bool(true)) {
                required.push(Value::from(name.as_str()));
            }
            let inner = self.schema(member, &Trail::Key(trail, &name));
            converted.insert(name, inner);
        }
        if key == "properties" && !required.is_empty() {
            // The custom of JSON Schema's third draft.
            if let Value::Array(names) = schema.entry("required").or_insert_with(|| json!([])) {
                names.extend(required);
            }
        }
        Some(Value::Object(converted))
    }

    fn list(&mut self, value: Value, trail: &Trail<'_>) -> Option<Value> {
        let items = match value {
            Value::Array(items) => items,
            Value::Object(_) => vec![value],
            other => {
                let message = format!("this is a list of schemas, not {}", kind_in_words(&other));
                self.flaws.at(codes::E0803, trail, message, "it is left out");
                return None;
            }
        };
        let items = items.into_iter().enumerate();
        let list: Vec<Value> = items.map(|(index, item)| self.schema(item, &Trail::Index(trail, index))).collect();
        Some(Value::Array(list)).filter(|list| list != &json!([]))
    }

    /// The reference as it stands in a task definition's schema; `None`, and a flaw, when it leads nowhere.
    fn reference(&mut self, reference: &str, trail: &Trail<'_>) -> Option<String> {
        let Some(name) = self.shared_name(trail.file(), reference) else {
            let message = format!("`{reference}` leads nowhere");
            self.flaws.at(codes::E0804, trail, message, "every value is allowed in its place");
            return None;
        };
        Some(if self.in_operation { shared(&name) } else { format!("#/$defs/{name}") })
    }

    /// The name that the target of a reference has among the shared schemas.
    pub(super) fn shared_name(&mut self, file: usize, reference: &str) -> Option<String> {
        let place = self.files.place(file, reference)?;
        if let Some(name) = self.shared_names.get(&place) {
            return Some(name.clone());
        }
        let pinned = (place.file == 0).then(|| self.files.pinned.get(&place.pointer)).flatten();
        let value = pinned.or_else(|| self.files.at(&place))?;
        if !matches!(value, Value::Object(_) | Value::Bool(_)) {
            return None;
        }
        let value = value.clone();
        let name = self.new_name(&place);
        self.shared_names.insert(place.clone(), name.clone());
        self.waiting.push((name.clone(), place, value));
        Some(name)
    }

    /// A name from the last step of a place: of its pointer, or its file.
    fn new_name(&mut self, place: &Place) -> String {
        let last = place.pointer.steps().filter(|step| !matches!(step.as_str(), "schema" | "items")).last();
        let path = self.files.path(place.file);
        let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default().to_owned();
        let name = keyword::def_name(&last.unwrap_or(stem));
        self.def_names.take(&name)
    }

    /// Converts what schemas referred to since; and what that refers to.
    pub(super) fn catch_up(&mut self) {
        while let Some((name, place, value)) = self.waiting.pop() {
            let schema = self.schema(value, &Trail::Start(&place));
            self.schemas.insert(name, schema);
        }
    }

    /// What a reference of a converted schema leads to.
    pub(super) fn converted(&self, reference: &str) -> Option<&Value> {
        lookup(&self.schemas, reference)
    }
}

/// What a reference leads to among the shared schemas.
pub(super) fn lookup<'s>(schemas: &'s Map<String, Value>, reference: &str) -> Option<&'s Value> {
    let path = reference.strip_prefix(SHARED_SCHEMAS).unwrap_or(reference).strip_prefix("#/$defs/")?;
    let (name, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    schemas.get(name)?.pointer(&percent_decode_str(rest).decode_utf8_lossy())
}
