//! A task's request as a curl command, for `sh`: what curl then sends is what Legwork sends. A secret stands in it as `"$CONDUCTOR_SECRET_name"`.
//!
//! [`command`] builds the request as it would be sent, but with a mark in the place of each secret ([`Placeholders`]), and writes the
//! marks as variables. No secret is ever read.

mod body;
mod placeholder;
mod shell;

pub use placeholder::Placeholders;
pub use shell::quoted;

use crate::catalogue::{Auth, Entry, KeyPlace};
use crate::decide;
use crate::definition::Dialect;
use crate::http::auth::{Means, Tokens, authorizer};
use crate::http::{Build, Exchange, HttpRequest, RequestError, RequestView};
use crate::plan::Plan;
use crate::run::{Inspection, Runner};
use crate::secret::MASK;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use body::Sent;
use shell::{Encoding, Words};
use std::time::Duration;

/// The variable that a token stands in which has to be asked for first.
const TOKEN: &str = "ACCESS_TOKEN";

/// A command, and what has to be known to run it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// The text for `sh`.
    pub text: String,
    /// What it needs, in sentences.
    pub notes: Vec<String>,
}

/// Why there is no command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The task's input is refused: the inspection says why.
    #[error("the request is refused")]
    Refused,
    /// No request can be built.
    #[error(transparent)]
    Request(#[from] RequestError),
}

/// The command for the request of a task that was inspected and not sent. The runner's secrets are [`Placeholders`], its redactor reveals.
///
/// # Errors
/// [`Error`] when there is no request.
pub fn command(
    runner: &Runner,
    plan: &Plan,
    inspection: &Inspection,
    placeholders: &Placeholders,
) -> Result<Command, Error> {
    let node = plan.node(inspection.node);
    let input = inspection.input.clone().ok_or(Error::Refused)?;
    let input = decide::request(node, input, plan.dialect).map_err(|_| Error::Refused)?;
    let services = runner.services();
    let (dialect, secrets) = (plan.dialect, &*services.secrets);
    let fields = input.reveal(secrets, dialect).map_err(RequestError::UnsetSecret)?;
    let mut request = HttpRequest::build(input, Build { dialect, secrets, redactor: &services.redactor })?;
    let mut notes = Vec::new();
    let entry = node.entry.as_deref().filter(|_| dialect == Dialect::Legwork);
    let auth = entry.and_then(|entry| credential(&request, entry));
    if let Some(auth) = auth.filter(|auth| !matches!(auth, Auth::Mtls(_))) {
        let (redactor, transport) = (&services.redactor, &*services.transport);
        let means = Means { secrets, redactor, transport, tokens: &Tokens::default(), now_ms: 0 };
        if let Ok(Some(first)) = authorizer(auth).plan(&mut request, means) {
            notes.push(format!("{TOKEN} is {first}"));
        }
    }
    let exchange = Exchange::planned(&request, &services.redactor);
    let body = body::of(&request, exchange.request(), &fields);
    let mut writer = Writer { words: Words::new(placeholders), notes, auth };
    writer.write(&request, exchange.request(), &body);
    let Writer { words, mut notes, .. } = writer;
    notes.extend(words.notes());
    Ok(Command { text: words.text(), notes })
}

/// The credential that the request gets of its task definition.
fn credential<'e>(request: &HttpRequest, entry: &'e Entry) -> Option<&'e Auth> {
    let auth = entry.authorization()?;
    (!authorizer(auth).is_given(request) && entry.trusts(&request.target().origin.host)).then_some(auth)
}

/// Writes the options.
struct Writer<'w> {
    words: Words<'w>,
    notes: Vec<String>,
    auth: Option<&'w Auth>,
}

impl Writer<'_> {
    fn write(&mut self, request: &HttpRequest, view: &RequestView, body: &Sent) {
        let url = request.target().to_string();
        self.method(request, body);
        let is_parameter = matches!(self.auth, Some(Auth::ApiKey(key)) if key.place == KeyPlace::Query);
        self.words.add(&url, if is_parameter { Encoding::Parameter } else { Encoding::Percent });
        if url.contains(['[', ']', '{', '}']) {
            self.words.option("--globoff");
        }
        if url.contains("/./") || url.contains("/../") || url.ends_with("/..") || url.ends_with("/.") {
            self.words.option("--path-as-is");
        }
        self.authorization(request);
        for (name, value) in view.headers() {
            self.field(&name, &value, request, body);
        }
        self.limits(request);
        body.write(&mut self.words);
    }

    /// curl makes a POST of what has a body, and a GET of all else.
    fn method(&mut self, request: &HttpRequest, body: &Sent) {
        match (request.method(), body) {
            ("HEAD", _) => self.words.option("--head"),
            ("GET", Sent::Nothing)
            | ("POST", Sent::Text { .. } | Sent::Bytes(_) | Sent::File { .. } | Sent::Parts(_)) => {}
            (method, _) => self.words.pair("--request", method),
        }
        if matches!(request.method(), "GET" | "HEAD") {
            self.words.option("--location");
            self.words.pair("--max-redirs", "10");
        }
    }

    /// Credentials that curl itself puts into the request.
    fn authorization(&mut self, request: &HttpRequest) {
        match self.auth {
            Some(Auth::AwsSigv4(own)) => {
                self.words.pair("--aws-sigv4", &format!("aws:amz:{}:{}", own.region, own.service));
                let pair = self.words.marks([&own.access_key_id, &own.secret_access_key]);
                self.words.pair("--user", &pair);
            }
            Some(Auth::Mtls(own)) => {
                let (certificate, key) = (&own.certificate, &own.key);
                self.notes
                    .push(format!("client.pem holds the secrets {certificate} and {key}: the certificate and its key"));
                self.words.pair("--cert", "client.pem");
            }
            _ => {
                if let Some(pair) = basic(request, self.words.placeholders()) {
                    self.words.pair("--user", &pair);
                }
            }
        }
    }

    /// A header field, unless curl writes the same one by itself.
    fn field(&mut self, name: &str, value: &str, request: &HttpRequest, body: &Sent) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let signed = matches!(self.auth, Some(Auth::AwsSigv4(_)));
        let by_curl = (is("Host") && value == request.target().origin.authority())
            || (is("Content-Length") && !matches!(body, Sent::Nothing))
            || (is("Content-Type") && matches!(body, Sent::Parts(_)))
            || (is("Authorization") && (signed || basic(request, self.words.placeholders()).is_some()))
            || (signed && (is("X-Amz-Date") || is("X-Amz-Content-Sha256")));
        if by_curl {
            return;
        }
        if is("Authorization") && value == format!("Bearer {MASK}") {
            self.words.field_with_variable("Authorization: Bearer ", TOKEN);
        } else if is("User-Agent") {
            self.words.pair("--user-agent", value);
        } else if value.is_empty() {
            self.words.pair("--header", &format!("{name};"));
        } else {
            self.words.pair("--header", &format!("{name}: {value}"));
        }
        if is("Accept-Encoding") {
            self.words.option("--compressed");
        }
    }

    fn limits(&mut self, request: &HttpRequest) {
        let limits = request.time_outs();
        for (name, limit) in [("--connect-timeout", limits.connect), ("--max-time", limits.total)] {
            if let Some(limit) = limit {
                self.words.pair(name, &seconds(limit));
            }
        }
    }
}

/// User and password of a Basic authorization that holds a secret, `user:password`.
fn basic(request: &HttpRequest, placeholders: &Placeholders) -> Option<String> {
    let field = request.headers().get("Authorization")?;
    let encoded = field.strip_prefix("Basic ")?;
    let pair = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    placeholders.has_mark(&pair).then_some(pair)
}

fn seconds(time: Duration) -> String {
    let text = format!("{:.3}", time.as_secs_f64());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
