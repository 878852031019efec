//! The request as the sandbox reads it.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// A request to the sandbox.
#[derive(Debug, Clone, Copy)]
pub struct SandboxRequest<'r> {
    /// The method.
    pub method: &'r str,
    /// The host it was meant for, without a port; it only chooses between entries of the same path.
    pub host: &'r str,
    /// The path as sent, percent-encoded: `/v2/users/jane%40example.com`.
    pub path: &'r str,
    /// The query as sent, without `?`; may be empty.
    pub query: &'r str,
    /// The headers, in any case.
    pub headers: &'r [(String, String)],
    /// The body; may be empty.
    pub body: &'r [u8],
}

/// The body, read by its content type.
pub(super) enum Body {
    Value(Value),
    /// Fields as texts: what they are is the schema's word.
    Form(Map<String, Value>),
    Unreadable(String),
}

impl<'r> SandboxRequest<'r> {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'r str> {
        let header = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    pub(super) fn query(&self) -> Map<String, Value> {
        form(self.query)
    }

    pub(super) fn body(&self) -> Body {
        let header = self.header("content-type").unwrap_or_default();
        let kind = header.to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            let boundary = header.split_once("boundary=").map(|(_, boundary)| boundary.trim_matches('"'));
            return match boundary.and_then(|boundary| multipart(self.body, boundary)) {
                Some(parts) => Body::Form(parts),
                None => Body::Unreadable("the body is not multipart/form-data".to_owned()),
            };
        }
        let is_json = kind.is_empty() || kind.contains("json");
        let is_form = kind.starts_with("application/x-www-form-urlencoded");
        let text = match std::str::from_utf8(self.body) {
            Ok(text) => text,
            Err(_) if is_json || is_form => return Body::Unreadable("the body is not UTF-8".to_owned()),
            Err(_) => return Body::Value(Value::from(String::from_utf8_lossy(self.body))),
        };
        if text.trim().is_empty() {
            return Body::Value(Value::Null);
        }
        if is_form {
            return Body::Form(form(text));
        }
        if !is_json {
            return Body::Value(text.into());
        }
        match serde_json::from_str(text) {
            Ok(value) => Body::Value(value),
            Err(_) => Body::Unreadable("the body is not JSON".to_owned()),
        }
    }
}

/// The parts of a `multipart/form-data` body as texts (RFC 7578); a name that stands several times has a list.
fn multipart(body: &[u8], boundary: &str) -> Option<Map<String, Value>> {
    let text = String::from_utf8_lossy(body);
    let mut fields = Map::new();
    let delimiter = format!("--{boundary}");
    let mut parts = text.split(delimiter.as_str());
    parts.next()?;
    for part in parts {
        if part.starts_with("--") {
            return Some(fields);
        }
        let (head, content) = part.trim_start_matches("\r\n").split_once("\r\n\r\n")?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        put(&mut fields, name.to_owned(), content.strip_suffix("\r\n").unwrap_or(content).into());
    }
    None
}

fn put(fields: &mut Map<String, Value>, name: String, value: Value) {
    match fields.get_mut(&name) {
        None => drop(fields.insert(name, value)),
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// `a=1&b=2` as an object of texts; a name that stands several times has a list.
fn form(text: &str) -> Map<String, Value> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let mut fields = Map::new();
    for (key, value) in pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
        put(&mut fields, decode(key), decode(value).into());
    }
    fields
}
