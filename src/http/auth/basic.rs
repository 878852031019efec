//! `Authorization: Basic base64(USERNAME:PASSWORD)` (RFC 7617).

use super::error::AuthError;
use super::{Authorize, Authorizing, FIELD, Means};
use crate::catalogue::Basic;
use crate::http::request::HttpRequest;
use crate::secret::{MASK, Redactor, Secret};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

impl Authorize for Basic {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        Authorizing::Done(self.plan(request, means).map(drop))
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        let (username, password) = (means.secret(&self.username)?, means.secret(&self.password)?);
        let value = value(username.expose(), password.expose(), means.redactor);
        request.authorize(FIELD, &value, &format!("Basic {MASK}"))?;
        Ok(None)
    }
}

/// The field's value; the redactor knows the encoded pair from now on, whose parts may be too short to be searched for.
pub(super) fn value(username: &str, password: &str, redactor: &Redactor) -> Secret {
    let pair = Secret::new(format!("{username}:{password}"));
    let encoded = Secret::new(BASE64_STANDARD.encode(pair.expose()));
    redactor.add(&encoded);
    Secret::new(format!("Basic {}", encoded.expose()))
}
