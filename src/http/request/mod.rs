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
mod spring_uri;
mod xml;

pub use error::{Refusal, RequestError};

pub(crate) use conductor::standard_reason;
pub(crate) use media_type::{MediaType, charset_of, is_json};

use super::headers::{Header, Headers};
use super::target::Target;
use super::transport::TimeOuts;
use crate::definition::Dialect;
use crate::resolve::Resolved;
use crate::secret::{Learning, MASK, Redactor, SecretStore};
use bytes::Bytes;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// The most bytes of an answer's body that are read unless `maxResponseBytes` says otherwise: 10 MiB.
pub const MAX_RESPONSE_BYTES: u64 = 10 * 1024 * 1024;

/// A request with every byte decided. It cannot exist unresolved, and its `Debug` shows the masked view.
#[derive(Clone)]
pub struct HttpRequest {
    dialect: Dialect,
    plan: Arc<Parts>,
    /// The same with every secret masked; `None` when there is no secret in it.
    shown: Option<Arc<Parts>>,
}

/// What a request is made of.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) method: &'static str,
    pub(crate) target: Target,
    /// The URI as messages name it: without query in Conductor's dialect, as the client library writes it.
    pub(crate) named: Box<str>,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    pub(crate) time_outs: TimeOuts,
    pub(crate) max_response_bytes: u64,
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
    pub fn build(input: &Resolved, with: Build<'_>) -> Result<Self, RequestError> {
        let Build { dialect, secrets, redactor } = with;
        if input.secrets.is_empty() && dialect == Dialect::Legwork {
            return Self::from_input(&input.value, None, dialect);
        }
        let revealed = input.reveal(&Learning { store: secrets, redactor }, dialect)?;
        let masked = (!input.secrets.is_empty()).then(|| masked(input));
        Self::from_input(&revealed, masked.as_ref(), dialect)
    }

    /// A request from a task's resolved input, `{"http_request": {"uri", "method", "headers", "body", …}}` or the same flat.
    ///
    /// `masked` is the same input with every secret masked, `None` when the input has none.
    ///
    /// # Errors
    /// [`RequestError`] when nothing can be sent: what is wrong with the input, each with what to do about it, in Legwork's dialect;
    /// the failure that a server reports in Conductor's.
    pub fn from_input(input: &Value, masked: Option<&Value>, dialect: Dialect) -> Result<Self, RequestError> {
        let build = match dialect {
            Dialect::Legwork => legwork::parts,
            Dialect::Conductor => conductor::parts,
        };
        let plan = build(input).map_err(|error| match (dialect, masked.map(build)) {
            // The same complaint without the secret in its words; a server stores it as it is.
            (Dialect::Legwork, Some(Err(masked))) => masked,
            _ => error,
        })?;
        // A masked value may break a rule that the secret itself keeps (a host, say): the mask then covers the whole part.
        let shown = masked.map(|masked| Arc::new(build(masked).unwrap_or_else(|_| plan.covered())));
        Ok(Self { dialect, plan: Arc::new(plan), shown })
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
    pub fn authorize(&mut self, name: &str, value: &str, shown: &str) {
        let masked = self.shown.get_or_insert_with(|| Arc::clone(&self.plan));
        Arc::make_mut(masked).headers.set(name, shown.as_bytes());
        Arc::make_mut(&mut self.plan).headers.set(name, value.as_bytes());
    }

    /// The URI as messages may name it: masked.
    #[must_use]
    pub fn shown_uri(&self) -> String {
        self.masked().target.to_string()
    }

    /// The URI as Conductor's messages name it.
    pub(crate) fn named(&self) -> &str {
        &self.plan.named
    }

    /// The same request with secrets masked.
    pub(crate) fn masked(&self) -> &Arc<Parts> {
        self.shown.as_ref().unwrap_or(&self.plan)
    }

    /// Whether the body holds a secret.
    pub(crate) fn body_is_secret(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.body != self.plan.body)
    }

    /// Whether the field holds a credential: a secret stands in it, or its name says so.
    pub(crate) fn is_credential(&self, header: &Header) -> bool {
        let by_name = ["authorization", "cookie", "proxy-authorization"];
        let shown = self.shown.as_deref();
        by_name.contains(&header.name.to_ascii_lowercase().as_str())
            || shown.is_some_and(|shown| !shown.headers.iter().any(|known| known == header))
    }

    /// The same request with its plan, and the masked view of it, changed.
    pub(crate) fn changed(&self, mut change: impl FnMut(&mut Parts)) -> Self {
        let mut request = self.clone();
        change(Arc::make_mut(&mut request.plan));
        if let Some(shown) = &mut request.shown {
            change(Arc::make_mut(shown));
        }
        request
    }
}

/// The input with a mask in the place of every secret.
fn masked(input: &Resolved) -> Value {
    let mut value = input.value.clone();
    let mut slots: Vec<_> = input.secrets.iter().collect();
    // From the last to the first, so that ranges before a slot stay right.
    slots.sort_by_key(|slot| std::cmp::Reverse(slot.range.start));
    for slot in slots {
        if let Some(Value::String(text)) = value.pointer_mut(slot.pointer.as_str())
            && text.get(slot.range.clone()).is_some()
        {
            text.replace_range(slot.range.clone(), MASK);
        }
    }
    value
}

impl Parts {
    /// Everything that may hold a secret, covered.
    fn covered(&self) -> Self {
        let mut parts = self.clone();
        parts.target.path_and_query = format!("/{MASK}").into();
        parts.headers = Headers::default();
        for header in self.headers.iter() {
            parts.headers.add(header.name.clone(), MASK.as_bytes());
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
