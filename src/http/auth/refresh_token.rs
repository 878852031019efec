//! OAuth 2.0 refresh token (RFC 6749, section 6).

use super::error::AuthError;
use super::grant::{self, Client, Grant};
use super::{Authorize, Authorizing, Means};
use crate::catalogue::{ClientAuth, RefreshToken};
use crate::http::request::HttpRequest;

impl RefreshToken {
    fn grant(&self, means: Means<'_>) -> Result<Grant, AuthError> {
        let secret = self.client_secret.as_deref().map(|name| means.secret(name)).transpose()?;
        // A public client has nothing to put into a Basic field but its name, which belongs into the form then.
        let auth = if secret.is_some() { self.client_auth } else { ClientAuth::Body };
        let client = Client { id: means.secret(&self.client_id)?, secret, auth };
        let grant = Grant::new(&self.token_uri, "refresh_token", client).field("scope", self.scope.as_deref());
        Ok(grant.refresh(means.secret(&self.refresh_token)?))
    }
}

impl Authorize for RefreshToken {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        grant::authorize(self.grant(means), request, means)
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        self.grant(means)?.plan(request)
    }

    fn renew(&self, request: &HttpRequest, means: Means<'_>) -> bool {
        self.grant(means).is_ok_and(|grant| grant.renew(request, means))
    }
}
