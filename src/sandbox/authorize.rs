//! Whether a request carries credentials that the sandbox knows.

use super::SandboxRequest;
use crate::catalogue::{Auth, Entry, KeyPlace};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A bearer token must be one that the sandbox knows; everything else must only be there. Where a name and a password are one secret,
/// as in a prepared task, the sandbox's token stands for both.
pub(super) fn is_authorized(entry: &Entry, request: &SandboxRequest<'_>, tokens: &[String]) -> bool {
    let Some(auth) = entry.authorization() else { return true };
    let header = request.header("authorization").unwrap_or_default();
    let (scheme, value) = header.split_once(' ').unwrap_or((header, ""));
    let is_own = || tokens.iter().any(|token| token == value.trim());
    match auth {
        Auth::Bearer(_)
        | Auth::AccountCredentials(_)
        | Auth::Oauth2ClientCredentials(_)
        | Auth::Oauth2RefreshToken(_) => scheme.eq_ignore_ascii_case("bearer") && is_own(),
        Auth::Basic(_) => scheme.eq_ignore_ascii_case("basic") && (has_both(value.trim()) || is_own()),
        Auth::ApiKey(own) => match own.place {
            KeyPlace::Header => request.header(&own.name).is_some_and(|value| !value.is_empty()),
            KeyPlace::Query => request.query().contains_key(&own.name),
            KeyPlace::Cookie => request.header("cookie").is_some_and(|cookies| has_cookie(cookies, &own.name)),
        },
        Auth::AwsSigv4(_) => scheme.eq_ignore_ascii_case("AWS4-HMAC-SHA256") && value.contains("Signature="),
        // The sandbox has no TLS of its own.
        Auth::Mtls(_) => true,
    }
}

fn has_cookie(cookies: &str, name: &str) -> bool {
    cookies.split(';').filter_map(|cookie| cookie.trim().split_once('=')).any(|(own, _)| own == name)
}

fn has_both(encoded: &str) -> bool {
    let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.is_some_and(|text| {
        text.split_once(':').is_some_and(|(name, password)| !name.is_empty() && !password.is_empty())
    })
}
