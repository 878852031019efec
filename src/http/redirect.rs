//! Where a redirect leads, and what of the request goes along.

use super::headers::Header;
use super::request::HttpRequest;
use super::target::Target;
use super::transport::{Failure, RedirectProblem, Response};
use crate::definition::Dialect;
use bytes::Bytes;

/// How many redirects one call follows.
fn limit(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Legwork => 10,
        Dialect::Conductor => 50,
    }
}

/// What follows a request.
enum Change {
    /// The same method and body.
    Nothing,
    /// GET without body and without any of the fields.
    PlainGet,
}

/// The request that an answer redirects to; `None` when the answer is the end. `visited` are the URIs asked before this one.
///
/// # Errors
/// [`Failure::Redirect`] when it should be followed and cannot be.
pub(super) fn next(
    request: &HttpRequest,
    response: &Response,
    visited: &[Target],
) -> Result<Option<HttpRequest>, Failure> {
    let Some(change) = change(request, response.status) else { return Ok(None) };
    let Some(location) = response.headers.get("Location") else { return Ok(None) };
    let refused = |reason| Failure::Redirect { location: location.as_ref().into(), reason };
    let limit = limit(request.dialect());
    if visited.len() >= limit {
        return Err(refused(RedirectProblem::TooMany(limit)));
    }
    let target = request.target().join(&location).map_err(|error| refused(RedirectProblem::Target(error)))?;
    if target == *request.target() || visited.contains(&target) {
        return Err(refused(RedirectProblem::Circle));
    }
    let same_origin = target.origin == request.target().origin;
    if !same_origin && matches!(change, Change::Nothing) && request.body_is_secret() {
        return Err(refused(RedirectProblem::SecretBody));
    }
    let credentials: Vec<Header<'_>> =
        request.headers().iter().filter(|header| request.is_credential(*header)).collect();
    let next = request.changed(|parts| {
        parts.headers.set("Host", target.origin.authority().as_bytes());
        parts.target = target.clone();
        match change {
            Change::Nothing if same_origin => {}
            Change::Nothing => {
                parts.headers.retain(|_, header| !credentials.iter().any(|secret| secret.name == header.name));
            }
            Change::PlainGet => {
                parts.method = "GET";
                parts.body = Bytes::new();
                let kept = ["host", "user-agent", "accept-encoding"];
                parts.headers.retain(|_, header| kept.contains(&header.name.to_ascii_lowercase().as_str()));
            }
        }
    });
    Ok(Some(if same_origin { next } else { next.without_certificate() }))
}

/// What changes on a redirect; `None` when it is not followed.
///
/// Legwork follows what cannot carry a call out twice or as another one: GET and HEAD always, others on 307 and 308 only.
/// Conductor's client follows everything and makes GET of a POST, and of all but HEAD on 303.
fn change(request: &HttpRequest, status: u16) -> Option<Change> {
    let safe = matches!(request.method(), "GET" | "HEAD");
    match (request.dialect(), status) {
        (_, 307 | 308) => Some(Change::Nothing),
        (_, 301..=303) if safe => Some(Change::Nothing),
        (Dialect::Conductor, 301 | 302) if request.method() != "POST" => Some(Change::Nothing),
        (Dialect::Conductor, 301..=303) => Some(Change::PlainGet),
        _ => None,
    }
}
