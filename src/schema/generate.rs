//! A JSON Schema from a Rust type.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema 2020-12 of a Rust type, as the catalogue's typed entries are made: everything in one tree without
/// references, keys in the order of the fields, doc comments as descriptions.
///
/// An optional field may be left out, and must not be `null`: see [`without_null`]. Serialize such types with
/// `#[serde(skip_serializing_if = "Option::is_none")]`.
///
/// ```
/// #[derive(schemars::JsonSchema, serde::Serialize)]
/// struct Ticket {
///     /// What it is about.
///     title: String,
///     #[serde(skip_serializing_if = "Option::is_none")]
///     priority: Option<u8>,
/// }
///
/// let schema = legwork::schema::generate::<Ticket>();
/// assert_eq!(schema["required"], serde_json::json!(["title"]));
/// assert_eq!(schema["properties"]["priority"]["type"], "integer");
/// ```
#[must_use]
pub fn generate<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = Value::from(settings.into_generator().into_root_schema_for::<T>());
    without_null(&mut schema);
    schema
}

/// Takes `null` out of every key that may be left out: an API means an absent key, and many refuse a null.
pub fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let required = map.get("required").cloned().unwrap_or_default();
            let is_required = |key: &str| required.as_array().is_some_and(|all| all.iter().any(|one| one == key));
            if let Some(Value::Object(properties)) = map.get_mut("properties") {
                properties
                    .iter_mut()
                    .filter(|(key, _)| !is_required(key))
                    .for_each(|(_, property)| drop_null(property));
            }
            map.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

fn drop_null(property: &mut Value) {
    let Value::Object(map) = property else { return };
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(options)) = map.get_mut("enum") {
        options.retain(|option| !option.is_null());
    }
    if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
        branches.retain(|branch| branch.get("type").is_none_or(|one| one != "null"));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            map.shift_remove("anyOf");
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
    }
}
