//! The safety ladder: whether a request may go out now.

use crate::lsp::client::Client;
use crate::lsp::outbox::Outbox;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::time::Duration;

/// How long a question stands before it counts as not answered.
const PATIENCE: Duration = Duration::from_mins(2);

/// What is to be done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It goes out.
    Send,
    /// It is shown alone.
    Dry,
    /// Nothing at all.
    Cancel,
}

/// Whether a request changes nothing, or stays on this machine: nobody has to be asked then.
pub(super) fn is_harmless(method: &str, uri: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS") || is_loopback(host(uri))
}

/// The host of a URI.
pub(super) fn host(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    let is_local = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    is_local || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Asks the user. One who cannot be asked, or does not answer, gets a dry run.
pub(super) async fn ask(outbox: &Outbox, client: &Client, method: &str, uri: &str, env: Option<&str>) -> Permission {
    if !client.asks_users {
        return Permission::Dry;
    }
    let place = env.map_or_else(|| "without an environment".to_owned(), |env| format!("environment {env}"));
    let message = format!("Send {method} to {} ({place})?", host(uri));
    let actions = json!([{"title": "Send"}, {"title": "Dry run"}, {"title": "Cancel"}]);
    let asked = outbox.ask("window/showMessageRequest", json!({"type": 2, "message": message, "actions": actions}));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(answer))) => match answer.get("title").and_then(Value::as_str) {
            Some("Send") => Permission::Send,
            Some("Dry run") => Permission::Dry,
            _ => Permission::Cancel,
        },
        _ => Permission::Dry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_or_stays_here_needs_no_question() {
        let check =
            |method: &str, uri: &str, expected| assert_eq!(is_harmless(method, uri), expected, "{method} {uri}");
        check("GET", "https://api.zoom.us/v2/users", true);
        check("POST", "https://api.zoom.us/v2/users", false);
        check("POST", "http://127.0.0.1:8080/users", true);
        check("DELETE", "http://[::1]:80/users", true);
        check("POST", "http://localhost/users", true);
        check("POST", "http://localhost.example.com/users", false);
        check("POST", "http://127.0.0.1@example.com/", false);
        check("POST", "https://api.localhost?x=/", true);
    }
}
