//! Values of bodies: read with their variables, and described by schemas.

use super::{decoded, secrets};
use crate::import::call::{Piece, has_variable, pieces, variable};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The fields of a form that comes out the same when it is written again.
pub(super) fn form_fields(text: &str) -> Option<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=')?;
        let read = |text: &str| {
            let plain = decoded(&text.replace('+', " "));
            let stays = has_variable(text) || form_encoded(&plain) == text;
            stays.then_some(plain)
        };
        let name = read(name).filter(|name| !has_variable(name) && !name.is_empty())?;
        // Values of one name are written one after another.
        let is_apart =
            fields.last().is_some_and(|(last, _)| *last != name) && fields.iter().any(|(known, _)| *known == name);
        if is_apart {
            return None;
        }
        fields.push((name, read(value)?));
    }
    Some(fields)
}

pub(super) fn form_encoded(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b' ');
    percent_encoding::utf8_percent_encode(text, KEPT).to_string().replace(' ', "+")
}

/// A JSON text in which variables may stand, also where a value is expected.
pub(super) fn without_variables(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    // A variable outside of quotes gets some.
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for piece in pieces(text) {
        match piece {
            Piece::Variable(name) if inside => out.push_str(&variable(name)),
            Piece::Variable(name) => {
                let _ = write!(out, "\"{}\"", variable(name));
            }
            Piece::Text(text) => {
                for ch in text.chars() {
                    match ch {
                        _ if escaped => escaped = false,
                        '\\' => escaped = inside,
                        '"' => inside = !inside,
                        _ => {}
                    }
                    out.push(ch);
                }
            }
        }
    }
    serde_json::from_str(&out).ok()
}

/// Whether a variable, a secret, or what would be read as a tag stands anywhere in the value.
pub(super) fn holds_odd(value: &Value) -> bool {
    match value {
        Value::String(text) => has_variable(text),
        Value::Array(items) => items.iter().any(holds_odd),
        Value::Object(map) => map.iter().any(|(name, value)| {
            holds_odd(value) || (secrets::is_secret_name(name) && value.as_str().is_some_and(|text| !text.is_empty()))
        }),
        _ => false,
    }
}

/// A schema that the value fits.
pub(super) fn schema_of(value: &Value, depth: usize) -> Value {
    match value {
        _ if depth > 12 => json!({}),
        Value::Null => json!({}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(number) if number.is_f64() => json!({"type": "number"}),
        Value::Number(_) => json!({"type": "integer"}),
        Value::String(_) => json!({"type": "string"}),
        Value::Array(items) => match items.first() {
            Some(first) if items.iter().all(|item| schema_of(item, depth + 1) == schema_of(first, depth + 1)) => {
                json!({"type": "array", "items": schema_of(first, depth + 1)})
            }
            _ => json!({"type": "array"}),
        },
        Value::Object(map) => {
            let properties: Map<String, Value> =
                map.iter().map(|(name, value)| (name.clone(), schema_of(value, depth + 1))).collect();
            json!({"type": "object", "properties": properties})
        }
    }
}

/// The content type that curl gives a file of that name.
pub(super) fn type_of_file(path: &str) -> &'static str {
    const TYPES: &[(&str, &str)] = &[
        (".gif", "image/gif"),
        (".jpg", "image/jpeg"),
        (".jpeg", "image/jpeg"),
        (".png", "image/png"),
        (".svg", "image/svg+xml"),
        (".txt", "text/plain"),
        (".htm", "text/html"),
        (".html", "text/html"),
        (".pdf", "application/pdf"),
        (".xml", "application/xml"),
    ];
    let path = path.to_ascii_lowercase();
    let found = TYPES.iter().find(|(ending, _)| path.ends_with(ending));
    found.map_or("application/octet-stream", |(_, kind)| kind)
}
