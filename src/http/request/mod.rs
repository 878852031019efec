//! The request: built here and nowhere else. Secrets enter here, and a masked view is built beside them.
//!
//! [`HttpRequest::build`] takes a task's resolved input apart; what it gives can be sent as it is: every byte is decided.
//! Start reading in `legwork.rs`; `conductor.rs` does the same as a Conductor server would.

mod body;
mod conductor;
mod error;
mod fields;
mod java;
mod legwork;
mod media_type;
mod multipart;
mod paginate;
mod receive;
mod spring_uri;
mod xml;

pub use error::{Refusal, RequestError};

pub(crate) use conductor::standard_reason;
pub(crate) use receive::{Receive, ToFile};

pub use media_type::is_json;
pub(crate) use media_type::{MediaType, charset_of};

use super::auth::ClientCertificate;
use super::headers::{Header, Headers};
use super::paging::Paging;
use super::target::Target;
use super::transport::TimeOuts;
use crate::definition::Dialect;
use crate::diagnostic::codes;
use crate::resolve::Resolved;
use crate::secret::{Learning, MASK, Redactor, Secret, SecretStore};
use crate::source::Pointer;
use bytes::Bytes;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The most bytes of an answer's body that are read unless `maxResponseBytes` says otherwise: 10 MiB.
pub const MAX_RESPONSE_BYTES: u64 = 10 * 1024 * 1024;

/// A request with every byte decided. It cannot exist unresolved, and its `Debug` shows the masked view.
#[derive(Clone)]
pub struct HttpRequest {
    dialect: Dialect,
    plan: Arc<Parts>,
    /// The same with every secret masked; `None` when there is no secret in it.
    shown: Option<Arc<Shown>>,
    /// The client certificate that the connection has to show.
    certificate: Option<ClientCertificate>,
}

/// The masked view of a request: made when somebody first looks, for most requests nobody does.
#[derive(Clone)]
struct Shown {
    source: Source,
    /// Credentials that were put in, with what is shown in their place.
    credentials: Vec<Credential>,
    parts: OnceLock<Arc<Parts>>,
}

/// Where a credential stands, and what is shown there.
#[derive(Clone)]
enum Credential {
    /// In a field.
    Field(Box<str>, Box<str>),
    /// In a parameter of the query.
    Parameter(Box<str>, Box<str>),
}

/// What the masked view is made from.
#[derive(Clone)]
enum Source {
    /// The input, in which secrets are references.
    Input(Resolved),
    /// The input with its secrets masked.
    Masked(Value),
    /// The request before any credential was put in.
    Plan,
}

/// What a request is made of.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) method: &'static str,
    pub(crate) target: Target,
    /// The URI as messages name it when that is not the target: without query, as Conductor's client library writes it.
    pub(crate) named: Option<Box<str>>,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    pub(crate) time_outs: TimeOuts,
    pub(crate) max_response_bytes: u64,
    /// How its answer's pages follow each other; `None` when it has one answer only.
    pub(crate) paging: Option<Arc<Paging>>,
    /// What becomes of its answer when that is not simply read.
    pub(crate) receive: Option<Receive>,
}

/// What a request is built with.
#[derive(Clone, Copy)]
pub struct Build<'b> {
    /// Whose rules it is built by.
    pub dialect: Dialect,
    /// Where the secrets come from.
    pub secrets: &'b dyn SecretStore,
    /// Who has to know every secret that is used.
    pub redactor: &'b Redactor,
}

impl HttpRequest {
    /// A request from a task's resolved input, with its secrets put in.
    ///
    /// # Errors
    /// As [`HttpRequest::from_input`], and [`RequestError::UnsetSecret`] in Legwork's dialect.
    pub fn build(input: Resolved, with: Build<'_>) -> Result<Self, RequestError> {
        let Build { dialect, secrets, redactor } = with;
        let secrets = Learning { store: secrets, redactor };
        let plan = match dialect {
            Dialect::Legwork => legwork::revealed_parts(&input, &secrets)?,
            Dialect::Conductor => conductor::parts(&input.reveal(&secrets, dialect)?),
        };
        let source = (!input.secrets.is_empty()).then_some(Source::Input(input));
        Self::from_source(plan, source, dialect)
    }

    /// A request from a task's resolved input, `{"http_request": {"uri", "method", "headers", "body", …}}` or the same flat.
    ///
    /// `masked` is the same input with every secret masked, `None` when the input has none.
    ///
    /// # Errors
    /// [`RequestError`] when nothing can be sent: what is wrong with the input, each with what to do about it, in Legwork's dialect;
    /// the failure that a server reports in Conductor's.
    pub fn from_input(input: &Value, masked: Option<&Value>, dialect: Dialect) -> Result<Self, RequestError> {
        Self::from_source(parts(input, dialect), masked.cloned().map(Source::Masked), dialect)
    }

    fn from_source(
        plan: Result<Parts, RequestError>,
        source: Option<Source>,
        dialect: Dialect,
    ) -> Result<Self, RequestError> {
        let plan = plan.map_err(|error| {
            match (dialect, source.as_ref().map(|source| source.parts(dialect))) {
                // The same complaint without the secret in its words; a server stores it as it is.
                (Dialect::Legwork, Some(Some(Err(masked)))) => masked,
                _ => error,
            }
        })?;
        Ok(Self {
            dialect,
            plan: Arc::new(plan),
            shown: source.map(|source| Arc::new(Shown::new(source))),
            certificate: None,
        })
    }

    /// Whose rules it was built by.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The method, upper case.
    #[must_use]
    pub fn method(&self) -> &str {
        self.plan.method
    }

    /// Where it goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.plan.target
    }

    /// The fields, in the order they are sent.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.plan.headers
    }

    /// The body's bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.plan.body
    }

    /// How long it may take.
    #[must_use]
    pub fn time_outs(&self) -> TimeOuts {
        self.plan.time_outs
    }

    /// The most bytes of the answer's body that are read.
    #[must_use]
    pub fn max_response_bytes(&self) -> u64 {
        self.plan.max_response_bytes
    }

    /// How its answer's pages follow each other; `None` when it has one answer only.
    #[must_use]
    pub fn paging(&self) -> Option<&Paging> {
        self.plan.paging.as_deref()
    }

    /// What becomes of its answer; `None` when it is simply read.
    pub(crate) fn receive(&self) -> Option<&Receive> {
        self.plan.receive.as_ref()
    }

    /// Whether sending it twice changes nothing (RFC 9110, section 9.2.1).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.plan.method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }

    /// Whether sending it twice does the same as sending it once (RFC 9110, section 9.2.2).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.is_safe() || matches!(self.plan.method, "PUT" | "DELETE")
    }

    /// Puts a credential into a field; the masked view shows the field with a mask.
    ///
    /// # Errors
    /// `E0704` when the value holds a line end: it would end the field and start another one.
    pub fn authorize(&mut self, name: &str, value: &Secret, shown: &str) -> Result<(), RequestError> {
        if value.expose().chars().any(|ch| ch.is_control() && ch != '\t') {
            let message = format!("the credential for `{name}` holds a line end or another control character");
            let pointer = Pointer::root().key("headers").key(name);
            return Err(error::refuse(
                codes::E0704,
                &pointer,
                message,
                "take it out of the secret; one line is needed",
            ));
        }
        self.show_instead(Credential::Field(name.into(), shown.into()));
        Arc::make_mut(&mut self.plan).headers.set(name, value.expose().trim().as_bytes());
        Ok(())
    }

    /// Puts a credential into the query; the masked view shows the parameter with a mask.
    pub fn authorize_query(&mut self, name: &str, value: &Secret, shown: &str) {
        self.show_instead(Credential::Parameter(name.into(), shown.into()));
        Arc::make_mut(&mut self.plan).target.set_parameter(name, value.expose());
    }

    /// Has the connection show a client certificate.
    pub(crate) fn show_certificate(&mut self, certificate: ClientCertificate) {
        self.certificate = Some(certificate);
    }

    /// The client certificate that the connection has to show.
    pub(crate) fn certificate(&self) -> Option<&ClientCertificate> {
        self.certificate.as_ref()
    }

    /// The same request over a connection that shows no certificate: another origin must not see it.
    pub(crate) fn without_certificate(mut self) -> Self {
        self.certificate = None;
        self
    }

    fn show_instead(&mut self, credential: Credential) {
        let masked = self.shown.get_or_insert_with(|| Arc::new(Shown::new(Source::Plan)));
        let masked = Arc::make_mut(masked);
        masked.parts = OnceLock::new();
        masked.credentials.push(credential);
    }

    /// Whether the query has that parameter.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        let query = self.plan.target.query().unwrap_or_default();
        let is_it = |own: &str| percent_encoding::percent_decode_str(own).decode_utf8_lossy() == name;
        query.split('&').any(|pair| pair.split('=').next().is_some_and(is_it))
    }

    /// The cookies it carries, or what is shown of them.
    pub(crate) fn cookies(&self, shown: bool) -> Option<String> {
        let headers = if shown { &self.masked().headers } else { &self.plan.headers };
        headers.get("Cookie").map(Cow::into_owned)
    }

    /// The URI as messages may name it: masked.
    #[must_use]
    pub fn shown_uri(&self) -> String {
        self.masked().target.to_string()
    }

    /// The URI as Conductor's messages name it.
    pub(crate) fn named(&self) -> Cow<'_, str> {
        match &self.plan.named {
            Some(named) => Cow::Borrowed(named),
            None => Cow::Owned(self.plan.target.to_string()),
        }
    }

    /// The same request with secrets masked.
    pub(crate) fn masked(&self) -> &Arc<Parts> {
        self.shown.as_ref().map_or(&self.plan, |shown| shown.parts(&self.plan, self.dialect))
    }

    /// The request as it is sent.
    pub(crate) fn in_clear(&self) -> &Parts {
        &self.plan
    }

    /// Whether the body holds a secret.
    pub(crate) fn body_is_secret(&self) -> bool {
        self.masked().body != self.plan.body
    }

    /// Whether the field holds a credential: a secret stands in it, or its name says so.
    pub(crate) fn is_credential(&self, header: Header<'_>) -> bool {
        let by_name = ["authorization", "cookie", "proxy-authorization"];
        by_name.iter().any(|name| name.eq_ignore_ascii_case(header.name))
            || !self.masked().headers.iter().any(|known| known == header)
    }

    /// The same request with its plan, and the masked view of it, changed.
    pub(crate) fn changed(&self, mut change: impl FnMut(&mut Parts)) -> Self {
        let mut request = self.clone();
        change(Arc::make_mut(&mut request.plan));
        if self.shown.is_some() {
            let mut parts = Arc::clone(self.masked());
            change(Arc::make_mut(&mut parts));
            request.shown = Some(Arc::new(Shown { parts: parts.into(), ..Shown::new(Source::Plan) }));
        }
        request
    }
}

fn parts(input: &Value, dialect: Dialect) -> Result<Parts, RequestError> {
    match dialect {
        Dialect::Legwork => legwork::parts(input),
        Dialect::Conductor => conductor::parts(input),
    }
}

impl Shown {
    fn new(source: Source) -> Self {
        Self { source, credentials: Vec::new(), parts: OnceLock::new() }
    }

    fn parts(&self, plan: &Arc<Parts>, dialect: Dialect) -> &Arc<Parts> {
        self.parts.get_or_init(|| {
            let mut parts = match self.source.parts(dialect) {
                Some(Ok(parts)) => parts,
                // A masked value may break a rule that the secret itself keeps (a host, say): the mask then covers the whole part.
                Some(Err(_)) => plan.covered(),
                None => Parts::clone(plan),
            };
            for credential in &self.credentials {
                match credential {
                    Credential::Field(name, shown) => parts.headers.set(name, shown.as_bytes()),
                    Credential::Parameter(name, shown) => parts.target.set_parameter(name, shown),
                }
            }
            Arc::new(parts)
        })
    }
}

impl Source {
    /// The masked request; `None` when it is the plan's own.
    fn parts(&self, dialect: Dialect) -> Option<Result<Parts, RequestError>> {
        match self {
            Self::Input(input) => Some(parts(&input.masked(MASK), dialect)),
            Self::Masked(input) => Some(parts(input, dialect)),
            Self::Plan => None,
        }
    }
}

impl Parts {
    /// Everything that may hold a secret, covered.
    fn covered(&self) -> Self {
        let mut parts = self.clone();
        parts.target.path_and_query = format!("/{MASK}").into();
        parts.headers = Headers::default();
        for header in self.headers.iter() {
            parts.headers.add(header.name, MASK);
        }
        parts.body = if self.body.is_empty() { Bytes::new() } else { Bytes::from_static(MASK.as_bytes()) };
        parts
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = self.masked();
        f.debug_struct("HttpRequest")
            .field("method", &masked.method)
            .field("uri", &masked.target.to_string())
            .field("headers", &masked.headers)
            .field("body", &masked.body)
            .finish_non_exhaustive()
    }
}
