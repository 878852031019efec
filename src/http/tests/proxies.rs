//! Through proxies: in absolute form, by CONNECT, by SOCKS 5; and through TLS with an authority and a certificate of one's own.

use super::server::{Server, Then, call};
use crate::definition::Dialect::Legwork;
use crate::http::{CallResult, Client, ClientOptions, Proxies, Proxy, Resend};
use crate::resolve::TaskStatus;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn through(proxy: &str) -> Client {
    let proxy = Some(Arc::new(Proxy::parse(proxy).expect("a proxy")));
    let proxies = Proxies { http: proxy.clone(), https: proxy, ..Proxies::default() };
    Client::new(ClientOptions { proxies, ..ClientOptions::default() })
}

/// What a SOCKS proxy was asked for: its bytes after the greeting.
type Asked = Arc<Mutex<Vec<Vec<u8>>>>;

/// A SOCKS 5 proxy that leads every request to one server, and wants these credentials.
async fn socks(server: SocketAddr, credentials: Option<(&'static str, &'static str)>) -> (SocketAddr, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve_socks(socket, server, credentials, Arc::clone(&seen)));
        }
    });
    (address, asked)
}

async fn serve_socks(
    mut socket: TcpStream,
    server: SocketAddr,
    credentials: Option<(&'static str, &'static str)>,
    seen: Asked,
) -> std::io::Result<()> {
    let mut head = [0; 2];
    socket.read_exact(&mut head).await?;
    let mut methods = vec![0; usize::from(head[1])];
    socket.read_exact(&mut methods).await?;
    let method = if credentials.is_some() { 2 } else { 0 };
    socket.write_all(&[5, if methods.contains(&method) { method } else { 255 }]).await?;
    if let Some((name, password)) = credentials {
        let mut given = vec![0; 3 + name.len() + password.len()];
        socket.read_exact(&mut given).await?;
        let expected = [&[1, 4], name.as_bytes(), &[8], password.as_bytes()].concat();
        socket.write_all(&[1, u8::from(given != expected)]).await?;
    }
    let mut request = vec![0; 256];
    let count = socket.read(&mut request).await?;
    request.truncate(count);
    seen.lock().expect("no panic while it is held").push(request);
    socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    let mut server = TcpStream::connect(server).await?;
    copy_bidirectional(&mut socket, &mut server).await.map(|_| ())
}

#[tokio::test]
async fn an_http_proxy_gets_the_absolute_form_and_its_credentials() {
    let proxy = Server::always(OK, Then::Keep).await;
    let client = through(&format!("http://user:password@{}", proxy.address));
    for _ in 0..2 {
        let result = call(&client, "http://api.example.com:8080/x?y", "POST", json!({"body": {"a": 1}}), Legwork).await;
        assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
        let shown = format!("{:?}", result.exchange);
        assert!(!shown.contains("Proxy-Authorization"), "{shown}");
    }
    for request in proxy.requests() {
        assert!(
            request.starts_with("POST http://api.example.com:8080/x?y HTTP/1.1\r\nHost: api.example.com:8080\r\n"),
            "{request}"
        );
        assert!(request.contains("Proxy-Authorization: Basic dXNlcjpwYXNzd29yZA==\r\n"), "{request}");
    }
    assert_eq!(client.idle_connections(), 1);
}

#[track_caller]
fn is_refused(result: &CallResult, resend: Resend, sentence: &str) {
    let reason = result.reason.as_deref().unwrap_or_default();
    assert_eq!((&result.output["kind"], result.resend, result.sent), (&json!("proxy"), resend, false), "{reason}");
    assert!(reason.ends_with(sentence), "{reason}");
}

#[tokio::test]
async fn a_proxy_that_opens_no_way_is_told_and_nothing_was_sent() {
    for (answer, resend, sentence) in [
        ("407 Proxy Authentication Required", Resend::Never, "gives no connection: it does not take the credentials"),
        ("403 Forbidden", Resend::Never, "it answered 403"),
        ("502 Bad Gateway", Resend::Safe, "it answered 502"),
    ] {
        let proxy = Server::always(&format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n"), Then::Keep).await;
        let client = through(&proxy.address.to_string());
        is_refused(&call(&client, "https://api.example.com/x", "POST", json!({}), Legwork).await, resend, sentence);
        let asked = proxy.requests().concat();
        assert!(
            asked.starts_with("CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n"),
            "{asked}"
        );
    }
}

#[tokio::test]
async fn socks_leads_to_a_name_or_to_an_address() {
    let server = Server::always(OK, Then::Keep).await;
    let (proxy, asked) = socks(server.address, None).await;
    let result =
        call(&through(&format!("socks5h://{proxy}")), "http://api.example.com/x", "GET", json!({}), Legwork).await;
    assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
    let result = call(&through(&format!("socks5://{proxy}")), "http://192.0.2.7:81/x", "GET", json!({}), Legwork).await;
    assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
    let asked = asked.lock().expect("no panic while it is held").clone();
    assert_eq!(
        asked,
        [[&[5, 1, 0, 3, 15], &b"api.example.com"[..], &[0, 80]].concat(), vec![5, 1, 0, 1, 192, 0, 2, 7, 0, 81]]
    );
    assert!(server.requests().iter().all(|request| request.starts_with("GET /x HTTP/1.1\r\n")));
}

#[tokio::test]
async fn socks_takes_the_right_credentials_only() {
    let server = Server::always(OK, Then::Keep).await;
    let (proxy, _) = socks(server.address, Some(("user", "password"))).await;
    let of = |credentials: &str| through(&format!("socks5h://{credentials}{proxy}"));
    let result = call(&of("user:password@"), "http://api.example.com/x", "GET", json!({}), Legwork).await;
    assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
    for wrong in ["user:passwort@", ""] {
        let result = call(&of(wrong), "http://api.example.com/x", "POST", json!({}), Legwork).await;
        is_refused(&result, Resend::Never, "it does not take the credentials");
    }
    assert_eq!(server.requests().len(), 1);
}
