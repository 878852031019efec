//! `/metrics` on a listener of its own: nothing else is answered there, and nothing is read from a request but its head.

use super::{Health, State};
use crate::metrics::Metrics;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::Full;

/// The type of the text format.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Answers a request. A listener on loopback answers only who names it so: a page in a browser that had its own name lead here does not.
pub(super) fn answer(
    (method, path, headers): (&Method, &str, &HeaderMap),
    (metrics, health): (&Metrics, Option<&Health>),
    on_loopback: bool,
) -> http::Response<Full<Bytes>> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if on_loopback && !is_loopback(host) {
        return plain(StatusCode::FORBIDDEN, "this is 127.0.0.1\n".into());
    }
    let state = health.map(Health::state);
    let (status, text) = match (path, state) {
        ("/metrics", _) => (StatusCode::OK, None),
        ("/health", Some(state)) => (StatusCode::OK, Some(state)),
        ("/ready", Some(State::Ready)) => (StatusCode::OK, state),
        ("/ready", Some(state)) => (StatusCode::SERVICE_UNAVAILABLE, Some(state)),
        (_, Some(_)) => return plain(StatusCode::NOT_FOUND, "there is /metrics, /health and /ready\n".into()),
        (_, None) => return plain(StatusCode::NOT_FOUND, "there is /metrics\n".into()),
    };
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "GET\n".into());
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    plain(status, text.map_or_else(|| metrics.text(), |state| format!("{}\n", state.as_str())))
}

/// Whether a Host names this machine itself, whatever the port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let by_address = name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    by_address || name.eq_ignore_ascii_case("localhost")
}

fn plain(status: StatusCode, text: String) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, TEXT);
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &Method, host: &str, path: &str, expected: u16) {
        check_at(None, (method, host, path), expected);
    }

    #[track_caller]
    fn check_at(state: Option<State>, (method, host, path): (&Method, &str, &str), expected: u16) {
        let health = state.map(|state| {
            let health = Health::default();
            health.set(state);
            health
        });
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).expect("a valid field"));
        let response = answer((method, path, &headers), (&Metrics::default(), health.as_ref()), true);
        assert_eq!(response.status().as_u16(), expected, "{method} {host} {path}");
    }

    #[test]
    fn only_metrics_are_answered_and_only_to_this_machine() {
        check(&Method::GET, "127.0.0.1:9100", "/metrics", 200);
        check(&Method::HEAD, "localhost", "/metrics", 200);
        check(&Method::GET, "[::1]:9100", "/metrics", 200);
        check(&Method::GET, "127.0.0.1", "/", 404);
        check(&Method::POST, "127.0.0.1", "/metrics", 405);
        check(&Method::GET, "evil.example:9100", "/metrics", 403);
        check(&Method::GET, "127.0.0.1.evil.example", "/metrics", 403);
        check(&Method::GET, "127.0.0.1", "/health", 404);
    }

    #[test]
    fn a_worker_tells_how_it_is() {
        let get = |path| (&Method::GET, "127.0.0.1", path);
        check_at(Some(State::Starting), get("/health"), 200);
        check_at(Some(State::Starting), get("/ready"), 503);
        check_at(Some(State::Ready), get("/ready"), 200);
        check_at(Some(State::Away), get("/ready"), 503);
        check_at(Some(State::Draining), get("/ready"), 503);
        check_at(Some(State::Ready), get("/metrics"), 200);
        check_at(Some(State::Ready), (&Method::POST, "127.0.0.1", "/ready"), 405);
        check_at(Some(State::Ready), (&Method::GET, "evil.example", "/health"), 403);
    }
}
