//! What went over the wire, for eyes and disk: every way out of an [`Exchange`] is masked.

use super::headers::Headers;
use super::output;
use super::request::{HttpRequest, Parts};
use super::transport::{Failure, Response, TimeOuts, Timings, Trace};
use crate::definition::Dialect;
use crate::secret::Redactor;
use flate2::read::GzDecoder;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

/// The masked view of a call: the request, everything that was sent for it, and what came back.
///
/// Serialises as `{"request": {"method", "uri", "headers": [{"name", "value"}], "body"}, "timeOuts": {…}, "attempts": [{"why", "request",
/// "response", "error", "timings", "reused", "peer"}]}`; times are milliseconds. It is made for every call, also for one that failed and for
/// one that was only planned.
#[derive(Clone)]
pub struct Exchange {
    request: RequestView,
    attempts: Vec<Attempt>,
}

/// Why a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is the call itself.
    First,
    /// The answer before was a redirect.
    Redirect,
    /// The answer before was a page, and this is the next one.
    Page,
    /// Conductor's client repeats 429, 503 and closed connections once by itself.
    Repeat,
    /// It finds out what became of the call, or whether the call is needed.
    LookUp,
    /// The API said that the token had expired, and there is a new one.
    Renewed,
}

impl Why {
    /// The reason's name in reports and spans.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Redirect => "redirect",
            Self::Page => "page",
            Self::Repeat => "repeat",
            Self::LookUp => "look-up",
            Self::Renewed => "renewed",
        }
    }
}

/// One request on the wire and what came of it.
#[derive(Clone)]
pub struct Attempt {
    why: Why,
    request: RequestView,
    response: Option<Arc<Response>>,
    error: Option<Box<str>>,
    trace: Trace,
}

/// A request, masked.
#[derive(Clone)]
pub struct RequestView {
    request: HttpRequest,
    redactor: Redactor,
}

/// An answer, masked.
#[derive(Clone)]
pub struct ResponseView {
    response: Arc<Response>,
    redactor: Redactor,
}

impl Exchange {
    /// The view of a request that is not sent.
    #[must_use]
    pub fn planned(request: &HttpRequest, redactor: &Redactor) -> Self {
        Self { request: RequestView::new(request, redactor), attempts: Vec::with_capacity(1) }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &RequestView {
        &self.request
    }

    /// Everything that was sent, in order: the call, its redirects, its repeats.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The last answer.
    #[must_use]
    pub fn response(&self) -> Option<ResponseView> {
        self.attempts.last().and_then(Attempt::response)
    }

    /// Time on the wire, all attempts together.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.attempts.iter().map(|attempt| attempt.trace.timings.total).sum()
    }

    /// Puts everything that was sent for a look-up behind what was sent so far.
    pub fn add_look_up(&mut self, look_up: Self) {
        self.attempts.extend(look_up.attempts.into_iter().map(|attempt| Attempt { why: Why::LookUp, ..attempt }));
    }

    /// Puts what went before in front: the call whose token had expired.
    pub(super) fn renewed_after(&mut self, refused: Self) {
        if let Some(first) = self.attempts.first_mut() {
            first.why = Why::Renewed;
        }
        self.attempts.splice(0..0, refused.attempts);
    }

    /// Puts the attempts of the next page behind.
    pub(super) fn append(&mut self, page: Self) {
        let mut attempts = page.attempts;
        if let Some(first) = attempts.first_mut() {
            first.why = Why::Page;
        }
        self.attempts.extend(attempts);
    }

    pub(super) fn push(
        &mut self,
        why: Why,
        request: &HttpRequest,
        outcome: &Result<Arc<Response>, Failure>,
        trace: Trace,
    ) {
        self.attempts.push(Attempt {
            why,
            request: RequestView::new(request, &self.request.redactor),
            response: outcome.as_ref().ok().cloned(),
            error: outcome.as_ref().err().map(|failure| failure.sentence().into()),
            trace,
        });
    }
}

impl Attempt {
    /// Why it was sent.
    #[must_use]
    pub fn why(&self) -> Why {
        self.why
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &RequestView {
        &self.request
    }

    /// The answer, if one came.
    #[must_use]
    pub fn response(&self) -> Option<ResponseView> {
        let response = self.response.clone()?;
        Some(ResponseView { response, redactor: self.request.redactor.clone() })
    }

    /// Why there is no answer.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        self.error.as_ref().map(|error| self.request.redactor.redact(error).into_owned())
    }

    /// How long each phase took, which address it went to, and whether over a connection used before.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
}

impl RequestView {
    pub(crate) fn new(request: &HttpRequest, redactor: &Redactor) -> Self {
        Self { request: request.clone(), redactor: redactor.clone() }
    }

    fn parts(&self) -> &Parts {
        if self.redactor.reveals() { self.request.in_clear() } else { self.request.masked() }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.parts().method
    }

    /// The URI.
    #[must_use]
    pub fn uri(&self) -> String {
        self.redactor.redact(&self.parts().target.to_string()).into_owned()
    }

    /// The fields in the order they are sent.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        masked_headers(&self.parts().headers, &self.redactor)
    }

    /// The body: JSON as a value, a text as a text, null when there is none.
    #[must_use]
    pub fn body(&self) -> Value {
        let bytes = self.unpacked();
        if std::str::from_utf8(&bytes).is_err() && self.request.dialect() == Dialect::Legwork {
            return Value::String(format!("({} bytes)", self.parts().body.len()));
        }
        masked_body(&bytes, self.parts().headers.get("Content-Type").as_deref(), &self.redactor)
    }

    /// The body without its coding.
    pub(crate) fn unpacked(&self) -> Cow<'_, [u8]> {
        let parts = self.parts();
        let is_packed = parts.headers.get("Content-Encoding").is_some_and(|coding| coding == "gzip");
        let mut plain = Vec::new();
        let mut decoder = is_packed.then(|| GzDecoder::new(&*parts.body));
        match decoder.as_mut().map(|decoder| decoder.read_to_end(&mut plain)) {
            Some(Ok(_)) => Cow::Owned(plain),
            _ => Cow::Borrowed(&parts.body),
        }
    }

    /// The body's bytes without their coding, as text.
    #[must_use]
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.redactor.redact_bytes(&self.unpacked())).into_owned()
    }

    /// How many bytes the body really has.
    #[must_use]
    pub fn body_length(&self) -> usize {
        self.parts().body.len()
    }

    /// How long the call may take.
    #[must_use]
    pub fn time_outs(&self) -> TimeOuts {
        self.parts().time_outs
    }

    /// The most bytes of an answer's body that are read.
    #[must_use]
    pub fn max_response_bytes(&self) -> u64 {
        self.parts().max_response_bytes
    }
}

impl ResponseView {
    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The reason phrase as received.
    #[must_use]
    pub fn reason(&self) -> String {
        self.redactor.redact(&self.response.reason).into_owned()
    }

    /// The fields as received.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        masked_headers(&self.response.headers, &self.redactor)
    }

    /// The body: JSON as a value, a text as a text, null when there is none.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = output::body_of(&self.response);
        self.redactor.redact_value(&mut body);
        body
    }

    /// How many bytes the body has, decoded.
    #[must_use]
    pub fn body_length(&self) -> usize {
        self.response.body.len()
    }
}

pub(super) fn masked_headers(headers: &Headers, redactor: &Redactor) -> Vec<(String, String)> {
    let mask = |text: &str| redactor.redact(text).into_owned();
    headers.iter().map(|header| (mask(header.name), mask(&header.text()))).collect()
}

fn masked_body(bytes: &[u8], content_type: Option<&str>, redactor: &Redactor) -> Value {
    let mut body = output::body_value(bytes, content_type);
    redactor.redact_value(&mut body);
    body
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn fields(headers: Vec<(String, String)>) -> Value {
    headers.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

impl Serialize for RequestView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut view = serializer.serialize_struct("RequestView", 4)?;
        view.serialize_field("method", self.method())?;
        view.serialize_field("uri", &self.uri())?;
        view.serialize_field("headers", &fields(self.headers()))?;
        view.serialize_field("body", &self.body())?;
        view.end()
    }
}

impl Serialize for ResponseView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut view = serializer.serialize_struct("ResponseView", 4)?;
        view.serialize_field("statusCode", &self.status())?;
        view.serialize_field("reasonPhrase", &self.reason())?;
        view.serialize_field("headers", &fields(self.headers()))?;
        view.serialize_field("body", &self.body())?;
        view.end()
    }
}

impl Serialize for Timings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let phases = [
            ("dnsMs", self.dns),
            ("connectMs", self.connect),
            ("tlsMs", self.tls),
            ("sendMs", self.send),
            ("firstByteMs", self.first_byte),
            ("bodyMs", self.body),
            ("totalMs", Some(self.total)),
        ];
        let known = phases.into_iter().filter_map(|(name, time)| Some((name.to_owned(), json!(milliseconds(time?)))));
        known.collect::<Map<String, Value>>().serialize(serializer)
    }
}

impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut view = serializer.serialize_struct("Attempt", 7)?;
        view.serialize_field("why", self.why.as_str())?;
        view.serialize_field("request", &self.request)?;
        view.serialize_field("response", &self.response())?;
        view.serialize_field("error", &self.error())?;
        view.serialize_field("timings", &self.trace.timings)?;
        view.serialize_field("reused", &self.trace.reused)?;
        view.serialize_field("peer", &self.trace.peer.map(|peer| peer.to_string()))?;
        view.end()
    }
}

impl Serialize for Exchange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let limits = self.request.time_outs();
        let limit = |time: Option<Duration>| time.map(milliseconds);
        let time_outs = json!({
            "connectMs": limit(limits.connect), "dnsMs": limit(limits.dns), "tlsMs": limit(limits.tls),
            "firstByteMs": limit(limits.first_byte), "idleMs": limit(limits.read), "totalMs": limit(limits.total),
        });
        let mut view = serializer.serialize_struct("Exchange", 3)?;
        view.serialize_field("request", &self.request)?;
        view.serialize_field("timeOuts", &time_outs)?;
        view.serialize_field("attempts", &self.attempts)?;
        view.end()
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

impl fmt::Debug for RequestView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

impl fmt::Debug for ResponseView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}
