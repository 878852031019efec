//! Servers that fail: each gives one kind, one sentence, no panic, and no waiting beyond the time-out.

use super::server::{Server, Then, call};
use crate::definition::Dialect::{Conductor, Legwork};
use crate::http::{CallResult, Client, ClientOptions, Resend};
use crate::resolve::TaskStatus;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

/// Time-outs for calls that end by them: short enough for a test, long enough that a busy machine gets as far as it should.
fn short() -> Value {
    json!({"readTimeOut": 900, "connectionTimeOut": 900})
}

/// Time-outs that no test reaches: what ends the call is something else.
fn patient() -> Value {
    json!({"readTimeOut": 60_000, "connectionTimeOut": 60_000, "maxResponseBytes": 10_000})
}

#[track_caller]
fn check(result: &CallResult, kind: &str, resend: Resend, sentence: &str) {
    let reason = result.reason.as_deref().unwrap_or_default();
    assert_eq!(result.status, TaskStatus::Failed, "{result:?}");
    assert_eq!(result.kind.as_ref().map(ToString::to_string).as_deref(), Some(kind), "{reason}");
    assert_eq!(result.output["kind"], kind);
    assert_eq!(result.resend, resend, "{reason}");
    assert!(reason.contains(sentence), "{reason}");
    assert_eq!(result.exchange.as_ref().map(|exchange| exchange.attempts().len()), Some(1));
}

/// An address that nobody listens on.
fn closed_port() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket has an address")
}

#[tokio::test]
async fn a_refused_connection_may_be_sent_again() {
    let uri = format!("http://{}/x", closed_port());
    let result = call(&Client::default(), &uri, "POST", short(), Legwork).await;
    check(&result, "connect", Resend::Safe, "Connection refused");
    assert!(!result.sent);
    let result = call(&Client::default(), &uri, "POST", json!({}), Conductor).await;
    let text = result.output["response"].as_str().unwrap_or_default().to_owned();
    assert!(text.ends_with(" failed: Connection refused"), "{text}");
}

#[tokio::test]
async fn an_unknown_host_is_a_dns_failure() {
    let result = call(&Client::default(), "http://no-such-host.invalid/x", "GET", json!({}), Legwork).await;
    check(&result, "dns", Resend::Safe, "no address for no-such-host.invalid");
}

#[tokio::test]
async fn a_full_queue_times_out_while_connecting() {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    let free: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    socket.bind(&free.into()).and_then(|()| socket.listen(0)).expect("a free port");
    let address = socket.local_addr().ok().and_then(|address| address.as_socket()).expect("it is bound");
    let queue: Vec<_> = (0..8).map(|_| tokio::spawn(tokio::net::TcpStream::connect(address))).collect();
    tokio::task::yield_now().await;
    let result = call(&Client::default(), &format!("http://{address}/x"), "POST", short(), Legwork).await;
    check(&result, "timeout", Resend::Safe, "timed out after 900 ms in phase connect (connectionTimeOut)");
    assert_eq!(result.output["phase"], "connect");
    drop(queue);
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let server = Server::always("", Then::Hang).await;
    let result = server.call("POST", short(), Legwork).await;
    check(&result, "timeout", Resend::Unsafe, "timed out after 900 ms in phase first byte (readTimeOut)");
    assert!(result.sent);
    check(&server.call("GET", short(), Legwork).await, "timeout", Resend::Safe, "first byte");
    let result = server.call("GET", short(), Conductor).await;
    assert!(result.output["response"].as_str().is_some_and(|text| text.ends_with(": Read timed out")), "{result:?}");
}

#[tokio::test]
async fn a_server_that_stops_inside_its_answer_times_out() {
    let head = Server::always("HTTP/1.1 200 OK\r\nContent-", Then::Hang).await;
    check(&head.call("POST", short(), Legwork).await, "timeout", Resend::Unsafe, "in phase first byte");
    let body = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Then::Hang).await;
    check(&body.call("POST", short(), Legwork).await, "timeout", Resend::Unsafe, "in phase body");
}

#[tokio::test]
async fn a_slow_drip_does_not_outlive_the_call() {
    let drip = Server::always("HTTP/1.1 200 OK\r\n\r\n", Then::Drip).await;
    check(&drip.call("POST", short(), Legwork).await, "timeout", Resend::Unsafe, "in phase body");
}

#[tokio::test]
async fn garbage_is_no_answer() {
    let server = Server::always("220 mail.example.com ESMTP\r\n", Then::Close).await;
    let result = server.call("POST", patient(), Legwork).await;
    check(&result, "protocol", Resend::Unsafe, "not valid HTTP: it starts with \"220 mail.example.com ESM\"");
}

#[tokio::test]
async fn answers_that_end_early_say_how_much_came() {
    let head = Server::always("HTTP/1.1 200 OK\r\nContent-", Then::Close).await;
    check(&head.call("POST", patient(), Legwork).await, "body", Resend::Unsafe, "25 bytes of its head came");
    let body = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Then::Close).await;
    check(&body.call("POST", patient(), Legwork).await, "body", Resend::Unsafe, "4 bytes of its body came of 9");
    let chunk = Server::always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", Then::Close).await;
    check(&chunk.call("POST", patient(), Legwork).await, "body", Resend::Unsafe, "3 bytes of its body came");
    let none = Server::always("", Then::Close).await;
    check(&none.call("POST", patient(), Legwork).await, "closed", Resend::Unsafe, "closed without an answer");
}

#[tokio::test]
async fn endless_answers_stop_at_the_limit() {
    let sentence = "too large: ";
    let open = Server::always("HTTP/1.1 200 OK\r\n\r\n", Then::Repeat(&[b'x'; 1000])).await;
    let result = open.call("POST", patient(), Legwork).await;
    check(&result, "size", Resend::Never, sentence);
    assert!(result.reason.is_some_and(|reason| reason.ends_with("10000 allowed (maxResponseBytes)")));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = Server::always(chunked, Then::Repeat(b"5\r\nhello\r\n")).await;
    check(&chunks.call("POST", patient(), Legwork).await, "size", Resend::Never, sentence);
    let announced = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", Then::Hang).await;
    check(&announced.call("POST", patient(), Legwork).await, "size", Resend::Never, "99999 bytes seen, 10000 allowed");
    let fields = Server::always("HTTP/1.1 200 OK\r\n", Then::Repeat(b"X-Field: value\r\n")).await;
    check(&fields.call("POST", patient(), Legwork).await, "protocol", Resend::Unsafe, "more than 256 fields");
    let field = Server::always("HTTP/1.1 200 OK\r\nX-Field: ", Then::Repeat(&[b'x'; 1000])).await;
    check(&field.call("POST", patient(), Legwork).await, "size", Resend::Never, "head is too large");
}

#[tokio::test]
async fn a_gzip_bomb_is_stopped() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 20_000_000]).expect("a Vec takes everything");
    let bomb = encoder.finish().expect("a Vec takes everything");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bomb.len());
    let answer = [head.into_bytes(), bomb].concat();
    let server = Server::start(move |_, _| (answer.clone(), Then::Keep)).await;
    check(&server.call("POST", patient(), Legwork).await, "size", Resend::Never, "too large: ");
}

#[tokio::test]
async fn what_is_not_gzip_cannot_be_decoded() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain";
    let server = Server::always(answer, Then::Keep).await;
    check(&server.call("POST", patient(), Legwork).await, "decode", Resend::Never, "cannot be decoded as gzip");
}

#[tokio::test]
async fn lengths_that_disagree_are_refused() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nplain!";
    let server = Server::always(answer, Then::Keep).await;
    check(&server.call("POST", patient(), Legwork).await, "protocol", Resend::Unsafe, "its Content-Length is \"6\"");
}

/// A client that trusts nobody and reads no certificates of the system.
fn distrustful() -> Client {
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("ring has them");
    let config = builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    Client::new(ClientOptions { tls: Some(Arc::new(config)), ..ClientOptions::default() })
}

#[tokio::test]
async fn tls_with_a_plain_server_fails_and_with_a_silent_one_times_out() {
    let plain = Server::always("HTTP/1.1 400 Bad Request\r\n\r\n", Then::Close).await;
    // The handshake is no request to this server: it waits for a line end and the time-out cuts it.
    let uri = format!("https://{}/x", plain.address);
    let result = call(&distrustful(), &uri, "POST", short(), Legwork).await;
    check(&result, "timeout", Resend::Safe, "in phase tls (connectionTimeOut)");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        std::future::pending::<()>().await;
    });
    let result = call(&distrustful(), &format!("https://{address}/x"), "POST", patient(), Legwork).await;
    check(&result, "tls", Resend::Never, "no TLS with 127.0.0.1");
}
