//! The body of a request: its content type, its schema, and the template that is filled from the operation's parameters.

use super::fields::Field;
use super::parameter::{Collected, Parameter, example_of};
use super::trail::Trail;
use super::{Importer, names};
use crate::diagnostic::codes;
use crate::draft::{OperationDraft, shared};
use serde_json::{Map, Value, json};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A body as the description has it.
struct Described {
    media: String,
    schema: Value,
    required: bool,
    example: Option<Value>,
}

impl Importer<'_> {
    /// The body of a 3.x operation.
    pub(super) fn request_body(
        &mut self,
        body: &Value,
        trail: &Trail<'_>,
        operation: &mut OperationDraft,
        into: &mut Collected,
    ) {
        let (body, place) = match self.files.behind(body, &trail.place()) {
            Ok((body, place)) => (body, place),
            Err(reference) => {
                let message = format!("the body `{reference}` is not there");
                return self.flaws.at(codes::E0804, trail, message, "the operation is imported without a body");
            }
        };
        let required = body.get("required") == Some(&Value::Bool(true));
        let Some(content) = body.get("content").and_then(Value::as_object) else { return };
        let Some((media, of_media)) = chosen(content) else { return };
        let (media, mut of_media) = (media.clone(), of_media.as_object().cloned().unwrap_or_default());
        let example = example_of(&mut of_media, self.version);
        let start = Trail::Start(&place);
        let content = Trail::Key(&start, "content");
        let here = Trail::Key(&content, &media);
        let schema = of_media.shift_remove("schema").unwrap_or_default();
        let schema = self.own_schema(schema, &Trail::Key(&here, "schema"));
        self.put_body(Described { media, schema, required, example }, operation, into);
    }

    /// The body of a 2.0 operation: its parameter `body`, or those of a form.
    pub(super) fn swagger_body(
        &mut self,
        parameters: Vec<Parameter>,
        consumes: &[&str],
        operation: &mut OperationDraft,
        into: &mut Collected,
    ) {
        let (whole, fields): (Vec<_>, Vec<_>) = parameters.into_iter().partition(|one| one.kind == "body");
        if let Some(mut one) = whole.into_iter().next() {
            let required = one.map.get("required") == Some(&Value::Bool(true));
            let example = example_of(&mut one.map, self.version);
            let schema = one.map.shift_remove("schema").unwrap_or_default();
            let schema = self.own_schema(schema, &Trail::Key(&Trail::Start(&one.place), "schema"));
            let media = consumes.iter().find(|media| is_json(media)).or(consumes.first()).copied();
            let media = media.filter(|media| !media.contains("form")).unwrap_or("application/json").to_owned();
            return self.put_body(Described { media, schema, required, example }, operation, into);
        }
        if fields.is_empty() {
            return;
        }
        let has_file = fields.iter().any(|one| one.map.get("type").is_some_and(|name| name == "file"));
        let is_multipart = has_file || (consumes.contains(&MULTIPART) && !consumes.contains(&FORM));
        let media = if is_multipart { MULTIPART } else { FORM }.to_owned();
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for mut one in fields {
            if one.map.get("required") == Some(&Value::Bool(true)) {
                required.push(Value::from(one.name.as_str()));
            }
            for key in ["name", "in", "required"] {
                one.map.shift_remove(key);
            }
            let schema = self.own_schema(Value::Object(one.map), &Trail::Start(&one.place));
            properties.insert(one.name, schema);
        }
        let mut schema =
            Map::from_iter([("type".to_owned(), json!("object")), ("properties".to_owned(), properties.into())]);
        schema.extend(
            Some(required).filter(|names| !names.is_empty()).map(|names| ("required".to_owned(), names.into())),
        );
        self.put_body(Described { media, schema: schema.into(), required: true, example: None }, operation, into);
    }

    fn put_body(&mut self, body: Described, operation: &mut OperationDraft, into: &mut Collected) {
        let Described { media, mut schema, required, example } = body;
        let plain = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if plain != "application/json" {
            let sent = if plain == "*/*" || plain.ends_with("/*") { "application/octet-stream" } else { &media };
            let sent = if plain == "application/*" { "application/json" } else { sent };
            operation.options.insert("contentType".into(), sent.into());
        }
        let is_form = plain == FORM || plain == MULTIPART;
        if !is_json(&plain) && !is_form && plain != "*/*" {
            return put_whole(text_schema(&plain), required, example.filter(Value::is_string), operation, into);
        }
        if is_form {
            schema = self.form_schema(schema, plain == MULTIPART);
        }
        if schema == json!({}) || schema.is_boolean() {
            return put_whole(json!({}), required, example, operation, into);
        }
        let reference = self.hoisted(schema, operation);
        let fields = self.fields(&reference).filter(|fields| self.is_whole(&reference, fields));
        if let Some(fields) = fields.filter(|_| required || is_form || self.asks_nothing(&reference)) {
            self.put_fields(fields, example.as_ref(), operation, into);
        } else {
            let schema = json!({"$ref": reference});
            let example = example.filter(|example| self.fits(&schema, example));
            put_whole(schema, required, example, operation, into);
        }
        let is_given = required || operation.body.as_ref().is_some_and(Value::is_object);
        let schema = json!({"$ref": reference});
        operation.body_schema = Some(if is_given { schema } else { json!({"anyOf": [schema, {"type": "null"}]}) });
    }

    /// Each field as a parameter of its own.
    fn put_fields(
        &self,
        fields: Vec<Field>,
        example: Option<&Value>,
        operation: &mut OperationDraft,
        into: &mut Collected,
    ) {
        let mut tree = Map::new();
        for field in fields {
            let own = names::parameter(&field.name, &mut into.taken);
            tree.insert(field.name.clone(), format!("{{{{{own}}}}}").into());
            let value = example.and_then(|example| example.get(&field.name));
            let value = value.filter(|value| self.fits(&field.schema, value));
            into.examples.extend(value.map(|value| (own.clone(), value.clone())));
            operation.parameters.insert(own.clone(), field.schema);
            if field.required {
                operation.required.push(own);
            }
        }
        operation.body = Some(Value::Object(tree));
    }

    /// Whether the fields that must be there are enough for a body: a rule over several of them is for the body as a whole.
    fn is_whole(&self, reference: &str, fields: &[Field]) -> bool {
        let needed = fields.iter().filter(|field| field.required);
        let sampled = needed.map(|field| (field.name.clone(), self.sample(&field.schema)));
        self.fits(&json!({"$ref": reference}), &Value::Object(sampled.collect()))
    }

    /// Whether an empty object is a body: then an optional one may be sent field by field.
    fn asks_nothing(&self, reference: &str) -> bool {
        self.fits(&json!({"$ref": reference}), &json!({}))
    }

    /// The reference to a body's schema, which is put among the shared ones when it is not there yet.
    fn hoisted(&mut self, schema: Value, operation: &OperationDraft) -> String {
        if let Some(map) = schema.as_object().filter(|map| map.len() == 1)
            && let Some(reference) = map.get("$ref").and_then(Value::as_str)
        {
            self.catch_up();
            return reference.to_owned();
        }
        let name = self.def_names.take(&format!("{}.{}.body", operation.resource, operation.verb));
        let schema = within_shared(schema);
        self.schemas.insert(name.clone(), schema);
        self.catch_up();
        shared(&name)
    }

    /// The schema of a form: its file parts may be texts or files. The fields of a named schema are written out.
    fn form_schema(&mut self, schema: Value, multipart: bool) -> Value {
        self.catch_up();
        if !multipart {
            return schema;
        }
        let resolved = match schema.get("$ref").and_then(Value::as_str).and_then(|reference| self.converted(reference))
        {
            Some(target) => target.clone(),
            None => schema,
        };
        let Value::Object(mut map) = resolved else { return resolved };
        if let Some(Value::Object(properties)) = map.get_mut("properties") {
            for property in properties.values_mut() {
                if let Some(part) = self.part(property) {
                    *property = part;
                }
            }
        }
        Value::Object(map)
    }

    /// How a part of a multipart body is given that is no scalar: a file, or a value that is sent as JSON.
    fn part(&self, property: &Value) -> Option<Value> {
        let behind = |schema: &Value| {
            let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| self.converted(reference));
            target.cloned().unwrap_or_else(|| schema.clone())
        };
        let own = behind(property);
        if is_binary(&own) || own.get("items").is_some_and(|items| is_binary(&behind(items))) {
            return Some(file_part(&own));
        }
        let is_object = |schema: &Value| schema.get("properties").is_some() || self.has_type(schema, &["object"], 8);
        match own.get("items") {
            Some(items) if is_object(items) => {
                let mut list = own.clone();
                *list.get_mut("items")? = json_part(items);
                Some(list)
            }
            _ => is_object(property).then(|| json_part(property)),
        }
    }
}

/// The body as one parameter.
fn put_whole(
    schema: Value,
    required: bool,
    example: Option<Value>,
    operation: &mut OperationDraft,
    into: &mut Collected,
) {
    let own = names::parameter("body", &mut into.taken);
    operation.body = Some(format!("{{{{{own}}}}}").into());
    operation.parameters.insert(own.clone(), schema);
    into.examples.extend(example.map(|example| (own.clone(), example)));
    if required {
        operation.required.push(own);
    }
}

/// The schema of a body that is a text, or a file that is named.
fn text_schema(media: &str) -> Value {
    let text = json!({"type": "string", "description": format!("The body, {media}.")});
    let file = json!({"type": "object", "required": ["file"], "additionalProperties": false, "properties": {
        "file": {"type": "string", "description": "The path of a file that is sent."}}});
    if media.starts_with("text/") || media.contains("xml") { text } else { json!({"anyOf": [text, file]}) }
}

/// A part of a multipart body that is no scalar.
fn json_part(value: &Value) -> Value {
    json!({"type": "object", "required": ["value"], "additionalProperties": false, "properties": {
        "value": value,
        "contentType": {"type": "string", "description": "`application/json` when absent."}}})
}

/// A part of a multipart body that is a file: its content as a text, or the path of a file.
fn file_part(property: &Value) -> Value {
    let description = property.get("description").cloned().unwrap_or_else(|| "A file.".into());
    let file = json!({"type": "object", "required": ["file"], "additionalProperties": false, "properties": {
        "file": {"type": "string", "description": "The path of the file."},
        "filename": {"type": "string"}, "contentType": {"type": "string"}}});
    let one = json!({"anyOf": [{"type": "string"}, file], "description": description});
    if property.get("items").is_some() { json!({"type": "array", "items": one, "minItems": 1}) } else { one }
}

fn is_binary(schema: &Value) -> bool {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    text("format") == "binary"
        || (text("type") == "string" && !text("contentMediaType").is_empty() && text("contentEncoding").is_empty())
        || schema.get("items").is_some_and(is_binary)
}

/// A schema of an operation as one among the shared ones: references stay in the file.
fn within_shared(schema: Value) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| match value {
                    Value::String(reference) if key == "$ref" => {
                        let own = reference.strip_prefix(crate::draft::SHARED_SCHEMAS).unwrap_or(&reference).to_owned();
                        (key, own.into())
                    }
                    value => (key, within_shared(value)),
                })
                .collect(),
        ),
        Value::Array(items) => items.into_iter().map(within_shared).collect(),
        other => other,
    }
}

/// The content type that is sent, of several: JSON, a form, a form of parts, a text, else the first.
fn chosen(content: &Map<String, Value>) -> Option<(&String, &Value)> {
    let rank = |media: &str| match media.split(';').next().unwrap_or_default().trim() {
        "application/json" => 0,
        media if is_json(media) => 1,
        FORM => 2,
        MULTIPART => 3,
        "*/*" | "application/*" => 4,
        media if media.starts_with("text/") => 5,
        _ => 6,
    };
    content.iter().min_by_key(|(media, _)| rank(&media.to_ascii_lowercase()))
}

/// Whether a content type is JSON.
pub(super) fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || media == "text/json" || media.ends_with("+json") || media == "application/*"
}
