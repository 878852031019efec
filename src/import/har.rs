//! HAR (HTTP archive) 1.1 and 1.2: what a browser or a proxy recorded. Source: softwareishard.com/blog/har-12-spec.

use super::call::{Body, Call, Part};
use serde_json::Value;

/// Fields that a browser writes for itself.
const OF_BROWSERS: &[&str] = &[
    "user-agent",
    "accept-language",
    "referer",
    "origin",
    "dnt",
    "pragma",
    "cache-control",
    "priority",
    "te",
    "upgrade-insecure-requests",
    "if-none-match",
    "if-modified-since",
    "postman-token",
];
/// What pages are made of, which is no API.
const OF_PAGES: &[&str] = &[
    "text/html",
    "text/css",
    "image/",
    "font/",
    "audio/",
    "video/",
    "javascript",
    "application/wasm",
    "application/font",
];

/// The calls of an archive, each operation once; and why some of its entries give none.
pub(super) fn calls(value: &Value) -> (Vec<Call>, Vec<String>) {
    let (mut calls, mut problems): (Vec<Call>, Vec<String>) = (Vec::new(), Vec::new());
    let entries = value.pointer("/log/entries").and_then(Value::as_array);
    for (index, entry) in entries.into_iter().flatten().enumerate() {
        match call(entry) {
            Ok(Some(call)) => {
                // A page asks for the same thing again and again.
                let same = |known: &Call| {
                    let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
                    known.method == call.method && path(&known.url) == path(&call.url) && known.title == call.title
                };
                if !calls.iter().any(same) {
                    calls.push(call);
                }
            }
            Ok(None) => {}
            Err(problem) => problems.push(format!("entry {index}: {problem}")),
        }
    }
    (calls, problems)
}

/// The call of an entry; `None` for a part of a page.
fn call(entry: &Value) -> Result<Option<Call>, String> {
    let request = entry.get("request").ok_or("it has no request")?;
    let text =
        |name: &str| request.get(name).and_then(Value::as_str).ok_or_else(|| format!("its request has no `{name}`"));
    let mut call = Call {
        method: text("method")?.to_owned(),
        url: text("url")?.split('#').next().unwrap_or_default().to_owned(),
        ..Call::default()
    };
    let scheme = call.url.split("://").next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || call.method == "CONNECT" {
        return Ok(None);
    }
    let response = entry.get("response");
    let content = response.and_then(|response| response.get("content"));
    let kind = content.and_then(|content| content.get("mimeType")).and_then(Value::as_str).unwrap_or_default();
    let is_page = OF_PAGES.iter().any(|part| kind.contains(part));
    if (is_page && call.method == "GET") || call.method == "OPTIONS" {
        return Ok(None);
    }
    for field in request.get("headers").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = part("name");
        let lower = name.to_ascii_lowercase();
        let passed_over = name.starts_with(':') || lower.starts_with("sec-") || OF_BROWSERS.contains(&lower.as_str());
        if !passed_over && !name.is_empty() {
            call.headers.push((name.to_owned(), part("value").to_owned()));
        }
    }
    call.body = request.get("postData").map(|data| body(data, &mut call.headers)).unwrap_or_default();
    let status = response.and_then(|response| response.get("status")).and_then(Value::as_u64).unwrap_or(0);
    if let (Ok(status), Some(content)) = (u16::try_from(status), content) {
        call.answer = answer(content).map(|body| (status, body));
    }
    call.title = entry.get("comment").and_then(Value::as_str).filter(|text| !text.is_empty()).map(title);
    Ok(Some(call))
}

/// What this program writes in comments: `task create, looked up`.
fn title(comment: &str) -> String {
    let comment = comment.strip_prefix("task ").unwrap_or(comment);
    comment.split(',').next().unwrap_or_default().to_owned()
}

fn body(data: &Value, headers: &mut Vec<(String, String)>) -> Body {
    let kind = data.get("mimeType").and_then(Value::as_str).unwrap_or_default();
    let params = data.get("params").and_then(Value::as_array).filter(|params| !params.is_empty());
    let text = data.get("text").and_then(Value::as_str).unwrap_or_default();
    let part = |param: &Value, name: &str| param.get(name).and_then(Value::as_str).map(str::to_owned);
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    match params {
        Some(params) if kind.starts_with("multipart/form-data") => Body::Parts(
            params
                .iter()
                .map(|param| {
                    let file = part(param, "fileName");
                    Part {
                        name: part(param, "name").unwrap_or_default(),
                        content: file.clone().or(part(param, "value")).unwrap_or_default(),
                        is_file: file.is_some(),
                        file_name: None,
                        content_type: part(param, "contentType"),
                    }
                })
                .collect(),
        ),
        Some(params) if text.is_empty() => Body::Form(
            params
                .iter()
                .filter_map(|param| Some((part(param, "name")?, part(param, "value").unwrap_or_default())))
                .collect(),
        ),
        _ if text.is_empty() => Body::None,
        _ => {
            if !has_type && !kind.is_empty() {
                headers.push(("Content-Type".to_owned(), kind.to_owned()));
            }
            Body::Text(text.to_owned())
        }
    }
}

/// The answer's body, when it is JSON.
fn answer(content: &Value) -> Option<Value> {
    use base64::Engine;
    let text = content.get("text").and_then(Value::as_str)?;
    match content.get("encoding").and_then(Value::as_str) {
        Some("base64") => serde_json::from_slice(&base64::prelude::BASE64_STANDARD.decode(text).ok()?).ok(),
        _ => serde_json::from_str(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(method: &str, url: &str, kind: &str) -> Value {
        json!({"request": {"method": method, "url": url, "headers": [{"name": ":authority", "value": "h"}, {"name": "X-A", "value": "b"}, {"name": "Sec-Fetch-Mode", "value": "cors"}],
            "postData": {"mimeType": "application/json", "text": "{\"a\":1}"}},
            "response": {"status": 200, "content": {"mimeType": kind, "text": "{\"id\":1}"}}})
    }

    #[test]
    fn calls_of_an_api_are_taken_and_parts_of_pages_are_not() {
        let archive = json!({"log": {"entries": [
            entry("GET", "https://h/index.html", "text/html"), entry("POST", "https://h/users?x=1#top", "application/json"),
            entry("POST", "https://h/users?x=2", "application/json"), entry("GET", "data:text/plain,x", "text/plain"), {"request": {"url": "https://h"}},
        ]}});
        let (calls, problems) = calls(&archive);
        assert_eq!(problems, ["entry 4: its request has no `method`"]);
        let [call] = &calls[..] else { panic!("{calls:?}") };
        assert_eq!((call.method.as_str(), call.url.as_str()), ("POST", "https://h/users?x=1"));
        assert_eq!(call.body, Body::Text("{\"a\":1}".to_owned()));
        assert_eq!(call.answer, Some((200, json!({"id": 1}))));
        assert_eq!(call.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["X-A", "Content-Type"]);
    }
}
