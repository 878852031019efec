//! Whether a request carries credentials that the sandbox knows.

use super::SandboxRequest;
use crate::catalogue::{Auth, Entry};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A bearer token must be one that the sandbox knows; a user name and a password must only be there.
pub(super) fn is_authorized(entry: &Entry, request: &SandboxRequest<'_>, tokens: &[String]) -> bool {
    let Some(auth) = entry.authorization() else { return true };
    let header = request.header("authorization").unwrap_or_default();
    let (scheme, value) = header.split_once(' ').unwrap_or((header, ""));
    match auth {
        Auth::Bearer { .. } | Auth::AccountCredentials { .. } => {
            scheme.eq_ignore_ascii_case("bearer") && tokens.iter().any(|token| token == value.trim())
        }
        Auth::Basic { .. } => scheme.eq_ignore_ascii_case("basic") && has_both(value.trim()),
    }
}

fn has_both(encoded: &str) -> bool {
    let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.is_some_and(|text| {
        text.split_once(':').is_some_and(|(name, password)| !name.is_empty() && !password.is_empty())
    })
}
