//! `Authorization: Bearer TOKEN`, with a token that somebody else got.

use super::error::AuthError;
use super::{Authorize, Authorizing, FIELD, Means};
use crate::catalogue::Bearer;
use crate::http::request::HttpRequest;
use crate::secret::{MASK, Secret};

impl Authorize for Bearer {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        Authorizing::Done(self.plan(request, means).map(drop))
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        put(request, &means.secret(&self.token)?)?;
        Ok(None)
    }
}

/// Puts a bearer token into the request.
pub(super) fn put(request: &mut HttpRequest, token: &Secret) -> Result<(), AuthError> {
    let value = Secret::new(format!("Bearer {}", token.expose().trim()));
    Ok(request.authorize(FIELD, &value, &format!("Bearer {MASK}"))?)
}

/// The mask of a token that is not known yet.
pub(super) fn put_mask(request: &mut HttpRequest) -> Result<(), AuthError> {
    let shown = format!("Bearer {MASK}");
    Ok(request.authorize(FIELD, &Secret::new(shown.as_str()), &shown)?)
}

/// The bearer token in the request.
pub(super) fn token_of(request: &HttpRequest) -> Option<Secret> {
    let value = request.headers().get(FIELD)?;
    value.strip_prefix("Bearer ").map(Secret::new)
}
