//! A body in a file: a value when it is JSON, lines when it is text, base64 when it is neither.

use super::exchange::Malformed;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// A body as a file shows it: `{"json": …}`, `{"text": …}`, `{"lines": […]}` or `{"base64": …}`; null when there is none.
///
/// Nothing but the white space between the parts of a JSON text is lost, and only where its type says that it is JSON.
pub(super) fn shown(bytes: &[u8], is_json: bool) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return json!({"base64": BASE64_STANDARD.encode(bytes)}) };
    let value = serde_json::from_str::<Value>(text).ok().filter(|_| is_json);
    let written = value.as_ref().map(Value::to_string);
    match value {
        Some(value) if written == Some(compact(text)) => json!({"json": value}),
        _ if text.contains('\n') => json!({"lines": text.split('\n').collect::<Vec<_>>()}),
        _ => json!({"text": text}),
    }
}

/// The bytes of what a file shows.
pub(super) fn bytes(shown: &Value) -> Result<Vec<u8>, Malformed> {
    let wrong = || Malformed("a body is null, or has one of `json`, `text`, `lines` and `base64`".to_owned());
    if shown.is_null() {
        return Ok(Vec::new());
    }
    let (kind, value) = shown.as_object().and_then(|map| map.iter().next()).ok_or_else(wrong)?;
    match (kind.as_str(), value) {
        ("json", value) => Ok(value.to_string().into_bytes()),
        ("text", Value::String(text)) => Ok(text.clone().into_bytes()),
        ("lines", Value::Array(lines)) => {
            let lines: Option<Vec<&str>> = lines.iter().map(Value::as_str).collect();
            Ok(lines.ok_or_else(wrong)?.join("\n").into_bytes())
        }
        ("base64", Value::String(text)) => {
            BASE64_STANDARD.decode(text).map_err(|err| Malformed(format!("`base64` is none: {err}")))
        }
        _ => Err(wrong()),
    }
}

/// A JSON text without the white space between its parts.
fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for ch in text.chars() {
        match ch {
            _ if escaped => escaped = false,
            '\\' => escaped = inside,
            '"' => inside = !inside,
            ' ' | '\t' | '\n' | '\r' if !inside => continue,
            _ => {}
        }
        out.push(ch);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], is_json: bool, expected: &Value) {
        let shown = shown(body, is_json);
        assert_eq!(shown, *expected);
        let back = bytes(&shown).expect("what was written can be read");
        if expected.get("json").is_some() {
            assert_eq!(String::from_utf8_lossy(&back), compact(&String::from_utf8_lossy(body)));
        } else {
            assert_eq!(back, body);
        }
    }

    #[test]
    fn a_body_comes_back_as_it_was() {
        check(b"", true, &Value::Null);
        check(b"{\"a\": [1, 2.50, \" x \\\" \"]}", true, &json!({"text": "{\"a\": [1, 2.50, \" x \\\" \"]}"}));
        check(b"{\"a\": [1, 2.5, \" x \\\" \"]}\n", true, &json!({"json": {"a": [1, 2.5, " x \" "]}}));
        check(b"{\"a\":1,\"a\":2}", true, &json!({"text": "{\"a\":1,\"a\":2}"}));
        check(b"[123456789012345678901234567890]", true, &json!({"text": "[123456789012345678901234567890]"}));
        check(b"{\"a\":1}", false, &json!({"text": "{\"a\":1}"}));
        check(b"a\r\nb\n", false, &json!({"lines": ["a\r", "b", ""]}));
        check(b"\xff\x00", false, &json!({"base64": "/wA="}));
    }
}
