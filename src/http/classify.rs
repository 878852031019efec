//! What an outcome means: which kind of failure it is, and whether the call may be sent again.

use super::headers::Headers;
use super::limit;
use super::request::HttpRequest;
use super::retry_after::NotBefore;
use super::transport::{Failure, Phase, Response};
use serde_json::Value;
use std::fmt;

/// The kind of a failure, `output.kind` of the task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The host's name is not known.
    Dns,
    /// The egress guard does not let it pass.
    Egress,
    /// The proxy opens no way.
    Proxy,
    /// No connection.
    Connect,
    /// No TLS.
    Tls,
    /// A time-out was over, in that phase.
    Timeout(Phase),
    /// The connection was closed without an answer.
    Closed,
    /// The server did not take the request up, and said so.
    Unprocessed,
    /// What came is not HTTP.
    Protocol,
    /// The answer ends early.
    Body,
    /// The body cannot be decoded.
    Decode,
    /// The answer is larger than allowed.
    Size,
    /// The answer cannot be saved.
    Save,
    /// A redirect that was not followed.
    Redirect,
    /// A status that is not accepted.
    Status,
    /// The sandbox has no entry for the request.
    NoEntry,
    /// No recording answers the request.
    NoRecording,
    /// A kind that the task definition's error table names.
    Named(Box<str>),
}

impl Kind {
    /// The kind of a delivery without a usable answer.
    pub(super) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Dns { .. } => Self::Dns,
            Failure::Denied { .. } => Self::Egress,
            Failure::Proxy { .. } => Self::Proxy,
            Failure::Connect { .. } => Self::Connect,
            Failure::Tls { .. } => Self::Tls,
            Failure::TimedOut { phase, .. } => Self::Timeout(*phase),
            Failure::Closed { .. } => Self::Closed,
            Failure::Unprocessed { .. } => Self::Unprocessed,
            Failure::Truncated { .. } => Self::Body,
            Failure::Protocol { .. } => Self::Protocol,
            Failure::TooLarge { .. } => Self::Size,
            Failure::Decode { .. } => Self::Decode,
            Failure::Save { .. } => Self::Save,
            Failure::Redirect { .. } => Self::Redirect,
            Failure::NoEntry { .. } => Self::NoEntry,
            Failure::NoRecording { .. } => Self::NoRecording,
        }
    }

    /// The kind's name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Dns => "dns",
            Self::Egress => "egress",
            Self::Proxy => "proxy",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout(_) => "timeout",
            Self::Closed => "closed",
            Self::Unprocessed => "unprocessed",
            Self::Protocol => "protocol",
            Self::Body => "body",
            Self::Decode => "decode",
            Self::Size => "size",
            Self::Save => "save",
            Self::Redirect => "redirect",
            Self::Status => "status",
            Self::NoEntry => "no_entry",
            Self::NoRecording => "no_recording",
            Self::Named(name) => name,
        }
    }

    /// The phase in which a time-out was over.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        match self {
            Self::Timeout(phase) => Some(*phase),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a failed call may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Resend {
    /// It was not carried out, or carrying it out twice does no harm.
    Safe,
    /// It may have been carried out, and carrying it out twice may do harm.
    Unsafe,
    /// It would fail again.
    #[default]
    Never,
}

/// What a task definition knows about the answers of its API.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The task definition's name, as spans tell it.
    pub entry: Option<Box<str>>,
    /// The path of its requests, `/v2/users/{user_id}`, as spans tell it in place of the URL.
    pub url_template: Option<Box<str>>,
    /// Statuses that count as success; empty for 2xx.
    pub accepted: Vec<u16>,
    /// Whether sending the call twice does the same as sending it once, whatever its method (an idempotency key, an `ensure` lookup).
    pub idempotent: bool,
    /// The API's errors, the most telling first.
    pub errors: Vec<ErrorRule>,
}

/// One line of an API's error table. What is `None` fits every answer.
#[derive(Debug, Clone, Default)]
pub struct ErrorRule {
    /// The status.
    pub status: Option<u16>,
    /// The error code in the body, a number or a text.
    pub code: Option<Box<str>>,
    /// A part of the error message in the body, whatever its case.
    pub message: Option<Box<str>>,
    /// Parts of the answer's fields, by name, whatever their case.
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// The kind it has.
    pub kind: Option<Box<str>>,
    /// Whether it may be sent again.
    pub resend: Option<Resend>,
    /// When it may be sent again, beside what the answer says.
    pub wait: Wait,
    /// What it means and what to do, in one sentence.
    pub sentence: Option<Box<str>>,
}

/// When a call may be sent again at the earliest. An answer that says a later time is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wait {
    /// As the answer says.
    #[default]
    Told,
    /// At the next 00:00 UTC.
    MidnightUtc,
    /// After so many seconds.
    Seconds(u32),
}

/// What an outcome means.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict {
    pub(super) kind: Option<Kind>,
    pub(super) resend: Resend,
    pub(super) not_before: Option<NotBefore>,
    pub(super) sentence: Option<Box<str>>,
}

impl Rules {
    /// Whether an answer of that status is a success.
    #[must_use]
    pub fn accepts(&self, status: u16) -> bool {
        if self.accepted.is_empty() { (200..300).contains(&status) } else { self.accepted.contains(&status) }
    }

    fn find(&self, status: u16, error: &ErrorBody, headers: &Headers) -> Option<&ErrorRule> {
        let has = |(name, part): &(Box<str>, Box<str>)| {
            headers.get(name).is_some_and(|value| value.to_lowercase().contains(&part.to_lowercase()))
        };
        self.errors.iter().find(|rule| {
            let message = rule.message.as_deref().map(str::to_lowercase);
            rule.status.is_none_or(|wanted| wanted == status)
                && rule.headers.iter().all(has)
                && rule.code.as_deref().is_none_or(|wanted| error.code.as_deref() == Some(wanted))
                && message
                    .is_none_or(|wanted| error.message.as_deref().unwrap_or_default().to_lowercase().contains(&wanted))
        })
    }
}

/// The code and message that an API's error answer holds, wherever it is used to put them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ErrorBody {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

impl ErrorBody {
    pub(super) fn of(body: &Value) -> Self {
        let scalar = |places: &[&str]| {
            places.iter().filter_map(|place| body.pointer(place)).find_map(|value| match value {
                Value::String(text) if !text.is_empty() => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        };
        let code = scalar(&["/code", "/error/code", "/errorCode", "/error", "/errors/0/code"]);
        let message = scalar(&[
            "/message",
            "/error/message",
            "/error_description",
            "/errorMessage",
            "/detail",
            "/reason",
            "/errors/0/message",
            "/title",
            "/error",
        ]);
        Self { code, message }
    }
}

/// What a delivery without a usable answer means. `written` tells whether any byte of the request went out.
pub(super) fn failure(failure: &Failure, request: &HttpRequest, rules: &Rules, written: bool) -> Verdict {
    let kind = Kind::of(failure);
    let resend = match kind {
        // A certificate does not mend itself, nor does a size or a circle.
        Kind::Egress
        | Kind::Tls
        | Kind::Size
        | Kind::Save
        | Kind::Decode
        | Kind::Redirect
        | Kind::NoEntry
        | Kind::NoRecording => Resend::Never,
        Kind::Unprocessed => Resend::Safe,
        Kind::Proxy if failure.is_refused_by_proxy() => Resend::Never,
        _ if failure.is_before_sending() || !written => Resend::Safe,
        _ => when_carried_out(request, rules),
    };
    Verdict { kind: Some(kind), resend, ..Verdict::default() }
}

/// What an answer means whose status is not accepted. `now_ms` is the time in milliseconds since 1970.
pub(super) fn status(
    response: &Response,
    error: &ErrorBody,
    (request, rules): (&HttpRequest, &Rules),
    now_ms: i64,
) -> Verdict {
    let retry_after = response.headers.get("Retry-After").and_then(|value| NotBefore::parse(&value));
    let resend = match response.status {
        429 => Resend::Safe,
        503 if retry_after.is_some() => Resend::Safe,
        501 | 505 => Resend::Never,
        408 | 425 | 500..600 => when_carried_out(request, rules),
        _ => Resend::Never,
    };
    let rule = rules.find(response.status, error, &response.headers);
    let resend = rule.and_then(|rule| rule.resend).unwrap_or(resend);
    let named = rule.and_then(|rule| rule.kind.clone()).map(Kind::Named);
    let plain = if (300..400).contains(&response.status) { Kind::Redirect } else { Kind::Status };
    let waits = || not_before(response, retry_after, rule.map_or(Wait::Told, |rule| rule.wait), now_ms);
    Verdict {
        kind: Some(named.unwrap_or(plain)),
        resend,
        not_before: (resend != Resend::Never).then(waits).flatten(),
        sentence: rule.and_then(|rule| rule.sentence.clone()),
    }
}

/// The later one of what the answer says and what the rule says.
fn not_before(response: &Response, told: Option<NotBefore>, wait: Wait, now_ms: i64) -> Option<NotBefore> {
    let told = told.or_else(|| {
        (response.status == 429).then(|| limit::not_before(&response.headers, now_ms)).flatten().map(NotBefore::At)
    });
    let at = match wait {
        Wait::Told => return told,
        Wait::MidnightUtc => limit::midnight_after(now_ms),
        Wait::Seconds(seconds) => now_ms.saturating_add(i64::from(seconds) * 1000),
    };
    let told = told.map(|moment| i64::try_from(moment.delay(now_ms).as_millis()).unwrap_or(i64::MAX));
    Some(NotBefore::At(told.map_or(at, |delay| at.max(now_ms.saturating_add(delay)))))
}

/// A call that may have been carried out is sent again only when that does no harm.
fn when_carried_out(request: &HttpRequest, rules: &Rules) -> Resend {
    let harmless = request.is_idempotent() || rules.idempotent || request.headers().has("Idempotency-Key");
    if harmless { Resend::Safe } else { Resend::Unsafe }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Dialect;
    use serde_json::json;

    /// 2023-11-14T22:13:20Z.
    const NOW: i64 = 1_700_000_000_000;
    const MIDNIGHT: i64 = 1_700_006_400_000;

    /// Zoom's kinds of 429, as its task definitions have them.
    fn rules() -> Rules {
        let rule = |message: &str, kind: &str, wait| ErrorRule {
            status: Some(429),
            message: Some(message.into()),
            kind: Some(kind.into()),
            resend: Some(Resend::Safe),
            wait,
            ..ErrorRule::default()
        };
        let by_header = ErrorRule {
            headers: vec![("X-RateLimit-Type".into(), "daily".into())],
            message: None,
            ..rule("", "daily_limit", Wait::MidnightUtc)
        };
        let errors = vec![
            rule("invit", "daily_invites", Wait::MidnightUtc),
            by_header,
            rule("concurrent", "busy", Wait::Seconds(1)),
            rule("", "rate_limit", Wait::Told),
        ];
        Rules { errors, ..Rules::default() }
    }

    #[track_caller]
    fn check(message: &str, fields: &[(&str, &str)], kind: &str, not_before: Option<i64>) {
        let mut response = Response { status: 429, ..Response::default() };
        for (name, value) in fields {
            response.headers.add(name, value);
        }
        let input = json!({"uri": "https://api.example.com/users", "method": "POST"});
        let request = HttpRequest::from_input(&input, None, Dialect::Legwork).expect("a request");
        let error = ErrorBody::of(&json!({"code": 429, "message": message}));
        let verdict = status(&response, &error, (&request, &rules()), NOW);
        let at = verdict.not_before.map(|moment| NOW + i64::try_from(moment.delay(NOW).as_millis()).expect("soon"));
        assert_eq!((verdict.kind.as_ref().map(Kind::as_str), at), (Some(kind), not_before), "{message} {fields:?}");
        assert_eq!(verdict.resend, Resend::Safe);
    }

    #[test]
    fn the_kinds_of_429_are_told_apart_and_waited_for() {
        let second = "You have reached the maximum per-second rate limit for this API. Try again later.";
        check(second, &[], "rate_limit", None);
        check(second, &[("Retry-After", "2")], "rate_limit", Some(NOW + 2000));
        check(second, &[("X-RateLimit-Reset", "1700000003")], "rate_limit", Some(NOW + 3000));
        let day = "You have reached the maximum daily rate limit for this API.";
        check(day, &[("X-RateLimit-Type", "Daily-limit")], "daily_limit", Some(MIDNIGHT));
        let told = [("X-RateLimit-Type", "Daily-limit"), ("Retry-After", "2023-11-15T00:00:05Z")];
        check(day, &told, "daily_limit", Some(MIDNIGHT + 5000));
        let invites = "The invite limit of the day is reached, resume at GMT 00:00:00";
        check(invites, &[], "daily_invites", Some(MIDNIGHT));
        check(invites, &[("Retry-After", "1")], "daily_invites", Some(MIDNIGHT));
        check("Too many concurrent requests.", &[], "busy", Some(NOW + 1000));
        check("Too many concurrent requests.", &[("Retry-After", "3")], "busy", Some(NOW + 3000));
    }
}
