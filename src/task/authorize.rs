//! The credential of an entry: put into a request that brings none itself, and only for a host of the entry's servers.

use super::Attempt;
use crate::catalogue::Entry;
use crate::host;
use crate::http::auth::{AuthError, Authorize, Means, Tokens, authorizer};
use crate::http::{CallResult, HttpRequest};

/// The credential that a request gets.
pub(super) struct Credential<'a> {
    entry: &'a Entry,
    authorizer: &'a dyn Authorize,
    means: Means<'a>,
}

impl<'a> Credential<'a> {
    /// The credential for a request of the entry; `None` when it needs none, brings its own, or must not have it.
    pub(super) fn of(
        request: &HttpRequest,
        entry: &'a Entry,
        attempt: &'a Attempt<'_>,
        tokens: &'a Tokens,
    ) -> Option<Self> {
        let authorizer = authorizer(entry.authorization()?);
        if authorizer.is_given(request) || !entry.trusts(&request.target().origin.host) {
            return None;
        }
        let services = attempt.services;
        let means = Means {
            secrets: &*services.secrets,
            redactor: &services.redactor,
            transport: &*services.transport,
            tokens,
            now_ms: host::now_ms(),
        };
        Some(Self { entry, authorizer, means })
    }

    /// Puts it into the request.
    pub(super) async fn put(&self, request: &mut HttpRequest) -> Result<(), AuthError> {
        self.authorizer.authorize(request, self.means).finish().await
    }

    /// The same for a dry run: nobody is asked. The sentence says what would be asked for first.
    pub(super) fn plan(&self, request: &mut HttpRequest) -> Result<Option<String>, AuthError> {
        self.authorizer.plan(request, self.means)
    }

    /// Gives it up when the answer says that it has expired; true when the request is worth sending once more, with a new one.
    pub(super) fn renew(&self, request: &HttpRequest, result: &CallResult) -> bool {
        self.is_expired(result) && self.authorizer.renew(request, self.means)
    }

    /// Whether the API says "expired": by the entry's error table, or as RFC 6750 has it.
    pub(super) fn is_expired(&self, result: &CallResult) -> bool {
        if result.status_code != Some(401) {
            return false;
        }
        let Some(response) = result.exchange.as_ref().and_then(|exchange| exchange.response()) else { return false };
        let error = self.entry.api_error(&response.body());
        if self.entry.classify(401, &error).is_some_and(|rule| rule.reauthorize) {
            return true;
        }
        let fields = response.headers();
        let mut challenges = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("WWW-Authenticate"));
        challenges.any(|(_, challenge)| says_invalid_token(challenge))
    }
}

/// `Bearer realm="x", error="invalid_token"` (RFC 6750, section 3.1).
fn says_invalid_token(challenge: &str) -> bool {
    challenge.split([',', ' ']).map(str::trim).any(|part| {
        part.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("error")
                && value.trim().trim_matches('"').eq_ignore_ascii_case("invalid_token")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(challenge: &str, expected: bool) {
        assert_eq!(says_invalid_token(challenge), expected, "{challenge}");
    }

    #[test]
    fn an_expired_token_is_told_by_the_challenge() {
        check("Bearer error=\"invalid_token\"", true);
        check("Bearer realm=\"a b\", error=\"invalid_token\", error_description=\"The token expired\"", true);
        check("bearer realm=x,error=invalid_token", true);
        check("Bearer error=\"insufficient_scope\"", false);
        check("Bearer realm=\"example\"", false);
        check("Basic realm=\"invalid_token\"", false);
        check("", false);
    }
}
