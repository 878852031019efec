//! Parameters of the path, the query, the header and of cookies.

use super::body::is_json;
use super::path::encoded;
use super::trail::{Place, Trail};
use super::{Importer, Version, names};
use crate::diagnostic::codes;
use crate::draft::{Names, OperationDraft};
use serde_json::{Map, Value, json};

/// Header fields that follow from body, answer and credentials (OpenAPI 3.1, section 4.8.12.2).
const OWN_HEADERS: &[&str] = &["accept", "content-type", "authorization", "content-length", "host"];

/// A parameter as it is written, and where.
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) map: Map<String, Value>,
    pub(super) place: Place,
}

/// What an operation's parameters are collected into.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) taken: Names,
    /// Values that the description itself gives, by parameter.
    pub(super) examples: Map<String, Value>,
}

impl Importer<'_> {
    /// The parameters of a path and of one of its operations, the operation's in place of the path's of the same name.
    pub(super) fn parameters(&mut self, lists: [(Option<&Value>, &Trail<'_>); 2]) -> Vec<Parameter> {
        let mut all: Vec<Parameter> = Vec::new();
        for (list, trail) in lists {
            let items = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for (index, item) in items.iter().enumerate() {
                let here = Trail::Index(trail, index);
                match self.parameter(item, &here) {
                    Ok(one) => match all.iter_mut().find(|known| known.name == one.name && known.kind == one.kind) {
                        Some(known) => *known = one,
                        None => all.push(one),
                    },
                    Err((code, why)) => self.flaws.at(code, &here, why, "the parameter is left out"),
                }
            }
        }
        all
    }

    fn parameter(&self, item: &Value, trail: &Trail<'_>) -> Result<Parameter, (crate::diagnostic::Code, String)> {
        let (value, place) = self
            .files
            .behind(item, &trail.place())
            .map_err(|reference| (codes::E0804, format!("the parameter `{reference}` is not there")))?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let (name, kind) = (text("name"), text("in"));
        match (value, name, kind) {
            (Value::Object(map), Some(name), Some(kind)) => {
                Ok(Parameter { name: name.to_owned(), kind: kind.to_owned(), map: map.clone(), place })
            }
            _ => Err((codes::E0803, "a parameter needs `name` and `in`".to_owned())),
        }
    }

    /// Puts a parameter into the request, and its schema beside the others.
    pub(super) fn put_parameter(&mut self, one: Parameter, operation: &mut OperationDraft, into: &mut Collected) {
        let Parameter { name, kind, mut map, place } = one;
        if kind == "header" && OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(&name)) {
            return;
        }
        let is_required = map.get("required") == Some(&Value::Bool(true)) || kind == "path";
        if kind == "cookie" && !is_required {
            let message = format!("the cookie `{name}` is not sent");
            self.flaws.add(codes::E0803, place, message, "an optional cookie cannot be told from an empty one");
            return;
        }
        let example = example_of(&mut map, self.version);
        let style = Style::of(&map, &kind, self.version);
        let prefix = match map.get("style").and_then(Value::as_str) {
            Some("matrix") => format!(";{}=", encoded(&name)),
            Some("label") => ".".to_owned(),
            _ => String::new(),
        };
        let schema = self.parameter_schema(map, &place);
        let is_list = |types: &[&str]| self.has_type(&schema, types, 8);
        let flat = matches!(kind.as_str(), "path" | "header" | "cookie") && is_list(&["array", "object"]);
        let own = names::parameter(&name, &mut into.taken);
        let template = Value::from(format!("{{{{{own}}}}}"));
        match kind.as_str() {
            "path" => {
                let put = format!("{prefix}\u{1}{own}\u{2}");
                operation.uri = operation.uri.replace(&format!("{{{name}}}"), &put);
            }
            "query" => {
                if let Some(style) = style.filter(|_| is_list(&["array", "object"])) {
                    operation.query_styles.insert(name.clone(), style.into());
                }
                operation.query.insert(name.clone(), template);
            }
            "header" => drop(operation.headers.insert(name.clone(), template)),
            "cookie" => {
                let before = operation.headers.get("Cookie").and_then(Value::as_str);
                let before = before.map(|before| format!("{before}; ")).unwrap_or_default();
                let cookies = format!("{before}{name}={{{{{own}}}}}");
                operation.headers.insert("Cookie".into(), cookies.into());
            }
            _ => return,
        }
        let in_text = matches!(kind.as_str(), "path" | "cookie");
        let schema = match (flat, in_text) {
            (true, _) => joined(&schema),
            // Nothing is no part of a text.
            (false, true) if self.sample(&schema).is_null() => json!({"type": "string", "minLength": 1}),
            _ => schema,
        };
        if let Some(example) = example.filter(|example| !flat && self.fits(&schema, example)) {
            into.examples.insert(own.clone(), example);
        }
        operation.parameters.insert(own.clone(), schema);
        if is_required {
            operation.required.push(own);
        }
    }

    /// The schema of a parameter, with its description.
    fn parameter_schema(&mut self, mut map: Map<String, Value>, place: &Place) -> Value {
        let description = map.get("description").cloned();
        let is_deprecated = map.get("deprecated") == Some(&Value::Bool(true));
        let start = Trail::Start(place);
        let schema = match (self.version, map.remove("schema"), map.remove("content")) {
            (_, Some(schema), _) => self.own_schema(schema, &Trail::Key(&start, "schema")),
            (_, None, Some(Value::Object(content))) => match content.into_iter().next() {
                Some((media, mut of_media)) => {
                    let schema = of_media.get_mut("schema").map(Value::take).unwrap_or_default();
                    let content = Trail::Key(&start, "content");
                    self.own_schema(schema, &Trail::Key(&Trail::Key(&content, &media), "schema"))
                }
                None => json!({}),
            },
            (_, None, _) => {
                // Swagger 2.0 writes the schema into the parameter itself.
                for key in ["name", "in", "required", "description", "style", "explode"] {
                    map.shift_remove(key);
                }
                self.own_schema(Value::Object(map), &start)
            }
        };
        let Value::Object(mut schema) = schema else { return json!({}) };
        if let Some(description) = description.filter(Value::is_string) {
            schema.insert("description".into(), description);
        }
        if is_deprecated {
            schema.insert("deprecated".into(), true.into());
        }
        Value::Object(schema)
    }

    /// Whether a converted schema is of one of these types.
    pub(super) fn has_type(&self, schema: &Value, types: &[&str], depth: usize) -> bool {
        if depth == 0 {
            return false;
        }
        let own = match schema.get("type") {
            Some(Value::String(name)) => types.contains(&name.as_str()),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(|name| types.contains(&name)),
            _ => false,
        };
        let target = || schema.get("$ref").and_then(Value::as_str).and_then(|reference| self.converted(reference));
        let inner = || ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
        own || target().is_some_and(|target| self.has_type(target, types, depth - 1))
            || inner().any(|inner| self.has_type(inner, types, depth - 1))
    }
}

/// A value that stands as one text: its parts joined by commas.
fn joined(schema: &Value) -> Value {
    let told = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{told} (values joined by commas)");
    json!({"type": "string", "minLength": 1, "description": description.trim_start()})
}

/// How a list or an object stands in the query, when it is not as usual: a list repeats its name.
enum Style {
    Joined(&'static str),
    Brackets,
    Members,
    Json,
}

impl Style {
    fn of(map: &Map<String, Value>, kind: &str, version: Version) -> Option<Self> {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if kind != "query" {
            return None;
        }
        if version == Version::V2 {
            return match text("collectionFormat") {
                Some("multi") => None,
                Some("ssv") => Some(Self::Joined("space")),
                Some("tsv") => Some(Self::Joined("tab")),
                Some("pipes") => Some(Self::Joined("pipe")),
                _ => Some(Self::Joined("comma")),
            };
        }
        if let Some(content) = map.get("content").and_then(Value::as_object) {
            return content.keys().next().filter(|media| is_json(media)).map(|_| Self::Json);
        }
        let is_exploded = map.get("explode").and_then(Value::as_bool);
        match text("style") {
            Some("deepObject") => Some(Self::Brackets),
            Some("spaceDelimited") if is_exploded != Some(true) => Some(Self::Joined("space")),
            Some("pipeDelimited") if is_exploded != Some(true) => Some(Self::Joined("pipe")),
            _ if is_exploded == Some(false) => Some(Self::Joined("comma")),
            _ => Some(Self::Members),
        }
    }
}

impl From<Style> for Value {
    fn from(style: Style) -> Self {
        match style {
            Style::Joined(separator) => separator.into(),
            Style::Brackets => "brackets".into(),
            Style::Members => "members".into(),
            Style::Json => "json".into(),
        }
    }
}

/// The first value that a parameter, a media type or a header gives itself.
pub(super) fn example_of(map: &mut Map<String, Value>, version: Version) -> Option<Value> {
    if let Some(example) = map.shift_remove("example") {
        return Some(example);
    }
    if version == Version::V2 {
        return map.shift_remove("x-example");
    }
    match map.shift_remove("examples") {
        Some(Value::Object(named)) => {
            named.into_iter().find_map(|(_, mut example)| Some(example.get_mut("value")?.take()))
        }
        Some(Value::Array(list)) => list.into_iter().next(),
        _ => None,
    }
}
