//! OAuth 2.0 client credentials (RFC 6749, section 4.4).

use super::error::AuthError;
use super::grant::{self, Client, Grant};
use super::{Authorize, Authorizing, Means};
use crate::catalogue::ClientCredentials;
use crate::http::request::HttpRequest;

impl ClientCredentials {
    fn grant(&self, means: Means<'_>) -> Result<Grant, AuthError> {
        let (id, secret) = (means.secret(&self.client_id)?, means.secret(&self.client_secret)?);
        let client = Client { id, secret: Some(secret), auth: self.client_auth };
        let grant = Grant::new(&self.token_uri, "client_credentials", client);
        Ok(grant.field("scope", self.scope.as_deref()).field("audience", self.audience.as_deref()))
    }
}

impl Authorize for ClientCredentials {
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
