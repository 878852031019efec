//! What a task's output holds of an answer, in both dialects.

use super::headers::{Headers, latin1};
use super::numbers;
use super::request::{MediaType, charset_of, is_json};
use super::transport::Response;
use crate::source::copied;
use encoding_rs::Encoding;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// `{"statusCode", "reasonPhrase", "headers": {name: [values]}, "body"}` with values as they are: a number stays a number.
pub(super) fn legwork(response: &Response) -> Value {
    static SHAPE: LazyLock<Map<String, Value>> =
        LazyLock::new(|| shape(["statusCode", "reasonPhrase", "headers", "body"]));
    filled(
        &SHAPE,
        [
            response.status.into(),
            (&*response.reason).into(),
            header_lists(&response.headers, |value| value.text().into_owned()),
            body_of(response),
        ],
    )
}

/// The output that holds an answer.
pub(super) fn answered(response: Value) -> Value {
    static SHAPE: LazyLock<Map<String, Value>> = LazyLock::new(|| shape(["response"]));
    filled(&SHAPE, [response])
}

fn shape<const N: usize>(keys: [&str; N]) -> Map<String, Value> {
    keys.into_iter().map(|key| (key.to_owned(), Value::Null)).collect()
}

/// An object of the shape's keys, whose values are moved in: no key is hashed anew.
fn filled<const N: usize>(shape: &Map<String, Value>, values: [Value; N]) -> Value {
    let mut map = copied(shape);
    for (place, value) in map.values_mut().zip(values) {
        *place = value;
    }
    Value::Object(map)
}

/// The body of an answer as a value; what it was made into tells itself.
pub(super) fn body_of(response: &Response) -> Value {
    let made = || numbers::parse(&response.body).unwrap_or_default();
    match response.made {
        None => body_value(&response.body, response.headers.get("Content-Type").as_deref()),
        Some(_) => made(),
    }
}

/// A body as a value: JSON when its type says so, or when it is an object or a list and its type does not say otherwise; else text;
/// null when there is none.
pub(super) fn body_value(bytes: &[u8], content_type: Option<&str>) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let declared = content_type.is_some_and(is_json);
    // JSON in UTF-8, as nearly every answer is, needs no text of its own.
    let utf_8 = content_type.and_then(charset_of).is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"));
    if declared
        && utf_8
        && let Ok(value) = numbers::parse(bytes)
    {
        return value;
    }
    let text = text(bytes, content_type);
    let plain = content_type.is_none_or(|kind| kind.starts_with("text/plain"));
    let compound = text.trim_start().starts_with(['{', '[']);
    if (declared || (plain && compound))
        && let Ok(value) = numbers::parse(text.as_bytes())
    {
        return value;
    }
    Value::String(text)
}

/// Text in the charset of its type; without one UTF-8, and ISO-8859-1 when it is not that.
fn text(bytes: &[u8], content_type: Option<&str>) -> String {
    let charset = content_type.and_then(charset_of);
    if let Some(encoding) = charset.and_then(|label| Encoding::for_label(label.as_bytes())) {
        return encoding.decode(bytes).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(|_| latin1(bytes), str::to_owned)
}

/// The same object as a Conductor server makes of an accepted answer. Header fields that the client undid are gone.
pub(super) fn conductor(response: &Response, reason: &str) -> Value {
    // The order of the server's map, which shows in a text that holds all of it.
    static SHAPE: LazyLock<Map<String, Value>> =
        LazyLock::new(|| shape(["headers", "reasonPhrase", "body", "statusCode"]));
    let decoded = response
        .headers
        .get("Content-Encoding")
        .is_some_and(|encoding| ["gzip", "x-gzip", "deflate"].contains(&encoding.trim().to_ascii_lowercase().as_str()));
    let mut headers = response.headers.clone();
    if decoded {
        for name in ["Content-Encoding", "Content-Length", "Content-MD5"] {
            headers.remove(name);
        }
    }
    let accepted = (200..300).contains(&response.status);
    let body = if accepted { conductor_body(response) } else { Value::Null };
    let headers = header_lists(&headers, |value| latin1(value.value));
    filled(&SHAPE, [headers, reason.into(), body, response.status.into()])
}

/// The body by Conductor's `extractBody`: whatever the content type, the text is read as JSON; a number becomes a double, true, false
/// and null become texts, and what cannot be read stays the text.
fn conductor_body(response: &Response) -> Value {
    if response.body.is_empty() {
        return Value::Null;
    }
    let text = conductor_text(response);
    if text.trim().is_empty() {
        return Value::String(String::new());
    }
    // Like Jackson, this reads the first value and leaves what follows it.
    match serde_json::Deserializer::from_str(&text).into_iter::<Value>().next() {
        Some(Ok(Value::Number(number))) => json!(number.as_f64()),
        Some(Ok(scalar @ (Value::Null | Value::Bool(_)))) => Value::String(scalar.to_string()),
        Some(Ok(value)) => value,
        Some(Err(_)) | None => Value::String(text),
    }
}

/// JSON is UTF-8 unless it says otherwise, all else ISO-8859-1.
fn conductor_text(response: &Response) -> String {
    let content_type = response.headers.get("Content-Type");
    let media = content_type.as_deref().and_then(|text| MediaType::parse(text).ok());
    let charset = media.as_ref().and_then(|media| media.parameter("charset"));
    match charset.and_then(|label| Encoding::for_label(label.as_bytes())) {
        Some(encoding) => encoding.decode_without_bom_handling(&response.body).0.into_owned(),
        None if media.is_some_and(|media| media.is_json()) => String::from_utf8_lossy(&response.body).into_owned(),
        None => latin1(&response.body),
    }
}

/// The error text of a 4xx or 5xx, as the client library's exception quotes it.
pub(super) fn conductor_error_body(response: &Response) -> String {
    if response.body.is_empty() {
        return "[no body]".into();
    }
    let charset = response.headers.get("Content-Type").and_then(|kind| charset_of(&kind));
    let encoding = charset.and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(encoding_rs::UTF_8);
    let (text, _) = encoding.decode_without_bom_handling(&response.body);
    let mut out = String::from("\"");
    for ch in text.chars() {
        match ch {
            '\n' | '\r' => out.push_str("<EOL>"),
            control if control.is_control() => out.push('?'),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn header_lists(headers: &Headers, text: impl Fn(super::headers::Header<'_>) -> String) -> Value {
    let mut lists: Map<String, Value> = Map::with_capacity(headers.len());
    for header in headers.iter() {
        let value = Value::String(text(header));
        // Names that differ only in case are one field; the first one's case stays.
        match lists.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(header.name)) {
            Some((_, Value::Array(values))) => values.push(value),
            _ => {
                lists.insert(header.name.to_string(), Value::Array(vec![value]));
            }
        }
    }
    Value::Object(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(content_type: &str, body: &[u8]) -> Response {
        let mut headers = Headers::default();
        headers.add("Content-Type", content_type.as_bytes());
        Response { status: 200, reason: "OK".into(), headers, body: body.to_vec().into(), made: None }
    }

    #[track_caller]
    fn check(content_type: &str, body: &str, legwork: &Value, conductor: &Value) {
        let response = response(content_type, body.as_bytes());
        assert_eq!(body_value(body.as_bytes(), Some(content_type)), *legwork, "{body}");
        assert_eq!(conductor_body(&response), *conductor, "{body}");
    }

    #[test]
    fn bodies_become_values() {
        let json = "application/json";
        check(json, "42", &json!(42), &json!(42.0));
        check(json, "true", &json!(true), &json!("true"));
        check(json, "null", &json!(null), &json!("null"));
        check(json, "\"x\"", &json!("x"), &json!("x"));
        check(json, "{\"a\": 1", &json!("{\"a\": 1"), &json!("{\"a\": 1"));
        check(
            json,
            "{\"i\":9007199254740993}",
            &json!({"i": 9_007_199_254_740_993_u64}),
            &json!({"i": 9_007_199_254_740_993_u64}),
        );
        check(json, "", &json!(null), &json!(null));
        check("text/plain", "{\"a\":1}", &json!({"a": 1}), &json!({"a": 1}));
        check("text/plain", "42", &json!("42"), &json!(42.0));
        check("text/html", "[1]", &json!("[1]"), &json!([1]));
        check("text/plain", "2024-01-01", &json!("2024-01-01"), &json!("2024-01-01"));
        check("text/plain; charset=utf-8", "grüß", &json!("grüß"), &json!("grüß"));
        check("text/plain", "grüß", &json!("grüß"), &json!("grÃ¼Ã\u{9f}"));
    }

    #[test]
    fn error_bodies_are_quoted_on_one_line() {
        assert_eq!(conductor_error_body(&response("text/plain", b"a\nb\tc")), "\"a<EOL>b?c\"");
        assert_eq!(conductor_error_body(&response("text/plain", b"")), "[no body]");
    }
}
