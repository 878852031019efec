//! The body of a command.

use super::shell::{Encoding, Words};
use crate::http::{HttpRequest, RequestView, is_json};
use crate::source::member;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::path::Path;

/// The longest word that every system takes, in bytes.
const LONGEST: usize = 100_000;
/// From this size on curl asks first whether the body is wanted.
const ASKS_FIRST: usize = 1024 * 1024;

/// What curl is given to send.
pub(super) enum Sent {
    /// No body.
    Nothing,
    /// A text, and how a secret stands in it.
    Text { text: String, encoding: Encoding, packed: bool },
    /// Bytes that are no text.
    Bytes(Vec<u8>),
    /// A file.
    File { path: String, packed: bool, size: usize },
    /// The parts of a multipart form.
    Parts(Vec<Part>),
}

/// One part of a multipart form, as `--form` has it.
pub(super) struct Part {
    name: String,
    content: Content,
    file_name: Option<String>,
    content_type: Option<String>,
}

enum Content {
    Text(String),
    File(String),
}

/// What stands in the request, and in the input that it was built of.
pub(super) fn of(request: &HttpRequest, view: &RequestView, input: &Value) -> Sent {
    let bytes = view.unpacked();
    if bytes.is_empty() {
        return Sent::Nothing;
    }
    let fields = input.as_object();
    let fields = fields.and_then(|map| member(map, "http_request").and_then(Value::as_object).or(fields));
    let body = fields.and_then(|fields| member(fields, "body")).unwrap_or(&Value::Null);
    let content_type = request.headers().get("Content-Type").unwrap_or_default().to_ascii_lowercase();
    let packed = request.headers().has("Content-Encoding");
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    if let Value::Object(map) = body
        && !packed
        && content_type.starts_with("multipart/form-data")
        && let Some(parts) = parts(map)
    {
        return Sent::Parts(parts);
    }
    if let Some(path) = file(body).filter(|_| !is_form && !is_json(&content_type)) {
        return Sent::File { path: path.to_owned(), packed, size: bytes.len() };
    }
    let encoding = match body {
        Value::String(_) => Encoding::Raw,
        _ if is_json(&content_type) => Encoding::Json,
        _ if is_form => Encoding::Form,
        _ => Encoding::Raw,
    };
    match String::from_utf8(bytes.into_owned()) {
        Ok(text) if !text.contains('\0') => Sent::Text { text, encoding, packed },
        Ok(text) => Sent::Bytes(text.into_bytes()),
        Err(error) => Sent::Bytes(error.into_bytes()),
    }
}

impl Sent {
    pub(super) fn write(&self, words: &mut Words<'_>) {
        match self {
            Self::Nothing => {}
            Self::Text { text, encoding, packed: false } if text.len() < LONGEST => {
                words.encoded_pair("--data-raw", text, *encoding);
            }
            Self::Text { text, encoding, packed } => {
                asks_not(text.len(), words);
                let through: &[&str] = if *packed { &["gzip -nc"] } else { &[] };
                words.pipe(text, *encoding, through);
                words.pair("--data-binary", "@-");
            }
            Self::Bytes(bytes) => {
                asks_not(bytes.len(), words);
                words.pipe(&BASE64_STANDARD.encode(bytes), Encoding::Raw, &["base64 -d"]);
                words.pair("--data-binary", "@-");
            }
            Self::File { path, packed: false, size } => {
                asks_not(*size, words);
                words.pair("--data-binary", &format!("@{path}"));
            }
            Self::File { path, packed: true, size } => {
                asks_not(*size, words);
                words.pipe_file(path, "gzip -nc");
                words.pair("--data-binary", "@-");
            }
            Self::Parts(parts) => parts.iter().for_each(|part| part.write(words)),
        }
    }
}

fn asks_not(size: usize, words: &mut Words<'_>) {
    if size > ASKS_FIRST {
        words.pair("--header", "Expect:");
    }
}

impl Part {
    fn write(&self, words: &mut Words<'_>) {
        let plain = self.file_name.is_none() && self.content_type.is_none();
        if let (Content::Text(text), true) = (&self.content, plain) {
            return words.pair("--form-string", &format!("{}={text}", self.name));
        }
        let mut form = match &self.content {
            Content::Text(text) => format!("{}={}", self.name, between_quotes(text)),
            Content::File(path) => format!("{}=@{}", self.name, between_quotes(path)),
        };
        if let Some(name) = &self.file_name {
            let _ = write!(form, ";filename={}", between_quotes(name));
        }
        if let Some(content_type) = &self.content_type {
            let _ = write!(form, ";type={content_type}");
        }
        words.pair("--form", &form);
    }
}

fn between_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn file(body: &Value) -> Option<&str> {
    body.as_object().filter(|map| map.len() == 1)?.get("file")?.as_str()
}

/// The parts in the order in which they are sent; `None` when curl has no words for one of them.
fn parts(map: &Map<String, Value>) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for (name, value) in map {
        let values = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for value in values.iter().filter(|value| !value.is_null()) {
            parts.push(part(name, value)?);
        }
    }
    // curl ends a name at the first equals sign, and an empty form is no form.
    let has_words = |part: &Part| !part.name.contains(['=', '"', '\n', '\r']) && !part.name.is_empty();
    (!parts.is_empty() && parts.iter().all(has_words)).then_some(parts)
}

fn part(name: &str, value: &Value) -> Option<Part> {
    let name = name.to_owned();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let Value::Object(fields) = value else {
        return Some(Part { name, content: Content::Text(text(value)), file_name: None, content_type: None });
    };
    let given = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(path) = given("file") {
        let last = Path::new(&path).file_name().map(|name| name.to_string_lossy().into_owned());
        let content_type = Some(given("contentType").unwrap_or_else(|| "application/octet-stream".to_owned()));
        return Some(Part { name, content: Content::File(path), file_name: given("filename").or(last), content_type });
    }
    let value = fields.get("value")?;
    let plain = (!value.is_string()).then(|| "application/json".to_owned());
    let content_type = given("contentType").or(plain);
    let file_name = given("filename");
    if file_name.is_some() && content_type.is_none() {
        // curl would give it a type of its own.
        return None;
    }
    Some(Part { name, content: Content::Text(text(value)), file_name, content_type })
}
