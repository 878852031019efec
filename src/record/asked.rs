//! What was asked: the parts of a request that an answer depends on, masked.

use super::body;
use super::compare::{self, Difference};
use super::exchange::{Fields, Malformed};
use crate::http::{HttpRequest, RequestView, is_json};
use crate::secret::{MASK, Redactor};
use serde_json::{Map, Value, json};

/// Fields that differ from run to run, or from program to program, and change no answer.
const PASSED_OVER: &[&str] = &[
    "accept-encoding",
    "baggage",
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "host",
    "traceparent",
    "tracestate",
    "user-agent",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-request-id",
];

/// Fields that are credentials whatever they hold.
const CREDENTIALS: &[&str] =
    &["api-key", "authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token", "x-amz-security-token"];

/// The parts of a request that an answer depends on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Fields,
    /// As a file shows it.
    pub(super) body: Value,
}

impl Asked {
    /// What a request asks for.
    pub(super) fn of(request: &HttpRequest, redactor: &Redactor) -> Self {
        let view = RequestView::new(request, redactor);
        let mut headers = Fields::default();
        let mut content_type = String::new();
        for (name, value) in view.headers() {
            if name.eq_ignore_ascii_case("Content-Type") {
                content_type.clone_from(&value);
            }
            if !is_one_of(PASSED_OVER, &name) {
                let value = if is_one_of(CREDENTIALS, &name) { covered(&name, &value) } else { value };
                headers.add(name, value);
            }
        }
        let bytes = view.unpacked();
        let body = body::shown(&redactor.redact_bytes(&bytes), is_json(&content_type));
        Self { method: view.method().to_owned(), url: view.uri(), headers, body }
    }

    /// Whether two requests ask for the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.method == other.method
            && self.url == other.url
            && self.headers.same(&other.headers)
            && self.body == other.body
    }

    /// What this recording has other than the request has, the most important first.
    pub(super) fn differences(&self, now: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let mut text = |field: &str, weight, recorded: &str, now: &str| {
            if recorded != now {
                found.push(Difference::new(field, weight, &json!(recorded), &json!(now)));
            }
        };
        text("method", 100, &self.method, &now.method);
        let (path, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (now_path, now_query) = now.url.split_once('?').unwrap_or((&now.url, ""));
        text("url", 100, path, now_path);
        text("query", 10, query, now_query);
        for name in self.headers.names_with(&now.headers) {
            text(&format!("header {name}"), 3, &self.headers.joined(&name), &now.headers.joined(&name));
        }
        found.extend(compare::bodies(&self.body, &now.body));
        found
    }

    /// The URL without its query.
    pub(super) fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    pub(super) fn to_value(&self) -> Value {
        json!({"method": self.method, "url": self.url, "headers": self.headers.to_value(), "body": self.body})
    }

    pub(super) fn from_value(value: &Map<String, Value>) -> Result<Self, Malformed> {
        let text = |name: &str| {
            let text = value.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| Malformed(format!("`request.{name}` has to be a text")))
        };
        let body = value.get("body").cloned().unwrap_or_default();
        body::bytes(&body)?;
        Ok(Self {
            method: text("method")?,
            url: text("url")?,
            headers: Fields::from_value(value.get("headers"))?,
            body,
        })
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A credential without what is secret in it: of an authorization the scheme stays.
fn covered(name: &str, value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) if name.to_ascii_lowercase().ends_with("authorization") => format!("{scheme} {MASK}"),
        _ => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Dialect;

    #[track_caller]
    fn check(input: &Value, expected: &Value) {
        let request = HttpRequest::from_input(input, None, Dialect::Legwork).expect("a request");
        assert_eq!(Asked::of(&request, &Redactor::default()).to_value(), *expected);
    }

    #[test]
    fn what_differs_from_run_to_run_is_left_out() {
        check(
            &json!({"uri": "https://h/p?q=1", "method": "POST", "headers": {"Authorization": "Basic abc", "X-Api-Key": "k v"}, "body": {"a": 1}}),
            &json!({
                "method": "POST", "url": "https://h/p?q=1",
                "headers": {"Authorization": "Basic ***", "X-Api-Key": "***", "Content-Type": "application/json", "Accept": "application/json"},
                "body": {"json": {"a": 1}},
            }),
        );
    }

    #[test]
    fn a_packed_body_is_shown_unpacked() {
        check(
            &json!({"uri": "https://h/", "method": "PUT", "contentType": "text/plain", "contentEncoding": "gzip", "body": "a\nb"}),
            &json!({
                "method": "PUT", "url": "https://h/", "headers": {"Content-Type": "text/plain", "Accept": "application/json"},
                "body": {"lines": ["a", "b"]},
            }),
        );
    }
}
