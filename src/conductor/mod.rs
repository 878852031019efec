//! A client of a Conductor server's API: what a worker polls and tells, what definitions it keeps, and the executions it runs.
//!
//! It goes over this crate's own HTTP, with the same settings of the network as any call. It never retries by itself: whoever asks
//! knows what to do about a server that is away. Start with [`Server`].
//!
//! Source: `TaskResource.java`, `MetadataResource.java`, `WorkflowResource.java`, conductor-oss 3.32; `POST /api/token` is Orkes'.

mod definition;
mod error;
mod metadata;
mod task;
mod token;
mod workflow;

pub use definition::{DefinitionKind, Difference, differences, plain, task_definition};
pub use error::ApiError;
pub use metadata::WorkflowName;
pub use task::{Poll, PolledTask, TaskLog, TaskUpdate};
pub use workflow::StartRequest;

use crate::definition::Dialect;
use crate::http::{HttpRequest, Response, Target, TargetError, Transport};
use crate::secret::{MASK, Redactor, Secret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use std::time::Instant;
use token::Tokens;

/// What is percent-encoded in a part of a path or a query.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The most bytes of an answer: executions can be large.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// The field that the token stands in.
const FIELD: &str = "X-Authorization";

/// A Conductor server. Cloning shares its token and connections.
#[derive(Clone)]
pub struct Server {
    shared: Arc<Shared>,
}

struct Shared {
    /// `https://conductor.example.com/api`.
    api: String,
    transport: Arc<dyn Transport>,
    redactor: Redactor,
    tokens: Option<Tokens>,
}

/// One request: what is asked for, below `/api`.
struct Ask {
    method: &'static str,
    path: String,
    body: Option<Value>,
}

impl Server {
    /// The server at a URL, with or without `/api` at its end.
    ///
    /// # Errors
    /// When the text is no absolute http or https URL.
    pub fn new(url: &str, transport: Arc<dyn Transport>, redactor: Redactor) -> Result<Self, TargetError> {
        let url = url.trim().trim_end_matches('/');
        let root = url.strip_suffix("/api").unwrap_or(url);
        Target::parse(root)?;
        let shared = Shared { api: format!("{root}/api"), transport, redactor, tokens: None };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// With an access key: a token is asked for when it is first needed, and again when it has expired. A server without
    /// `/api/token` has no authentication, and is called without one.
    #[must_use]
    pub fn with_key(self, id: Secret, secret: Secret) -> Self {
        self.shared.redactor.add(&secret);
        let Shared { api, transport, redactor, .. } = &*self.shared;
        let tokens = Some(Tokens::new(id, secret));
        let shared = Shared { api: api.clone(), transport: Arc::clone(transport), redactor: redactor.clone(), tokens };
        Self { shared: Arc::new(shared) }
    }

    /// Its API's URL, `https://conductor.example.com/api`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.api
    }

    /// Sends a request, and gives an answer of 2xx. A token that has expired is renewed once.
    async fn ask(&self, ask: &Ask) -> Result<Response, ApiError> {
        let Some(tokens) = &self.shared.tokens else {
            return self.checked(ask, self.send(ask, None).await?);
        };
        let token = tokens.get(self).await?;
        let response = self.send(ask, token.as_ref()).await?;
        match token {
            Some(token) if token::is_expired(&response) => {
                tokens.forget(&token);
                let token = tokens.get(self).await?;
                self.checked(ask, self.send(ask, token.as_ref()).await?)
            }
            _ => self.checked(ask, response),
        }
    }

    async fn send(&self, ask: &Ask, token: Option<&Secret>) -> Result<Response, ApiError> {
        let Shared { api, transport, .. } = &*self.shared;
        let mut input =
            json!({"uri": format!("{api}{}", ask.path), "method": ask.method, "maxResponseBytes": MOST_BYTES});
        if let (Some(body), Value::Object(input)) = (&ask.body, &mut input) {
            input.insert("body".to_owned(), body.clone());
        }
        let mut request = HttpRequest::from_input(&input, None, Dialect::Legwork).map_err(ApiError::Request)?;
        if let Some(token) = token {
            request.authorize(FIELD, token, MASK).map_err(ApiError::Request)?;
        }
        let deadline = request.time_outs().total.and_then(|total| Instant::now().checked_add(total));
        let delivery = transport.send(&request, deadline).await;
        delivery.result.map_err(|source| ApiError::NoAnswer { url: api.as_str().into(), source: Arc::new(source) })
    }

    /// The answer, when it is one of 2xx.
    fn checked(&self, ask: &Ask, response: Response) -> Result<Response, ApiError> {
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let told = body.get("message").and_then(Value::as_str).unwrap_or_default();
        Err(ApiError::Refused {
            method: ask.method,
            path: ask.path.split('?').next().unwrap_or_default().into(),
            status: response.status,
            told: self.shared.redactor.redact(told).into(),
        })
    }

    /// What the server answers, read as JSON.
    async fn read<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ApiError> {
        let response = self.ask(ask).await?;
        serde_json::from_slice(&response.body)
            .map_err(|source| ApiError::Unreadable { path: ask.path.as_str().into(), source: Arc::new(source) })
    }
}

impl Ask {
    fn get(path: String) -> Self {
        Self { method: "GET", path, body: None }
    }

    fn post(path: String, body: Value) -> Self {
        Self { method: "POST", path, body: Some(body) }
    }

    fn put(path: String, body: Value) -> Self {
        Self { method: "PUT", path, body: Some(body) }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url()).finish_non_exhaustive()
    }
}

/// A part of a path or a query, encoded.
fn part(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, PART)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Client;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        let server = Server::new(url, Arc::new(Client::default()), Redactor::default());
        assert_eq!(server.ok().as_ref().map(Server::url), expected, "{url}");
    }

    #[test]
    fn a_server_is_named_with_or_without_its_api() {
        check("http://127.0.0.1:8080", Some("http://127.0.0.1:8080/api"));
        check("https://conductor.example.com/api/", Some("https://conductor.example.com/api"));
        check(" https://example.com/conductor ", Some("https://example.com/conductor/api"));
        check("conductor.example.com", None);
        check("", None);
    }
}
