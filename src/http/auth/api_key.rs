//! A key in a header field, the query, or a cookie.

use super::error::AuthError;
use super::{Authorize, Authorizing, Means};
use crate::catalogue::{ApiKey, KeyPlace};
use crate::http::request::HttpRequest;
use crate::secret::{MASK, Secret};

const COOKIE: &str = "Cookie";

impl Authorize for ApiKey {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        Authorizing::Done(self.plan(request, means).map(drop))
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        let key = means.secret(&self.key)?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let value = Secret::new(format!("{prefix}{}", key.expose().trim()));
        let shown = format!("{prefix}{MASK}");
        match self.place {
            KeyPlace::Header => request.authorize(&self.name, &value, &shown)?,
            KeyPlace::Query => request.authorize_query(&self.name, &value, &shown),
            KeyPlace::Cookie => {
                let with = |value: &str, shown: bool| {
                    let given = request.cookies(shown).filter(|given| !given.is_empty());
                    let given = given.map(|given| given + "; ").unwrap_or_default();
                    format!("{given}{}={value}", self.name)
                };
                let (value, shown) = (Secret::new(with(value.expose(), false)), with(&shown, true));
                request.authorize(COOKIE, &value, &shown)?;
            }
        }
        Ok(None)
    }

    fn is_given(&self, request: &HttpRequest) -> bool {
        match self.place {
            KeyPlace::Header => request.headers().has(&self.name),
            KeyPlace::Query => request.has_query(&self.name),
            KeyPlace::Cookie => {
                let cookies = request.cookies(false).unwrap_or_default();
                cookies.split(';').any(|cookie| cookie.split('=').next().is_some_and(|name| name.trim() == self.name))
            }
        }
    }
}
