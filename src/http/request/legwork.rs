//! The request in Legwork's own dialect: everything that cannot be sent as it is meant is refused before anything is sent.

use super::body::Mismatch;
use super::error::{RequestError, refuse};
use super::fields::{Fields, kind};
use super::media_type::MediaType;
use super::{MAX_RESPONSE_BYTES, Parts, Receive, body, multipart, paginate, receive};
use crate::diagnostic::codes;
use crate::http::headers::Headers;
use crate::http::target::{Target, TargetError, has_control};
use crate::http::transport::{ENCODINGS, TimeOuts};
use crate::resolve::{Resolved, UnsetSecret};
use crate::secret::SecretStore;
use crate::source::Pointer;
use bytes::Bytes;
use serde_json::Value;
use std::borrow::Cow;

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// What is sent for a task's input, in which secrets are references. The inner error is about the request, the outer about a secret.
pub(super) fn revealed_parts(
    input: &Resolved,
    secrets: &dyn SecretStore,
) -> Result<Result<Parts, RequestError>, UnsetSecret> {
    let mut fields = match fields(&input.value) {
        Ok(fields) => fields,
        Err(refused) => return Ok(Err(refused)),
    };
    if !input.secrets.is_empty() {
        fields.reveal(input.revealed_members(fields.base(), secrets)?);
    }
    Ok(of_fields(&fields))
}

/// What is sent for a task's input as it stands.
pub(super) fn parts(input: &Value) -> Result<Parts, RequestError> {
    of_fields(&fields(input)?)
}

fn fields(input: &Value) -> Result<Fields<'_>, RequestError> {
    Fields::of(input).map_err(|pointer| {
        let message = "the request has to be an object with `uri` and `method`";
        refuse(codes::E0707, &pointer, message, "write `http_request: {uri: …, method: …}`, or the fields themselves")
    })
}

fn of_fields(fields: &Fields<'_>) -> Result<Parts, RequestError> {
    let method = method(fields)?;
    let receive = receive::read(fields)?;
    let target = target(fields)?;
    let mut headers = Headers::with_capacity(8);
    headers.add("Host", target.origin.authority().as_bytes());
    add_given(&mut headers, fields)?;
    let body = add_body(&mut headers, fields, method)?;
    add_defaults(&mut headers, fields, receive.as_ref())?;
    Ok(Parts {
        method,
        named: None,
        target,
        headers,
        body,
        time_outs: time_outs(fields, receive.as_ref())?,
        max_response_bytes: fields.count("maxResponseBytes", "a number of bytes")?.unwrap_or(MAX_RESPONSE_BYTES),
        paging: paginate::read(fields, method)?,
        receive,
    })
}

fn method(fields: &Fields<'_>) -> Result<&'static str, RequestError> {
    let pointer = || fields.pointer("method");
    let Some(text) = fields.text("method")? else {
        return Err(refuse(codes::E0701, &pointer(), "the request has no method", "add `method: GET`, or another one"));
    };
    if let Some(method) = METHODS.iter().find(|method| **method == text) {
        return Ok(method);
    }
    let upper = text.to_ascii_uppercase();
    let help = match METHODS.iter().find(|method| **method == upper) {
        Some(method) => format!("write it in upper case, `{method}`"),
        None => format!("use one of {}", METHODS.join(", ")),
    };
    Err(refuse(codes::E0705, &pointer(), format!("`{text}` is not an HTTP method"), help))
}

fn target(fields: &Fields<'_>) -> Result<Target, RequestError> {
    let Some(text) = fields.text("uri")? else {
        return Err(refuse(codes::E0701, &fields.pointer("uri"), "the request has no uri", "add `uri: https://…`"));
    };
    Target::parse(text).map_err(|error| refused_uri(error, text, &fields.pointer("uri")))
}

fn refused_uri(error: TargetError, text: &str, pointer: &Pointer) -> RequestError {
    let scheme = text.split(':').next().unwrap_or_default();
    let (code, message, help) = match error {
        TargetError::Empty => (codes::E0701, "the uri is empty".to_owned(), "give it a value; an input may be empty"),
        TargetError::Relative => (
            codes::E0702,
            format!("`{text}` is no absolute URI"),
            "start it with `https://`, or with an expression that gives the server",
        ),
        TargetError::Scheme => {
            (codes::E0702, format!("a `{scheme}:` URI cannot be called"), "only http and https can be called")
        }
        TargetError::Host => (codes::E0702, format!("`{text}` has no valid host"), "the host follows `://`"),
        TargetError::Port => (codes::E0702, format!("`{text}` has no valid port"), "a port is a number up to 65535"),
        TargetError::Userinfo => (
            codes::E0703,
            "the uri holds credentials".to_owned(),
            "take `user:password@` out and send it as `Authorization: Basic …`, built from `${workflow.secrets.NAME}`",
        ),
        TargetError::Control => (
            codes::E0704,
            "the uri holds a control character".to_owned(),
            "take the line end out of the value; a value put into a uri is one line",
        ),
    };
    refuse(code, pointer, message, help)
}

/// The fields under `headers`.
fn add_given(headers: &mut Headers, fields: &Fields<'_>) -> Result<(), RequestError> {
    let given = match fields.get("headers") {
        None => return Ok(()),
        Some(Value::Object(map)) => map,
        Some(other) => return Err(fields.wrong_kind("headers", "an object", other)),
    };
    for (name, value) in given {
        let pointer = || fields.pointer("headers").key(name);
        check_name(name, pointer)?;
        match value {
            Value::Null => {}
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    add_value(headers, name, item, || pointer().index(index))?;
                }
            }
            other => add_value(headers, name, other, pointer)?,
        }
    }
    Ok(())
}

fn check_name(name: &str, pointer: impl Fn() -> Pointer) -> Result<(), RequestError> {
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if name.is_empty() || !fits {
        let message = format!("`{}` cannot be a header name", name.escape_default());
        return Err(refuse(codes::E0704, &pointer(), message, "a header name is letters, digits and hyphens"));
    }
    if ["content-length", "transfer-encoding", "connection"].iter().any(|own| own.eq_ignore_ascii_case(name)) {
        let message = format!("`{name}` is not yours to set");
        return Err(refuse(
            codes::E0704,
            &pointer(),
            message,
            "take it out: it follows from the body and the connection",
        ));
    }
    Ok(())
}

fn add_value(
    headers: &mut Headers,
    name: &str,
    value: &Value,
    pointer: impl Fn() -> Pointer,
) -> Result<(), RequestError> {
    let text: Cow<'_, str> = match value {
        Value::Null => return Ok(()),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
        other => {
            let message = format!("the header `{name}` cannot be {}", kind(other));
            return Err(refuse(codes::E0707, &pointer(), message, "give a text, or a list of texts"));
        }
    };
    add_text(headers, name, &text, pointer)
}

fn add_text(headers: &mut Headers, name: &str, text: &str, pointer: impl Fn() -> Pointer) -> Result<(), RequestError> {
    if has_control(text) && text.chars().any(|ch| ch.is_control() && ch != '\t') {
        let message = format!("the value of the header `{name}` holds a line end or another control character");
        let help = "take it out of the value: it would end the header and start another one";
        return Err(refuse(codes::E0704, &pointer(), message, help));
    }
    if name.eq_ignore_ascii_case("Host") {
        headers.set("Host", text.trim().as_bytes());
    } else {
        headers.add(name, text.trim().as_bytes());
    }
    Ok(())
}

/// The body, with its type, coding and length.
fn add_body(headers: &mut Headers, fields: &Fields<'_>, method: &str) -> Result<Bytes, RequestError> {
    let value = fields.get("body").unwrap_or(&Value::Null);
    let content_type = content_type(headers, fields)?;
    let refused = |mismatch: Mismatch| refuse(codes::E0706, &fields.pointer("body"), mismatch.message, mismatch.help);
    let mut bytes = match value {
        Value::Object(parts) if content_type.is("multipart", "form-data") => {
            let (bytes, boundary) = multipart::write(parts).map_err(refused)?;
            // A boundary that was written by hand would not be the body's.
            headers.set("Content-Type", format!("multipart/form-data; boundary={boundary}"));
            bytes
        }
        value => body::bytes(value, &content_type).map_err(refused)?,
    };
    if !bytes.is_empty() && !headers.has("Content-Type") {
        headers.add("Content-Type", content_type.text().as_bytes());
    }
    match fields.text("contentEncoding")? {
        None => {}
        Some("gzip") if bytes.is_empty() => {}
        Some("gzip") => {
            bytes = body::gzip(&bytes).map_err(refused)?;
            headers.set("Content-Encoding", "gzip");
        }
        Some(other) => {
            let message = format!("the body cannot be packed by `{other}`");
            let help = "use `contentEncoding: gzip`, or leave it out";
            return Err(refuse(codes::E0706, &fields.pointer("contentEncoding"), message, help));
        }
    }
    // Without it some servers wait for a body (RFC 9110, section 8.6).
    if !bytes.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
        headers.add("Content-Length", bytes.len().to_string().as_bytes());
    }
    Ok(bytes.into())
}

/// The type of the body: the field of that name, else `contentType`, else JSON.
fn content_type(headers: &Headers, fields: &Fields<'_>) -> Result<MediaType, RequestError> {
    let text = match headers.get("Content-Type") {
        Some(given) => given,
        None => Cow::Borrowed(fields.text("contentType")?.unwrap_or("application/json")),
    };
    let parsed = MediaType::parse(&text);
    parsed.ok().filter(|media| media.wildcard().is_none()).ok_or_else(|| {
        let message = format!("`{text}` is not a content type");
        refuse(codes::E0706, &fields.pointer("contentType"), message, "write it as `type/subtype`, `application/json`")
    })
}

fn add_defaults(headers: &mut Headers, fields: &Fields<'_>, receive: Option<&Receive>) -> Result<(), RequestError> {
    if !headers.has("Accept") {
        let accept = match fields.get("accept") {
            None => Cow::Borrowed(match receive {
                None => "application/json",
                Some(Receive::File(_)) => "*/*",
                Some(Receive::Events(_)) => "text/event-stream, application/x-ndjson;q=0.9",
            }),
            Some(Value::String(text)) => Cow::Borrowed(text.as_str()),
            Some(Value::Array(items)) => {
                Cow::Owned(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
            }
            Some(other) => return Err(fields.wrong_kind("accept", "a text or a list of texts", other)),
        };
        add_text(headers, "Accept", &accept, || fields.pointer("accept"))?;
    }
    if !headers.has("Accept-Encoding") {
        headers.add("Accept-Encoding", ENCODINGS);
    }
    if !headers.has("User-Agent") {
        headers.add("User-Agent", concat!("legwork/", env!("CARGO_PKG_VERSION")));
    }
    Ok(())
}

/// `connectionTimeOut` replaces the time to connect, `readTimeOut` the time for the whole call; 0 is no limit. `timeOuts` holds further
/// limits, each for a part of them.
fn time_outs(fields: &Fields<'_>, receive: Option<&Receive>) -> Result<TimeOuts, RequestError> {
    // A stream has its own time besides.
    let total = TimeOuts::LEGWORK.total.map(|total| total + receive::lasts(receive));
    let defaults = TimeOuts { total, ..TimeOuts::LEGWORK };
    let mut time_outs = TimeOuts {
        connect: fields.milliseconds("connectionTimeOut", defaults.connect)?,
        total: fields.milliseconds("readTimeOut", defaults.total)?,
        ..defaults
    };
    if let Some(parts) = fields.object("timeOuts", &["dnsMs", "tlsMs", "firstByteMs", "idleMs"])? {
        time_outs.dns = parts.milliseconds("dnsMs", None)?;
        time_outs.tls = parts.milliseconds("tlsMs", None)?;
        time_outs.first_byte = parts.milliseconds("firstByteMs", None)?;
        time_outs.read = parts.milliseconds("idleMs", None)?;
    }
    Ok(time_outs)
}
