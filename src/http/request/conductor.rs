//! The request a Conductor server sends for an input. Source: `HttpTask.java` and `DefaultRestTemplateProvider.java` of
//! conductor-oss 3.32, Spring's `RestTemplate` and Apache's `HttpClient` 5 below them, and recordings of a real server.

use super::error::RequestError;
use super::fields::Fields;
use super::java;
use super::media_type::MediaType;
use super::spring_uri::SpringUri;
use super::{Parts, xml};
use crate::http::headers::Headers;
use crate::http::target::{Origin, Scheme, Target};
use crate::http::transport::TimeOuts;
use bytes::Bytes;
use serde_json::Value;
use std::time::Duration;

/// A Conductor server has no limit; neither the heap nor ours is endless.
const MAX_RESPONSE_BYTES: u64 = 256 * 1024 * 1024;

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// The input, as the task's class has it after conversion.
struct Input<'i> {
    uri: String,
    method: String,
    headers: Vec<(&'i str, String)>,
    body: &'i Value,
    accept: Vec<String>,
    content_type: String,
    time_outs: TimeOuts,
}

/// What is sent for a task's input.
pub(super) fn parts(input: &Value) -> Result<Parts, RequestError> {
    let fields = Fields::of(input).map_err(|_| RequestError::NeverRuns)?;
    let input = convert(&fields)?;
    let content_type = media_type(&input.content_type)?;
    if let Some(part) = content_type.wildcard() {
        let message = format!("Content-Type cannot contain wildcard {part} '*'");
        return Err(RequestError::java("java.lang.IllegalArgumentException", &message));
    }
    let accept: Vec<String> =
        input.accept.iter().map(|text| media_type(text).map(|media| media.to_string())).collect::<Result<_, _>>()?;
    let Some(method) = METHODS.iter().find(|known| **known == input.method) else {
        let message = format!("Invalid HTTP method: {}", input.method);
        return Err(RequestError::java("java.lang.IllegalArgumentException", &message));
    };
    let uri = SpringUri::build(&input.uri).map_err(|(class, message)| RequestError::java(class, &message))?;
    let body = body(input.body, &content_type)?;
    let target = target(&uri, method)?;
    let headers = headers(&input, &target, &content_type, &accept.join(", "), body.len(), method);
    Ok(Parts {
        method,
        named: Some(uri.named().into()),
        target,
        headers,
        body,
        time_outs: input.time_outs,
        max_response_bytes: MAX_RESPONSE_BYTES,
        paging: None,
        receive: None,
    })
}

/// Jackson's conversion of the input; what it refuses leaves the task SCHEDULED.
fn convert<'i>(fields: &'i Fields<'_>) -> Result<Input<'i>, RequestError> {
    let text = |name: &str| match fields.get(name) {
        Some(Value::Array(_) | Value::Object(_)) => Err(RequestError::NeverRuns),
        other => Ok(other.map(java::to_text)),
    };
    let missing = |reason: &str| RequestError::Failed { reason: reason.into(), response: None };
    let headers = match fields.get("headers") {
        None => Vec::new(),
        Some(Value::Object(map)) => {
            let given = map.iter().filter(|(_, value)| !value.is_null());
            given.map(|(name, value)| (name.as_str(), java::to_text(value))).collect()
        }
        Some(_) => return Err(RequestError::NeverRuns),
    };
    let accept = match fields.get("accept") {
        Some(Value::Array(items)) => items.iter().map(java::to_text).collect(),
        _ => vec![text("accept")?.unwrap_or_else(|| "application/json".into())],
    };
    // Both are ignored, but they have to be texts.
    let _ = (text("vipAddress")?, text("appName")?);
    let content_type = text("contentType")?.unwrap_or_else(|| "application/json".into());
    let connect = milliseconds(fields, "connectionTimeOut", 100)?;
    let read = milliseconds(fields, "readTimeOut", 150)?;
    let uri = text("uri")?
        .ok_or_else(|| missing("Missing HTTP URI.  See documentation for HttpTask for required input parameters"))?;
    let method = text("method")?.ok_or_else(|| missing("No HTTP method specified"))?;
    let time_outs = TimeOuts {
        read: time_out(read, TimeOuts::CONDUCTOR.read, |read| format!("duration must not be negative: {read}"))?,
        connect: time_out(connect, TimeOuts::CONDUCTOR.connect, |_| "Timeout must be a non-negative value".into())?,
        total: None,
        ..TimeOuts::CONDUCTOR
    };
    Ok(Input {
        uri,
        method,
        headers,
        body: fields.raw("body").unwrap_or(&Value::Null),
        accept,
        content_type,
        time_outs,
    })
}

/// A Java `Integer`: `None` when absent. An explicit null overwrites the default with the library's own few milliseconds.
fn milliseconds(fields: &Fields<'_>, name: &str, when_null: i32) -> Result<Option<i32>, RequestError> {
    let number = match fields.raw(name) {
        None => return Ok(None),
        Some(Value::Null) => when_null,
        Some(Value::String(text)) if text.trim().is_empty() => when_null,
        Some(Value::String(text)) => text.trim().parse().map_err(|_| RequestError::NeverRuns)?,
        Some(Value::Number(number)) => {
            let whole = number.to_string();
            whole.split('.').next().unwrap_or_default().parse().map_err(|_| RequestError::NeverRuns)?
        }
        Some(_) => return Err(RequestError::NeverRuns),
    };
    Ok(Some(number))
}

/// 0 is no limit; of a negative number the client library says what it wants instead.
fn time_out(
    given: Option<i32>,
    default: Option<Duration>,
    refusal: impl Fn(i32) -> String,
) -> Result<Option<Duration>, RequestError> {
    let Some(number) = given else { return Ok(default) };
    let negative = |_| RequestError::java("java.lang.IllegalArgumentException", &refusal(number));
    let number = u64::try_from(number).map_err(negative)?;
    Ok((number > 0).then(|| Duration::from_millis(number)))
}

fn media_type(text: &str) -> Result<MediaType, RequestError> {
    MediaType::parse(text).map_err(|why| {
        let message = format!("Invalid mime type \"{text}\": {why}");
        RequestError::java("org.springframework.http.InvalidMediaTypeException", &message)
    })
}

/// The message converters, in the order the client library asks them.
fn body(value: &Value, content_type: &MediaType) -> Result<Bytes, RequestError> {
    match value {
        Value::Null => Ok(Bytes::new()),
        Value::String(text) => Ok(encode(text, content_type).into()),
        other if content_type.is_xml() && jackson_writes(content_type) => Ok(xml::document(other).into()),
        other if content_type.is_json() && jackson_writes(content_type) => {
            let bytes = serde_json::to_vec(other).map_err(|error| {
                RequestError::java("java.lang.Exception", &format!("Could not write JSON: {error}"))
            })?;
            Ok(bytes.into())
        }
        other => {
            let message =
                format!("No HttpMessageConverter for {} and content type \"{content_type}\"", java::class_of(other));
            Err(RequestError::java("java.lang.Exception", &message))
        }
    }
}

/// Whether Jackson knows the content type's charset; it writes nothing in the others.
fn jackson_writes(content_type: &MediaType) -> bool {
    const KNOWN: &[&str] = &["utf-8", "utf8", "us-ascii", "ascii", "utf-16be", "utf-16le", "utf-32be", "utf-32le"];
    content_type.parameter("charset").is_none_or(|charset| KNOWN.contains(&charset.to_ascii_lowercase().as_str()))
}

/// A text in the content type's charset: JSON is UTF-8, all else ISO-8859-1 with `?` for what it lacks.
fn encode(text: &str, content_type: &MediaType) -> Vec<u8> {
    match content_type.parameter("charset") {
        Some(charset) if !is_latin1(&charset) => {
            let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
            encoding.encode(text).0.into_owned()
        }
        None if content_type.is_json() => text.as_bytes().to_vec(),
        _ => text.chars().map(|ch| u8::try_from(u32::from(ch)).unwrap_or(b'?')).collect(),
    }
}

fn is_latin1(charset: &str) -> bool {
    ["iso-8859-1", "latin1", "iso8859-1", "iso_8859-1", "us-ascii", "ascii"]
        .contains(&charset.to_ascii_lowercase().as_str())
}

/// What the client below the library can reach.
fn target(uri: &SpringUri, method: &str) -> Result<Target, RequestError> {
    let failed = |why: &str| {
        let message = format!("I/O error on {method} request for \"{}\": {why}", uri.named());
        RequestError::java("java.lang.Exception", &message)
    };
    let (Some(scheme), Some(host)) = (&uri.scheme, &uri.host) else {
        return Err(failed("Target host is not specified"));
    };
    let port = uri.port.as_deref().filter(|port| !port.is_empty());
    let (scheme, default_port) = match scheme.as_str() {
        "http" => (Scheme::Http, 80),
        "https" => (Scheme::Https, 443),
        other => {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            return Err(failed(&format!("Unroutable protocol scheme: {other}://{host}{port}")));
        }
    };
    if uri.userinfo.is_some() {
        return Err(failed("Request URI authority contains deprecated userinfo component"));
    }
    let port = match port.map(str::parse) {
        None => default_port,
        Some(Ok(port)) => port,
        Some(Err(_)) => return Err(failed("port is out of range")),
    };
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase().into();
    Ok(Target { origin: Origin { scheme, host, port }, path_and_query: uri.path_and_query().into() })
}

fn headers(
    input: &Input<'_>,
    target: &Target,
    content_type: &MediaType,
    accept: &str,
    length: usize,
    method: &str,
) -> Headers {
    let mut headers = Headers::default();
    let own = |name: &str| input.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    if !own("Host") {
        headers.add("Host", target.origin.authority().as_bytes());
    }
    headers.add("Accept", accept.as_bytes());
    add_all(&mut headers, input, "Accept");
    headers.add("Content-Type", content_type.to_string().as_bytes());
    add_all(&mut headers, input, "Content-Type");
    for (name, value) in &input.headers {
        // The client computes the length itself, and these two are written above.
        let written = ["content-length", "transfer-encoding", "accept", "content-type"];
        if !written.contains(&name.to_ascii_lowercase().as_str()) && is_name(name) {
            headers.add(name, wire(value));
        }
    }
    if length > 0 || !matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "DELETE") {
        headers.add("Content-Length", length.to_string().as_bytes());
    }
    if !own("Accept-Encoding") {
        headers.add("Accept-Encoding", "gzip, x-gzip, deflate");
    }
    if !own("User-Agent") {
        headers.add("User-Agent", concat!("legwork/", env!("CARGO_PKG_VERSION")).as_bytes());
    }
    headers
}

/// The input's own fields of that name, after the ones from `accept` and `contentType`: both are sent.
fn add_all(headers: &mut Headers, input: &Input<'_>, wanted: &str) {
    for (_, value) in input.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
        headers.add(wanted, wire(value));
    }
}

/// A name that can be written at all; the rest would break the request apart.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

/// Values are written as ISO-8859-1; line ends, controls and all other characters become `?`.
fn wire(value: &str) -> Vec<u8> {
    let written = |byte: &u8| matches!(byte, 0x20..=0x7E | 0xA0..=0xFF | b'\t');
    value.chars().map(|ch| u8::try_from(u32::from(ch)).ok().filter(written).unwrap_or(b'?')).collect()
}

/// The reason phrase the client library knows a status by; `None` for a status it does not know.
pub(crate) fn standard_reason(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        _ => return None,
    })
}
