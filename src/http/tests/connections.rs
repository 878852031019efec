//! When a connection is used again, and what is sent again when it turns out closed.

use super::server::{Server, Then};
use crate::definition::Dialect::{Conductor, Legwork};
use crate::http::{Attempt, CallResult, Client, ClientOptions, Resend, Why};
use crate::resolve::TaskStatus;
use serde_json::json;
use std::time::Duration;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn reused(result: &CallResult) -> Vec<bool> {
    let exchange = result.exchange.as_ref();
    exchange
        .map(|exchange| exchange.attempts().iter().map(|attempt| attempt.trace().reused).collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::always(OK, Then::Keep).await;
    let client = Client::default();
    for expected in [false, true, true] {
        let result = server.call_with(&client, "POST", json!({"body": {"a": 1}}), Legwork).await;
        assert_eq!((result.status, reused(&result)), (TaskStatus::Completed, vec![expected]));
        assert_eq!(client.idle_connections(), 1);
    }
}

#[tokio::test]
async fn an_idle_connection_grows_old() {
    let server = Server::always(OK, Then::Keep).await;
    let client = Client::new(ClientOptions { idle_limit: Duration::ZERO, ..ClientOptions::default() });
    for _ in 0..2 {
        let result = server.call_with(&client, "GET", json!({}), Legwork).await;
        assert_eq!(reused(&result), [false]);
    }
}

#[tokio::test]
async fn connections_that_cannot_be_used_again_are_not() {
    for answer in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{} and more",
    ] {
        let server = Server::always(answer, Then::Keep).await;
        let client = Client::default();
        let result = server.call_with(&client, "GET", json!({}), Legwork).await;
        assert_eq!(result.output["response"]["body"], json!({}), "{answer}");
        assert_eq!(client.idle_connections(), 0, "{answer}");
    }
}

#[tokio::test]
async fn a_connection_closed_while_it_waited_is_noticed_before_anything_is_written() {
    let server = Server::always(OK, Then::Close).await;
    let client = Client::default();
    for _ in 0..5 {
        let result = server.call_with(&client, "POST", json!({"body": {"a": 1}}), Legwork).await;
        assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
        // The server's close arrives.
        tokio::task::yield_now().await;
    }
    assert_eq!(server.requests().len(), 5);
}

/// Keeps the first request's connection open, and closes it without an answer on the second request.
async fn closes_on_second() -> Server {
    Server::start(
        |_, number| if number == 1 { (Vec::new(), Then::Close) } else { (OK.as_bytes().to_vec(), Then::Keep) },
    )
    .await
}

#[tokio::test]
async fn a_safe_call_is_sent_again_when_a_used_connection_closes() {
    let server = closes_on_second().await;
    let client = Client::default();
    for _ in 0..2 {
        let result = server.call_with(&client, "GET", json!({}), Legwork).await;
        assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_call_that_may_have_been_carried_out_is_not_sent_again() {
    let server = closes_on_second().await;
    let client = Client::default();
    let first = server.call_with(&client, "POST", json!({}), Legwork).await;
    let second = server.call_with(&client, "POST", json!({}), Legwork).await;
    assert_eq!((first.status, second.status), (TaskStatus::Completed, TaskStatus::Failed));
    assert_eq!(second.resend, Resend::Unsafe);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn conductors_client_repeats_a_closed_get_once_and_no_post() {
    let server = Server::always("", Then::Close).await;
    let get = server.call("GET", json!({}), Conductor).await;
    let why: Vec<Why> = get.exchange.iter().flat_map(|exchange| exchange.attempts()).map(Attempt::why).collect();
    assert_eq!(why, [Why::First, Why::Repeat]);
    assert_eq!(server.requests().len(), 2);
    let post = server.call("POST", json!({}), Conductor).await;
    let text = post.output["response"].as_str().unwrap_or_default().to_owned();
    assert!(text.ends_with(&format!("{} failed to respond", server.address)), "{text}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_answer_before_the_request_was_read_counts() {
    let server = Server::always("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", Then::Close).await;
    let body = "x".repeat(100_000);
    let fields = json!({"body": body, "contentType": "text/plain"});
    let result = server.call("POST", fields, Legwork).await;
    assert_eq!(result.status_code, Some(413), "{:?}", result.reason);
}
