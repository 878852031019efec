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
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let Ok(text) = std::str::from_utf8(self.body) else {
            return Body::Unreadable("the body is not UTF-8".to_owned());
        };
        if text.trim().is_empty() {
            return Body::Value(Value::Null);
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            return Body::Value(Value::Object(form(text)));
        }
        match serde_json::from_str(text) {
            Ok(value) => Body::Value(value),
            Err(_) => Body::Unreadable("the body is not JSON".to_owned()),
        }
    }
}

/// `a=1&b=2` as an object of texts.
fn form(text: &str) -> Map<String, Value> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decode(key), decode(value).into()))
        .collect()
}
