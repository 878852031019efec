//! The token of an access key: asked for when it is first needed, and again when it is old or was refused.

use super::{ApiError, Ask, Server};
use crate::http::Response;
use crate::secret::Secret;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a token is used; it lives for longer.
const LIFETIME: Duration = Duration::from_mins(45);

/// An access key and its token.
pub(super) struct Tokens {
    id: Secret,
    secret: Secret,
    kept: Mutex<Option<Kept>>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    /// `None` of a server that has no authentication.
    token: Option<Secret>,
    asked: Instant,
}

impl Tokens {
    pub(super) fn new(id: Secret, secret: Secret) -> Self {
        Self { id, secret, kept: Mutex::new(None), asking: tokio::sync::Mutex::new(()) }
    }

    /// The token; `None` when the server has no authentication. Of several callers one asks.
    pub(super) async fn get(&self, server: &Server) -> Result<Option<Secret>, ApiError> {
        if let Some(kept) = self.fresh() {
            return Ok(kept.token);
        }
        let _asking = self.asking.lock().await;
        if let Some(kept) = self.fresh() {
            return Ok(kept.token);
        }
        let asked = Instant::now();
        let token = self.ask(server).await?;
        *self.kept() = Some(Kept { token: token.clone(), asked });
        tracing::info!(target: "legwork::auth", "got a new token of the Conductor server");
        Ok(token)
    }

    /// Gives a token up that was refused, unless somebody else has got another one meanwhile.
    pub(super) fn forget(&self, token: &Secret) {
        let mut kept = self.kept();
        let is_it = |kept: &Kept| kept.token.as_ref().is_some_and(|known| known.expose() == token.expose());
        if kept.as_ref().is_some_and(is_it) {
            *kept = None;
        }
    }

    async fn ask(&self, server: &Server) -> Result<Option<Secret>, ApiError> {
        let body = json!({"keyId": self.id.expose(), "keySecret": self.secret.expose()});
        let response = server.send(&Ask::post("/token".to_owned(), body), None).await?;
        if response.status == 404 {
            return Ok(None);
        }
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let token = answer.get("token").and_then(Value::as_str).filter(|_| response.status < 300);
        let token = token.map(Secret::new).ok_or(ApiError::NoToken { status: response.status })?;
        server.shared.redactor.add(&token);
        Ok(Some(token))
    }

    fn fresh(&self) -> Option<Kept> {
        self.kept().clone().filter(|kept| kept.asked.elapsed() < LIFETIME)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the server says that the token has expired; a 403 that does not say so is about what the key may do.
pub(super) fn is_expired(response: &Response) -> bool {
    let says = |words: &str| response.body.windows(words.len()).any(|window| window == words.as_bytes());
    match response.status {
        401 => true,
        403 => says("EXPIRED_TOKEN") || says("INVALID_TOKEN"),
        _ => false,
    }
}
