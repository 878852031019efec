//! Zoom's Server-to-Server OAuth: `grant_type=account_credentials`, the client by Basic. Source: developers.zoom.us,
//! "Server-to-Server OAuth".

use super::error::AuthError;
use super::grant::{self, Client, Grant};
use super::{Authorize, Authorizing, Means, bearer};
use crate::catalogue::{AccountCredentials, ClientAuth};
use crate::http::request::HttpRequest;
use crate::secret::Secret;

impl AccountCredentials {
    fn grant(&self, means: Means<'_>) -> Result<Grant, AuthError> {
        let account = means.secret(&self.account_id)?;
        let (id, secret) = (means.secret(&self.client_id)?, means.secret(&self.client_secret)?);
        let client = Client { id, secret: Some(secret), auth: ClientAuth::Basic };
        Ok(Grant::new(&self.token_uri, "account_credentials", client).field("account_id", Some(account.expose())))
    }

    /// A token that somebody gave, until the API has refused it. One that only stands in for an unset secret does not go before
    /// client credentials that are really there.
    fn given(&self, means: Means<'_>) -> Option<Secret> {
        let name = self.token.as_deref()?;
        let can_ask =
            || [&self.account_id, &self.client_id, &self.client_secret].iter().all(|name| means.secrets.is_set(name));
        if !means.secrets.is_set(name) && can_ask() {
            return None;
        }
        means.optional(name).filter(|token| !means.tokens.is_refused(token))
    }
}

impl Authorize for AccountCredentials {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        match self.given(means) {
            Some(token) => Authorizing::Done(bearer::put(request, &token)),
            None => grant::authorize(self.grant(means), request, means),
        }
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        match self.given(means) {
            Some(token) => bearer::put(request, &token).map(|()| None),
            None => self.grant(means)?.plan(request),
        }
    }

    fn renew(&self, request: &HttpRequest, means: Means<'_>) -> bool {
        let Ok(grant) = self.grant(means) else { return false };
        match self.given(means) {
            Some(token) => {
                means.tokens.refuse(&token);
                true
            }
            None => grant.renew(request, means),
        }
    }
}
