//! The fields of a body: each becomes a parameter of the operation.

use super::Importer;
use serde_json::{Map, Value};

/// How deep schemas are followed.
const DEPTH: usize = 16;

/// So many fields at most become parameters of their own.
const MOST: usize = 400;

/// A field: its name, and a reference to its schema.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) required: bool,
}

/// Where a schema stands among the shared ones: `#/$defs/Pet/allOf/0`.
type At<'s> = (&'s str, &'s Value);

impl Importer<'_> {
    /// The fields of the shared schema of that name, those that are only answered left out; `None` when a value is more than its
    /// fields, or no object: then it is given as a whole.
    pub(super) fn fields(&self, reference: &str) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        let schema = self.converted(reference)?;
        self.collect((&local(reference), schema), true, DEPTH, &mut fields)?;
        let is_some = !fields.is_empty() && fields.len() <= MOST;
        is_some.then_some(fields)
    }

    fn collect(&self, (at, schema): At<'_>, needed: bool, depth: usize, fields: &mut Vec<Field>) -> Option<()> {
        let map = schema.as_object()?;
        if depth == 0 || !is_object(map) || map.get("additionalProperties").is_some_and(Value::is_object) {
            return None;
        }
        if map.contains_key("patternProperties") {
            return None;
        }
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            let target = self.converted(reference)?;
            self.collect((&local(reference), target), needed, depth - 1, fields)?;
        }
        let required = map.get("required").and_then(Value::as_array);
        let is_required = |name: &str| needed && required.is_some_and(|all| all.iter().any(|one| one == name));
        for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if property.get("readOnly") == Some(&Value::Bool(true)) {
                continue;
            }
            let step = name.replace('~', "~0").replace('/', "~1");
            put(fields, name, &format!("{at}/properties/{step}"), is_required(name));
        }
        for (keyword, all) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
            let branches = map.get(keyword).and_then(Value::as_array).into_iter().flatten();
            for (index, branch) in branches.enumerate() {
                self.collect((&format!("{at}/{keyword}/{index}"), branch), needed && all, depth - 1, fields)?;
            }
        }
        // A name that is required here, and whose schema stands elsewhere.
        for name in required.into_iter().flatten().filter_map(Value::as_str).filter(|_| needed) {
            fields.iter_mut().filter(|field| field.name == name).for_each(|field| field.required = true);
        }
        Some(())
    }
}

fn put(fields: &mut Vec<Field>, name: &str, path: &str, required: bool) {
    match fields.iter_mut().find(|field| field.name == name) {
        Some(known) => known.required |= required,
        None => fields.push(Field { name: name.to_owned(), schema: referring(path), required }),
    }
}

/// A schema that refers to a place among the shared ones.
fn referring(path: &str) -> Value {
    // A step of a name that is not plain has to be escaped once more, as a reference is a URI.
    let mut escaped = String::with_capacity(path.len());
    for ch in path.chars() {
        match ch {
            ch if ch.is_ascii_alphanumeric() || "#/$._-~".contains(ch) => escaped.push(ch),
            ch => {
                let mut bytes = [0; 4];
                escaped.extend(percent_encoding::percent_encode(
                    ch.encode_utf8(&mut bytes).as_bytes(),
                    percent_encoding::NON_ALPHANUMERIC,
                ));
            }
        }
    }
    let reference = format!("{}{escaped}", crate::draft::SHARED_SCHEMAS);
    Value::Object(Map::from_iter([("$ref".to_owned(), Value::from(reference))]))
}

/// The reference without its file.
fn local(reference: &str) -> String {
    reference.split_once('#').map_or_else(|| reference.to_owned(), |(_, pointer)| format!("#{pointer}"))
}

/// Whether a value is an object, or a schema says nothing of that.
fn is_object(map: &Map<String, Value>) -> bool {
    match map.get("type") {
        Some(Value::String(name)) => name == "object",
        Some(Value::Array(names)) => names.iter().any(|name| name == "object"),
        _ => !map.contains_key("enum") && !map.contains_key("items"),
    }
}
