//! Credentials: who puts them into a request, asks for tokens, and renews them. One file for each kind.
//!
//! A kind is data of the catalogue ([`Auth`]) that implements [`Authorize`]; [`authorizer`] finds it. A credential never goes to a host
//! that its entry does not name: whoever calls [`Authorize::authorize`] has looked at that. Every secret that is read and every token that
//! arrives is told to the redactor first. Start with [`Authorize`]; `tokens.rs` keeps tokens.

mod account_credentials;
mod api_key;
mod aws_sigv4;
mod basic;
mod bearer;
#[cfg(feature = "tls")]
mod certificate;
#[path = "without_certificate.rs"]
#[cfg(not(feature = "tls"))]
mod certificate;
mod client_credentials;
mod error;
mod grant;
mod mtls;
mod refresh_token;
mod tokens;

pub use certificate::ClientCertificate;
pub use error::AuthError;
pub use tokens::Tokens;

use super::request::{HttpRequest, RequestError};
use super::transport::Transport;
use crate::catalogue::Auth;
use crate::resolve::UnsetSecret;
use crate::secret::{Redactor, Secret, SecretStore};
use crate::source::Pointer;
use std::pin::Pin;

/// The field that most credentials stand in.
const FIELD: &str = "Authorization";

/// Puts a credential into requests. Implement it for a way of your own; the kinds of [`Auth`] are the ones to look at.
pub trait Authorize: Send + Sync {
    /// Puts the credential into the request; when a token has to be asked for first, that is done by the future in the answer.
    ///
    /// It may be called again for the same request, after [`renew`](Self::renew).
    ///
    /// # Cancel safety
    /// The future in the answer may be dropped; whoever waits for the same token then asks for it.
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a>;

    /// The same without asking anybody: for a dry run. The sentence says what would be asked for first, if anything.
    ///
    /// # Errors
    /// When a secret is not set, or the credential cannot be used.
    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError>;

    /// Whether the request brings a credential of its own in the same place, which then wins.
    fn is_given(&self, request: &HttpRequest) -> bool {
        request.headers().has(FIELD)
    }

    /// Gives up the token in the request, which the API says has expired; false when nothing better can be had.
    fn renew(&self, request: &HttpRequest, means: Means<'_>) -> bool {
        let _ = (request, means);
        false
    }
}

/// What a credential is made with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Gives secrets.
    pub secrets: &'a dyn SecretStore,
    /// Has to know them.
    pub redactor: &'a Redactor,
    /// Carries requests for tokens: the same way, with the same settings, as all other requests.
    pub transport: &'a dyn Transport,
    /// Keeps tokens, for all calls of the process.
    pub tokens: &'a Tokens,
    /// The time, milliseconds since 1970: part of a signature.
    pub now_ms: i64,
}

/// How far [`Authorize::authorize`] came.
pub enum Authorizing<'a> {
    /// It is done.
    Done(Result<(), AuthError>),
    /// A token has to be asked for; the future does that and puts it in.
    Asking(Pin<Box<dyn Future<Output = Result<(), AuthError>> + Send + 'a>>),
}

impl Authorizing<'_> {
    /// Waits until it is done.
    ///
    /// # Errors
    /// [`AuthError`] when there is no credential: the request must not be sent.
    ///
    /// # Cancel safety
    /// As of [`Authorize::authorize`].
    pub async fn finish(self) -> Result<(), AuthError> {
        match self {
            Self::Done(result) => result,
            Self::Asking(asking) => asking.await,
        }
    }
}

/// Who carries out that way to authorize.
#[must_use]
pub fn authorizer(auth: &Auth) -> &dyn Authorize {
    match auth {
        Auth::Bearer(own) => own,
        Auth::Basic(own) => own,
        Auth::ApiKey(own) => own,
        Auth::Oauth2ClientCredentials(own) => own,
        Auth::Oauth2RefreshToken(own) => own,
        Auth::AccountCredentials(own) => own,
        Auth::AwsSigv4(own) => own,
        Auth::Mtls(own) => own,
    }
}

impl Means<'_> {
    /// The secret of that name, which the redactor knows from now on.
    fn secret(&self, name: &str) -> Result<Secret, AuthError> {
        self.optional(name).ok_or_else(|| {
            let pointer = Pointer::root().key("headers").key(FIELD);
            RequestError::UnsetSecret(UnsetSecret { name: name.to_owned(), path: None, pointer }).into()
        })
    }

    /// The same, when it is set.
    fn optional(&self, name: &str) -> Option<Secret> {
        let secret = self.secrets.secret(name)?;
        self.redactor.add(&secret);
        Some(secret)
    }
}
