//! `multipart/form-data` (RFC 7578): its length is known before anything is sent, and its boundary stands nowhere in its parts.

use super::body::{Mismatch, mismatch, scalar};
use super::fields::kind;
use super::media_type::MediaType;
use crate::host;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::path::Path;

/// One part, ready to be written.
struct Part<'p> {
    name: &'p str,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Vec<u8>,
}

/// The body, and its boundary. A list gives its name once for each item, null gives nothing.
pub(super) fn write(map: &Map<String, Value>) -> Result<(Vec<u8>, String), Mismatch> {
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
    let boundary = boundary(&parts);
    let mut body = Vec::with_capacity(parts.iter().map(|part| part.content.len() + 256).sum());
    for part in &parts {
        part.write(&boundary, &mut body);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((body, boundary))
}

/// A text, a number, a boolean; `{file, filename, contentType}`; or `{value, contentType}` with any value, JSON when it is not a text.
fn part<'p>(name: &'p str, value: &Value) -> Result<Part<'p>, Mismatch> {
    let Value::Object(fields) = value else {
        return match value {
            Value::Array(_) => mismatch(
                format!("a list of lists under `{name}` cannot be sent as `multipart/form-data`"),
                "a list gives its name once for each item; an item is a text, a number, a boolean or an object",
            ),
            plain => Ok(Part { name, file_name: None, content_type: None, content: scalar(plain).into_bytes() }),
        };
    };
    let help =
        "write `{file: photo.png}` with `filename` and `contentType` as you like, or `{value: …, contentType: …}`";
    let known = ["file", "filename", "value", "contentType"];
    if let Some(key) = fields.keys().find(|key| !known.contains(&key.as_str())) {
        return mismatch(format!("a part has no `{key}`, as `{name}` says"), help);
    }
    let given = text(fields, name, "contentType")?;
    if let Some(given) = given {
        let parsed = MediaType::parse(given);
        parsed.or_else(|_| mismatch(format!("`{given}` of the part `{name}` is not a content type"), help))?;
    }
    match (text(fields, name, "file")?, fields.get("value")) {
        (Some(path), None) => {
            let last = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
            let file_name = text(fields, name, "filename")?.map(str::to_owned).or(last);
            let content_type = Some(given.unwrap_or("application/octet-stream").to_owned());
            Ok(Part { name, file_name, content_type, content: file(path)? })
        }
        (None, Some(value)) => {
            let (content, plain) = match value {
                Value::String(text) => (text.clone(), None),
                other => (other.to_string(), Some("application/json")),
            };
            let file_name = text(fields, name, "filename")?.map(str::to_owned);
            let content_type = given.or(plain).map(str::to_owned);
            Ok(Part { name, file_name, content_type, content: content.into_bytes() })
        }
        _ => mismatch(format!("the part `{name}` has to hold `file` or `value`, and not both"), help),
    }
}

fn text<'f>(fields: &'f Map<String, Value>, name: &str, key: &str) -> Result<Option<&'f str>, Mismatch> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => {
            mismatch(format!("`{key}` of the part `{name}` has to be a text, not {}", kind(other)), "write a text")
        }
    }
}

/// The bytes of a file that a request sends.
pub(super) fn file(path: &str) -> Result<Vec<u8>, Mismatch> {
    host::read_attachment(Path::new(path)).or_else(|error| {
        let help = "name a file in the folder that the command runs in, or below it: `photos/me.png`";
        mismatch(format!("the file `{path}` cannot be sent: {error}"), help)
    })
}

/// The first of a row of boundaries that stands in no part.
fn boundary(parts: &[Part<'_>]) -> String {
    let mut number = 0;
    loop {
        let boundary = format!("legwork-{number:08}");
        let taken = |bytes: &[u8]| memchr::memmem::find(bytes, boundary.as_bytes()).is_some();
        if !parts.iter().any(|part| taken(&part.content)) {
            return boundary;
        }
        number += 1;
    }
}

impl Part<'_> {
    fn write(&self, boundary: &str, body: &mut Vec<u8>) {
        // A String takes everything.
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escaped(self.name));
        if let Some(name) = &self.file_name {
            let _ = write!(head, "; filename=\"{}\"", escaped(name));
        }
        head.push_str("\r\n");
        if let Some(content_type) = &self.content_type {
            let _ = write!(head, "Content-Type: {}\r\n", content_type.replace(['\r', '\n'], " "));
        }
        head.push_str("\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&self.content);
        body.extend_from_slice(b"\r\n");
    }
}

/// A name between quotes, as browsers write it (WHATWG HTML, section 4.10.21.8): nothing in it can end the line or the quotes.
fn escaped(name: &str) -> String {
    name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(body: &Value, expected: Result<&str, &str>) {
        let map = body.as_object().expect("an object");
        let got = write(map)
            .map(|(bytes, _)| String::from_utf8_lossy(&bytes).replace("\r\n", "|"))
            .map_err(|err| err.message);
        assert_eq!(got, expected.map(str::to_owned).map_err(str::to_owned), "{body}");
    }

    #[test]
    fn parts_are_written_in_order() {
        check(
            &json!({"a": "x", "n": 1, "l": [true, "y"], "gone": null}),
            Ok(
                "--legwork-00000000|Content-Disposition: form-data; name=\"a\"||x|--legwork-00000000|Content-Disposition: form-data; name=\"n\"||1|\
                --legwork-00000000|Content-Disposition: form-data; name=\"l\"||true|--legwork-00000000|Content-Disposition: form-data; name=\"l\"||y|\
                --legwork-00000000--|",
            ),
        );
        check(
            &json!({"j": {"value": {"b": 1}}, "t": {"value": "t", "filename": "t\".txt", "contentType": "text/plain"}}),
            Ok(
                "--legwork-00000000|Content-Disposition: form-data; name=\"j\"|Content-Type: application/json||{\"b\":1}|\
                --legwork-00000000|Content-Disposition: form-data; name=\"t\"; filename=\"t%22.txt\"|Content-Type: text/plain||t|--legwork-00000000--|",
            ),
        );
        check(&json!({}), Ok("--legwork-00000000--|"));
    }

    #[test]
    fn the_boundary_stands_in_no_part() {
        let taken = "--legwork-00000000\r\n legwork-00000001";
        let (_, boundary) = write(json!({"a": taken}).as_object().expect("an object")).ok().expect("it can be written");
        assert_eq!(boundary, "legwork-00000002");
    }

    #[test]
    fn names_cannot_break_out() {
        check(
            &json!({"a\"\r\nX: y": "b"}),
            Ok("--legwork-00000000|Content-Disposition: form-data; name=\"a%22%0D%0AX: y\"||b|--legwork-00000000--|"),
        );
    }

    #[test]
    fn what_is_no_part_is_refused() {
        check(&json!({"a": {"b": 1}}), Err("a part has no `b`, as `a` says"));
        check(&json!({"a": {"filename": "x"}}), Err("the part `a` has to hold `file` or `value`, and not both"));
        check(&json!({"a": {"value": "x", "contentType": "png"}}), Err("`png` of the part `a` is not a content type"));
        check(
            &json!({"a": {"file": "/etc/passwd"}}),
            Err("the file `/etc/passwd` cannot be sent: it lies outside the current folder"),
        );
        check(
            &json!({"a": {"file": "../x"}}),
            Err("the file `../x` cannot be sent: it lies outside the current folder"),
        );
        check(
            &json!({"a": {"file": "no-such-file"}}),
            Err("the file `no-such-file` cannot be sent: there is no such file"),
        );
    }
}
