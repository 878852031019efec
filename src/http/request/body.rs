//! Bodies in Legwork's dialect: a value and the content type it is written in.

use super::fields::kind;
use super::media_type::MediaType;
use super::multipart;
use crate::http::target::percent;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value};
use std::io::Write;

/// What is wrong with a body, and what to do about it.
pub(super) struct Mismatch {
    pub(super) message: String,
    pub(super) help: String,
}

pub(super) fn mismatch<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Mismatch> {
    Err(Mismatch { message: message.into(), help: help.into() })
}

/// The bytes of a body.
pub(super) fn bytes(value: &Value, content_type: &MediaType) -> Result<Vec<u8>, Mismatch> {
    if let Some(path) = file_of(value, content_type) {
        return multipart::file(path);
    }
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        _ if content_type.is_json() => json(value),
        Value::Object(map) if content_type.is_form() => form(map),
        Value::String(text) => encode(text, content_type),
        Value::Bool(_) | Value::Number(_) if content_type.is_text() => encode(&scalar(value), content_type),
        other => {
            let found = kind(other);
            let message = format!("{found} cannot be sent as `{content_type}`");
            mismatch(message, "give the body as a text, or use `application/json`")
        }
    }
}

/// The file of a body that is `{file: …}` and nothing else, in a content type that has no meaning of its own for an object.
fn file_of<'v>(value: &'v Value, content_type: &MediaType) -> Option<&'v str> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    let own = content_type.is_json() || content_type.is_form();
    map.get("file")?.as_str().filter(|_| !own)
}

/// The bytes packed by gzip.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Mismatch> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.or_else(|error| mismatch(format!("the body cannot be packed: {error}"), "leave `contentEncoding` out"))
}

fn json(value: &Value) -> Result<Vec<u8>, Mismatch> {
    match value {
        // A text is a finished document, as on Conductor; one that is none would reach the server as broken JSON.
        Value::String(text) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() => mismatch(
            "the body is a text that is not JSON, and would be sent as `application/json`",
            "set `contentType: text/plain` to send the text itself, or give the body as a value",
        ),
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        other => {
            serde_json::to_vec(other).or_else(|error| mismatch(error.to_string(), "give the body as plain JSON values"))
        }
    }
}

/// `application/x-www-form-urlencoded`: lists repeat their name, null leaves it out.
fn form(map: &Map<String, Value>) -> Result<Vec<u8>, Mismatch> {
    let mut out = String::new();
    for (name, value) in map {
        let values = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for value in values.iter().filter(|value| !value.is_null()) {
            if value.is_object() || value.is_array() {
                let message = format!("{} under `{name}` cannot be sent in a form", kind(value));
                return mismatch(message, "a form holds texts, numbers, booleans and lists of them");
            }
            if !out.is_empty() {
                out.push('&');
            }
            form_encode(&mut out, name);
            out.push('=');
            form_encode(&mut out, &scalar(value));
        }
    }
    Ok(out.into_bytes())
}

fn form_encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            other if other.is_ascii_alphanumeric() => out.push(char::from(other)),
            other => percent(out, other),
        }
    }
}

pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text in the charset of its content type, UTF-8 unless it says otherwise.
fn encode(text: &str, content_type: &MediaType) -> Result<Vec<u8>, Mismatch> {
    let Some(charset) = content_type.parameter("charset") else { return Ok(text.as_bytes().to_vec()) };
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let (bytes, used, lossy) = encoding.encode(text);
    if lossy || used != encoding {
        return mismatch(format!("the body has characters that {charset} lacks"), "use `charset=utf-8`");
    }
    Ok(bytes.into_owned())
}
