//! HTTP tasks: what a server refuses, and what it accepts although the call cannot be made.

use super::super::HttpInput;
use super::super::read::Cursor;
use super::{Checker, head};
use crate::diagnostic::{codes, nearest};
use serde_json::{Map, Value};

/// The methods that a server knows, in upper case only.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// Input parameters of HTTP tasks that are not part of the request, or that only other servers know.
const BESIDE: &[&str] = &[
    "http_request",
    "asyncComplete",
    "encode",
    "followRedirects",
    "outputFilter",
    "hedgingConfig",
    "cacheConfig",
    "cookies",
    "ensureKey",
];

impl Checker<'_> {
    /// Checks an HTTP task.
    pub(super) fn http(&mut self, task: &Cursor<'_>) {
        if !self.has_input(task, &["http_request", "uri", "method"]) {
            let message = format!("the HTTP task{} has no request", named(task));
            let help = "add `uri` and `method` to its `inputParameters`, or the two under `http_request`";
            return self.refuse(codes::E0213, task, head(task), message, help);
        }
        let Some(inputs) = task.get("inputParameters") else { return };
        let Some(parameters) = inputs.value.as_object() else { return };
        let request = HttpInput::of(parameters);
        let nested = inputs.get("http_request").filter(|request| !request.value.is_null());
        let place = nested.as_ref().unwrap_or(&inputs);
        match request.opaque {
            Some(Value::String(text)) if text.contains("${") => {}
            Some(_) => {
                let message = format!("`http_request`{} is not a mapping: the task would never start", task.of_task());
                self.fails(place, place.span(), message, "write `uri`, `method`, `headers` and `body` below it");
            }
            None => self.request(task, &request, place),
        }
    }

    fn request(&mut self, task: &Cursor<'_>, request: &HttpInput<'_>, place: &Cursor<'_>) {
        let nested = place.name() == "http_request";
        for (key, value) in [("uri", request.uri), ("method", request.method)] {
            if value.is_none() && (nested || !self.has_input(task, &[key])) {
                let message = format!("the request{} has no `{key}`", task.of_task());
                self.fails(place, head(task), message, &format!("add `{key}`"));
            }
        }
        if let Some(method) = place.get("method") {
            self.method(&method);
        }
        let literal = |headers: &Cursor<'_>| headers.value.as_str().is_some_and(|text| !text.contains("${"));
        if let Some(headers) = place.get("headers").filter(literal) {
            let message = format!("`headers`{} is a text: the task would never start", task.of_task());
            self.fails(&headers, headers.span(), message, "write a mapping from each name to its value");
        }
        if let Value::Object(fields) = place.value {
            self.unknown_fields(task, place, fields);
        }
    }

    fn method(&mut self, method: &Cursor<'_>) {
        let Some(name) = method.value.as_str().filter(|name| !name.contains("${") && !METHODS.contains(name)) else {
            return;
        };
        let message = format!("`method`{} is not a method that a server knows: {name}", method.of_task());
        let help = match METHODS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) => format!("write {known}, in upper case"),
            None => format!("write one of {}", METHODS.join(", ")),
        };
        self.fails(method, method.span(), message, &help);
    }

    fn unknown_fields(&mut self, task: &Cursor<'_>, place: &Cursor<'_>, fields: &Map<String, Value>) {
        let known = HttpInput::FIELDS.iter().chain(BESIDE);
        for key in fields.keys().filter(|key| !known.clone().any(|known| *known == key.as_str())) {
            let meant = nearest(key, HttpInput::FIELDS.iter().copied()).filter(|meant| !fields.contains_key(*meant));
            if let (Some(meant), Some(field)) = (meant, place.get(key)) {
                let message =
                    format!("there is no field `{key}` in the request{}; a server ignores it", task.of_task());
                self.report.at_span(
                    codes::E0203,
                    &field,
                    field.key_span(),
                    message,
                    format!("did you mean `{meant}`?"),
                );
            }
        }
    }
}

fn named(task: &Cursor<'_>) -> String {
    let name = ["taskReferenceName", "name"].into_iter().find_map(|key| super::text(task, key));
    name.map_or_else(String::new, |name| format!(" `{name}`"))
}
