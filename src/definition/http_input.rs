//! `HttpInput`: the request of an HTTP task, nested or flat.

use crate::source::{Pointer, member};
use serde_json::{Map, Value};

/// A view of an HTTP task's input parameters, resolved or not. `http_request` wins when it is there and not null; else
/// the parameters themselves are the request.
///
/// Source: conductor `HttpTask.java`, 3.32.3.
#[derive(Debug, Clone, Copy)]
pub struct HttpInput<'a> {
    /// `uri`.
    pub uri: Option<&'a Value>,
    /// `method`.
    pub method: Option<&'a Value>,
    /// `headers`.
    pub headers: Option<&'a Value>,
    /// `body`.
    pub body: Option<&'a Value>,
    /// `contentType`.
    pub content_type: Option<&'a Value>,
    /// `accept`: a text or a list of texts.
    pub accept: Option<&'a Value>,
    /// `connectionTimeOut` in milliseconds: a number or a numeric text. An explicit null is `Some(Value::Null)`.
    pub connection_time_out: Option<&'a Value>,
    /// `readTimeOut` in milliseconds, likewise.
    pub read_time_out: Option<&'a Value>,
    /// `http_request` when it is neither null nor a mapping (an expression for the whole request, say): nothing else is
    /// known then.
    pub opaque: Option<&'a Value>,
    nested: bool,
}

impl<'a> HttpInput<'a> {
    /// The fields that a request may have; others are ignored.
    pub const FIELDS: &'static [&'static str] = &[
        "uri",
        "method",
        "headers",
        "body",
        "contentType",
        "contentEncoding",
        "accept",
        "connectionTimeOut",
        "readTimeOut",
        "timeOuts",
        "maxResponseBytes",
        "paginate",
        "toFile",
        "stream",
        "vipAddress",
        "appName",
    ];

    /// The view of a task's `inputParameters`.
    #[must_use]
    pub fn of(parameters: &'a Map<String, Value>) -> Self {
        let request = member(parameters, "http_request").filter(|request| !request.is_null());
        let fields = request.map_or(Some(parameters), Value::as_object);
        let get = |key: &str| fields.and_then(|fields| member(fields, key));
        Self {
            uri: get("uri"),
            method: get("method"),
            headers: get("headers"),
            body: get("body"),
            content_type: get("contentType"),
            accept: get("accept"),
            connection_time_out: get("connectionTimeOut"),
            read_time_out: get("readTimeOut"),
            opaque: request.filter(|request| !request.is_object()),
            nested: request.is_some(),
        }
    }

    /// Where the request's fields stand, below the input parameters: the root or `/http_request`.
    #[must_use]
    pub fn base(&self) -> Pointer {
        if self.nested { Pointer::root().key("http_request") } else { Pointer::root() }
    }

    /// Where one field stands, below the input parameters.
    #[must_use]
    pub fn pointer(&self, field: &str) -> Pointer {
        self.base().key(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(parameters: &Value, uri: Option<&str>, base: &str, opaque: bool) {
        let empty = Map::new();
        let input = HttpInput::of(parameters.as_object().unwrap_or(&empty));
        let found = (input.uri.and_then(Value::as_str), input.base().to_string(), input.opaque.is_some());
        assert_eq!(found, (uri, base.to_owned(), opaque), "{parameters}");
    }

    #[test]
    fn the_nested_request_wins_unless_it_is_null() {
        check(&json!({"uri": "a"}), Some("a"), "", false);
        check(&json!({"http_request": {"uri": "b"}}), Some("b"), "/http_request", false);
        check(&json!({"uri": "a", "http_request": {"uri": "b"}}), Some("b"), "/http_request", false);
        check(&json!({"uri": "a", "http_request": {}}), None, "/http_request", false);
        check(&json!({"uri": "a", "http_request": null}), Some("a"), "", false);
        check(&json!({"uri": "a", "http_request": "${workflow.input.r}"}), None, "/http_request", true);
    }
}
