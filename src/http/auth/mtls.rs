//! A client certificate: mutual TLS. The handshake is the transport's; here the certificate is read.

use super::error::AuthError;
use super::{Authorize, Authorizing, Means};
use crate::catalogue::Mtls;
use crate::diagnostic::codes;
use crate::http::request::{HttpRequest, Refusal, RequestError};
use crate::source::Pointer;

impl Authorize for Mtls {
    fn authorize<'a>(&'a self, request: &'a mut HttpRequest, means: Means<'a>) -> Authorizing<'a> {
        Authorizing::Done(self.plan(request, means).map(drop))
    }

    fn plan(&self, request: &mut HttpRequest, means: Means<'_>) -> Result<Option<String>, AuthError> {
        let (certificate, key) = (means.secret(&self.certificate)?, means.secret(&self.key)?);
        request.show_certificate(means.tokens.certificate(&certificate, &key).map_err(refused)?);
        Ok(None)
    }

    fn is_given(&self, _: &HttpRequest) -> bool {
        false
    }
}

fn refused(message: &'static str) -> AuthError {
    let help = "give the secrets the PEM texts themselves, from `-----BEGIN` to `-----END`: --secret NAME=@client.pem";
    let refusal =
        Refusal { code: codes::E0708, pointer: Pointer::root(), message: message.to_owned(), help: help.to_owned() };
    AuthError::Unusable(RequestError::Refused(Box::new(refusal)))
}
