//! The credential of an entry: put into a request that brings none itself, and only for a host of the entry's servers.

use super::Attempt;
use crate::catalogue::{Auth, Entry};
use crate::http::{HttpRequest, RequestError};
use crate::resolve::UnsetSecret;
use crate::secret::{MASK, Secret};
use crate::source::Pointer;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::sync::Arc;

const FIELD: &str = "Authorization";

/// Puts the entry's credential into the request; an Authorization field that is there already wins.
pub(super) fn authorize(
    request: &mut HttpRequest,
    entry: Option<&Arc<Entry>>,
    attempt: &Attempt<'_>,
) -> Result<(), RequestError> {
    let Some(entry) = entry else { return Ok(()) };
    let Some(auth) = entry.authorization().filter(|_| may_have(request, entry)) else { return Ok(()) };
    match auth {
        Auth::Bearer { token } | Auth::AccountCredentials { token: Some(token), .. } => {
            let token = secret(attempt, token)?;
            request.authorize(FIELD, &format!("Bearer {}", token.expose()), &format!("Bearer {MASK}"));
        }
        Auth::Basic { username, password } => {
            let pair =
                Secret::new(format!("{}:{}", secret(attempt, username)?.expose(), secret(attempt, password)?.expose()));
            let encoded = Secret::new(BASE64_STANDARD.encode(pair.expose()));
            attempt.services.redactor.add(&encoded);
            request.authorize(FIELD, &format!("Basic {}", encoded.expose()), &format!("Basic {MASK}"));
        }
        Auth::AccountCredentials { token: None, .. } => {}
    }
    Ok(())
}

fn may_have(request: &HttpRequest, entry: &Entry) -> bool {
    request.headers().get(FIELD).is_none() && entry.trusts(&request.target().origin.host)
}

fn secret(attempt: &Attempt<'_>, name: &str) -> Result<Secret, RequestError> {
    let unset =
        || UnsetSecret { name: name.to_owned(), path: None, pointer: Pointer::root().key("headers").key(FIELD) };
    let secret = attempt.services.secrets.secret(name).ok_or_else(unset)?;
    attempt.services.redactor.add(&secret);
    Ok(secret)
}
