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
    // A variable outside of quotes gets some; comments, which Postman takes out before it sends, are no part of the value.
    let (mut out, mut reading) = (String::new(), Reading::Value);
    for piece in pieces(text) {
        match (piece, reading) {
            (Piece::Variable(_), Reading::Line | Reading::Block) => {}
            (Piece::Variable(name), Reading::Text) => out.push_str(&variable(name)),
            (Piece::Variable(name), Reading::Value) => {
                let _ = write!(out, "\"{}\"", variable(name));
            }
            (Piece::Text(text), _) => reading = reading.on(text, &mut out),
        }
    }
    serde_json::from_str(&out).ok()
}

/// Where in a JSON text with comments a reader is.
#[derive(Clone, Copy)]
enum Reading {
    Value,
    /// Between quotes.
    Text,
    /// Behind `//`, and behind `/*`.
    Line,
    Block,
}

impl Reading {
    /// Reads on, and writes what is no comment.
    fn on(mut self, text: &str, out: &mut String) -> Self {
        let mut chars = text.chars().peekable();
        while let Some(ch) = chars.next() {
            let mut ends = |next: char| chars.next_if_eq(&next).is_some();
            match (self, ch) {
                (Self::Line, '\n') => self = Self::Value,
                (Self::Block, '*') if ends('/') => self = Self::Value,
                (Self::Line | Self::Block, _) => {}
                (Self::Value, '/') if ends('/') => self = Self::Line,
                (Self::Value, '/') if ends('*') => self = Self::Block,
                (Self::Value | Self::Text, _) => {
                    out.push(ch);
                    match (self, ch) {
                        (Self::Text, '\\') => out.extend(chars.next()),
                        (Self::Text, '"') => self = Self::Value,
                        (Self::Value, '"') => self = Self::Text,
                        _ => {}
                    }
                }
            }
        }
        self
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_with_variables_and_comments() {
        let id = variable("id");
        let check = |text: String, expected: Option<Value>| assert_eq!(without_variables(&text), expected, "{text}");
        check("{\"a\": 1}".into(), Some(json!({"a": 1})));
        check(format!("{{\"a\": {id}, \"b\": \"x {id}\"}}"), Some(json!({"a": id, "b": format!("x {id}")})));
        check(
            format!("{{ // it's {id}\n \"a\": \"http://b/*c*/ \\\" //\", /* \"d\": {id}, */ \"e\": {id}\n}}"),
            Some(json!({"a": "http://b/*c*/ \" //", "e": id})),
        );
        check("{\"a\": }".into(), None);
        check("{\"a\": 1 / 2}".into(), None);
    }
}
