//! The outcome of a call as the outcome of its task.

use super::classify::{self, ErrorBody, Kind, Resend, Rules, Verdict};
use super::exchange::Exchange;
use super::output;
use super::request::{HttpRequest, RequestError, standard_reason};
use super::retry_after::NotBefore;
use super::transport::{Failure, Made, Phase, RedirectProblem, Response};
use crate::definition::Dialect;
use crate::host;
use crate::resolve::TaskStatus;
use serde_json::{Map, Value, json};

/// The outcome of a call.
///
/// `output` is `{"response": {"statusCode", "reasonPhrase", "headers", "body"}}`, kept on every status, plus `"kind"` when the task failed, and
/// `"error"` (and `"phase"` of a time-out) in place of `"response"` when no answer came. In Conductor's dialect it is what a server stores.
#[derive(Debug)]
pub struct CallResult {
    /// The task's status.
    pub status: TaskStatus,
    /// The task's output; secrets that the server echoed are in clear.
    pub output: Value,
    /// The task's reasonForIncompletion.
    pub reason: Option<String>,
    /// What kind of failure it is; `None` when it is none.
    pub kind: Option<Kind>,
    /// Whether the call may be sent again.
    pub resend: Resend,
    /// When it may be sent again at the earliest, by the server's word.
    pub not_before: Option<NotBefore>,
    /// Whether any byte of the request went out.
    pub sent: bool,
    /// The status of the answer; `None` when none came.
    pub status_code: Option<u16>,
    /// The masked view of it all; `None` when there was no request.
    pub exchange: Option<Box<Exchange>>,
    /// Why there is no request, though its input is right: it has no credential.
    pub refused: Option<Box<RequestError>>,
}

impl CallResult {
    pub(super) fn new(status: TaskStatus, output: Value, reason: Option<String>) -> Self {
        Self {
            status,
            output,
            reason,
            kind: None,
            resend: Resend::Never,
            not_before: None,
            sent: false,
            status_code: None,
            exchange: None,
            refused: None,
        }
    }

    /// Whether the call got an answer.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.status_code.is_some()
    }

    /// Puts what went before in front: the same call, whose token had expired.
    pub(crate) fn after_expired(&mut self, before: Self) {
        self.sent |= before.sent;
        if let (Some(exchange), Some(before)) = (&mut self.exchange, before.exchange) {
            exchange.renewed_after(*before);
        }
    }

    fn judged(mut self, verdict: Verdict) -> Self {
        self.kind = verdict.kind;
        self.resend = verdict.resend;
        self.not_before = verdict.not_before;
        self
    }
}

impl From<&RequestError> for CallResult {
    /// A task whose request cannot be built: FAILED with the reason; SCHEDULED where a Conductor server never runs it.
    fn from(error: &RequestError) -> Self {
        match error {
            RequestError::NeverRuns => Self::new(TaskStatus::Scheduled, json!({}), None),
            RequestError::Failed { reason, response } => {
                let output = response.as_ref().map_or_else(|| json!({}), |text| json!({"response": &**text}));
                Self::new(TaskStatus::Failed, output, Some(reason.to_string()))
            }
            RequestError::Refused(_) | RequestError::UnsetSecret(_) => {
                Self::new(TaskStatus::Failed, json!({"error": error.to_string()}), Some(error.to_string()))
            }
        }
    }
}

/// The outcome of an answer.
pub(super) fn answered(request: &HttpRequest, response: &Response, rules: &Rules, async_complete: bool) -> CallResult {
    let mut result = match request.dialect() {
        Dialect::Legwork => legwork_answer(request, response, rules),
        Dialect::Conductor => conductor_answer(request, response, rules),
    };
    if async_complete && result.status == TaskStatus::Completed {
        result.status = TaskStatus::InProgress;
    }
    result.status_code = Some(response.status);
    result
}

/// The outcome of a call without a usable answer.
pub(super) fn failed(request: &HttpRequest, failure: &Failure, rules: &Rules, written: bool) -> CallResult {
    let verdict = classify::failure(failure, request, rules, written);
    let result = match request.dialect() {
        Dialect::Legwork => {
            let reason = format!("{} {}: {}", request.method(), request.shown_uri(), failure.sentence());
            let mut output = Map::new();
            output.insert("error".into(), failure.sentence().into());
            add_kind(&mut output, verdict.kind.as_ref());
            CallResult::new(TaskStatus::Failed, Value::Object(output), Some(reason))
        }
        Dialect::Conductor => {
            let why = io_error(request, failure);
            let uri = request.named();
            thrown("java.lang.Exception", &format!("I/O error on {} request for \"{uri}\": {why}", request.method()))
        }
    };
    result.judged(verdict)
}

fn add_kind(output: &mut Map<String, Value>, kind: Option<&Kind>) {
    if let Some(kind) = kind {
        output.insert("kind".into(), kind.as_str().into());
    }
    if let Some(phase) = kind.and_then(Kind::phase) {
        output.insert("phase".into(), phase.as_str().into());
    }
}

fn legwork_answer(request: &HttpRequest, response: &Response, rules: &Rules) -> CallResult {
    let value = output::legwork(response);
    if rules.accepts(response.status) {
        let mut output = output::answered(value);
        if let (Some(Made::Events(ended)), Some(output)) = (response.made, output.as_object_mut()) {
            output.insert("ended".into(), ended.as_str().into());
        }
        return CallResult::new(TaskStatus::Completed, output, None);
    }
    let error = value.get("body").map(ErrorBody::of).unwrap_or_default();
    let verdict = classify::status(response, &error, (request, rules), host::now_ms());
    let told = verdict.sentence.as_deref().or(error.message.as_deref());
    let told = match (told, &error.code) {
        (Some(told), Some(code)) if code != told => format!(": {told} (code {code})"),
        (Some(told), _) => format!(": {told}"),
        (None, _) => String::new(),
    };
    let location = response.headers.get("Location").filter(|_| verdict.kind == Some(Kind::Redirect));
    let location = location.map(|to| format!("; a {} is not redirected to {to}", request.method()));
    let reason = format!(
        "{} {} answered {}{told}{}",
        request.method(),
        request.shown_uri(),
        format!("{} {}", response.status, response.reason).trim_end(),
        location.unwrap_or_default(),
    );
    let mut output = Map::new();
    output.insert("response".into(), value);
    add_kind(&mut output, verdict.kind.as_ref());
    CallResult::new(TaskStatus::Failed, Value::Object(output), Some(reason)).judged(verdict)
}

fn conductor_answer(request: &HttpRequest, response: &Response, rules: &Rules) -> CallResult {
    let status = response.status;
    let verdict = || classify::status(response, &ErrorBody::default(), (request, rules), host::now_ms());
    if status >= 400 {
        let (reason, uri) = (&response.reason, request.named());
        let body = output::conductor_error_body(response);
        let message = format!("{status} {reason} on {} request for \"{uri}\": {body}", request.method());
        return thrown("java.lang.Exception", &message).judged(verdict());
    }
    let Some(reason) = standard_reason(status) else {
        let message = format!("No matching constant for [{status}]");
        return thrown("java.lang.IllegalArgumentException", &message).judged(verdict());
    };
    let output = output::answered(output::conductor(response, reason));
    if (200..300).contains(&status) {
        return CallResult::new(TaskStatus::Completed, output, None);
    }
    let reason = Some("No response from the remote service".to_owned());
    CallResult::new(TaskStatus::Failed, output, reason).judged(verdict())
}

/// What `HttpTask` makes of an exception.
fn thrown(class: &str, message: &str) -> CallResult {
    let text = format!("{class}: {message}");
    let reason = format!("Failed to invoke HTTP task due to: {text}");
    CallResult::new(TaskStatus::Failed, json!({"response": text}), Some(reason))
}

/// The message of the exception that Apache's client throws.
fn io_error(request: &HttpRequest, failure: &Failure) -> String {
    let origin = &request.target().origin;
    let host = if origin.host.contains(':') { format!("[{}]", origin.host) } else { origin.host.to_string() };
    let endpoint = format!("{host}:{}", origin.port);
    let connect = |why: &str| format!("Connect to {}://{endpoint} failed: {why}", origin.scheme.as_str());
    match failure {
        Failure::Dns { host, .. } => format!("{host}: Name or service not known"),
        Failure::Connect { source, .. } => match source.kind() {
            std::io::ErrorKind::ConnectionRefused => connect("Connection refused"),
            std::io::ErrorKind::TimedOut => connect("Connect timed out"),
            _ => connect(source.to_string().split(" (os error").next().unwrap_or_default()),
        },
        Failure::TimedOut { phase: Phase::Dns | Phase::Connect | Phase::Tls, .. } => connect("Connect timed out"),
        Failure::TimedOut { .. } => "Read timed out".into(),
        Failure::Closed { source: Some(_) } => "Connection reset".into(),
        Failure::Closed { source: None } => format!("{endpoint} failed to respond"),
        Failure::Protocol { .. } => "The server failed to respond with a valid HTTP response".into(),
        Failure::Truncated { expected: Some(expected), received, .. } => {
            format!(
                "Premature end of Content-Length delimited message body (expected: {expected}; received: {received})"
            )
        }
        Failure::Redirect { reason: RedirectProblem::TooMany(limit), .. } => {
            format!("Maximum redirects ({limit}) exceeded")
        }
        Failure::Redirect { reason: RedirectProblem::Circle, location } => format!("Circular redirect to '{location}'"),
        other => other.sentence(),
    }
}
