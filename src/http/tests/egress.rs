//! The guard over real sockets: what is denied is never connected to, whatever name, redirect or proxy leads there.

use super::server::{Server, Then, call};
use crate::definition::Dialect::Legwork;
use crate::http::{CallResult, Client, ClientOptions, Guard, Proxies, Proxy, Resend, Resolver};
use crate::resolve::TaskStatus;
use serde_json::json;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// A listener that nobody may connect to.
struct Victim {
    listener: TcpListener,
    address: SocketAddr,
}

impl Victim {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        Self { listener, address }
    }

    /// Fails when anybody has connected: a connection that was made waits in the queue.
    #[track_caller]
    fn was_left_alone(self, how: &str) {
        let listener = self.listener.into_std().expect("a socket");
        let error = listener.accept().map(|_| how).expect_err("nobody connected");
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "{how}");
    }
}

fn rules<const N: usize>(texts: [&str; N]) -> Vec<crate::http::Rule> {
    texts.iter().map(|text| text.parse().expect("a rule")).collect()
}

/// A client that resolves every name to what the function gives for the number of the look-up.
fn client(guard: Guard, addresses: impl Fn(usize) -> Vec<&'static str> + Send + Sync + 'static) -> Client {
    let count = AtomicUsize::new(0);
    let resolver = Resolver::new(move |_, port| {
        let found = addresses(count.fetch_add(1, Ordering::Relaxed));
        let address = |text: &str| SocketAddr::new(text.parse::<IpAddr>().expect("an address"), port);
        let found = found.into_iter().map(address).collect();
        Box::pin(std::future::ready(Ok(found)))
    });
    Client::new(ClientOptions { guard, resolver, ..ClientOptions::default() })
}

#[track_caller]
fn is_denied(result: &CallResult, sentence: &str) {
    let reason = result.reason.as_deref().unwrap_or_default();
    assert_eq!(result.status, TaskStatus::Failed, "{result:?}");
    assert_eq!((&result.output["kind"], result.resend), (&json!("egress"), Resend::Never), "{reason}");
    assert!(reason.contains(sentence), "{reason}");
}

#[tokio::test]
async fn a_strict_guard_denies_this_machine_in_every_spelling() {
    for host in ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "2130706433"] {
        let victim = Victim::new().await;
        let client = Client::new(ClientOptions { guard: Guard::strict(), ..ClientOptions::default() });
        let uri = format!("http://{host}:{}/x", victim.address.port());
        let result = call(&client, &uri, "POST", json!({}), Legwork).await;
        is_denied(&result, "must not be called: it");
        assert!(!result.sent, "{host}");
        victim.was_left_alone(host);
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_gains_nothing() {
    let victim = Victim::new().await;
    let port = victim.address.port();
    let other = TcpListener::bind(("127.0.0.2", port)).await.expect("the port is free there");
    let server = Server::on(other, |_, _| (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(), Then::Close));
    // First the address that is allowed, then the other one; then both at once.
    let client = client(Guard::strict().allow(rules(["127.0.0.2"])), |number| match number {
        0 => vec!["127.0.0.2"],
        1 => vec!["127.0.0.1"],
        2 => vec!["127.0.0.1", "127.0.0.2"],
        _ => vec!["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254"],
    });
    let uri = format!("http://rebind.example:{port}/x");
    let first = call(&client, &uri, "GET", json!({}), Legwork).await;
    assert_eq!(first.status, TaskStatus::Completed, "{:?}", first.reason);
    let second = call(&client, &uri, "GET", json!({}), Legwork).await;
    is_denied(&second, "rebind.example must not be called: its address 127.0.0.1 is a loopback address");
    let third = call(&client, &uri, "GET", json!({}), Legwork).await;
    assert_eq!(third.status, TaskStatus::Completed, "{:?}", third.reason);
    is_denied(&call(&client, &uri, "GET", json!({}), Legwork).await, "127.0.0.1 is a loopback address");
    assert_eq!(server.requests().len(), 2);
    victim.was_left_alone("rebinding");
}

#[tokio::test]
async fn a_redirect_leads_nowhere_that_is_denied() {
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f.1", "victim.example"] {
        let victim = Victim::new().await;
        let location = format!("http://{host}:{}/secret", victim.address.port());
        let listener = TcpListener::bind("127.0.0.2:0").await.expect("a free port");
        let server = Server::on(listener, move |_, _| {
            (
                format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes(),
                Then::Keep,
            )
        });
        let client = client(Guard::strict().allow(rules(["127.0.0.2"])), |_| vec!["127.0.0.1"]);
        let result = call(&client, &server.uri("/x"), "GET", json!({}), Legwork).await;
        is_denied(&result, "must not be called");
        assert_eq!(server.requests().len(), 1, "{host}");
        victim.was_left_alone(host);
    }
}

#[tokio::test]
async fn metadata_services_are_denied_to_everybody() {
    for host in ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "100.100.100.200", "168.63.129.16"] {
        for guard in [Guard::open(), Guard::open().allow(rules(["0.0.0.0/0", "::/0"]))] {
            let client = Client::new(ClientOptions { guard, ..ClientOptions::default() });
            let result = call(&client, &format!("http://{host}/latest/meta-data/"), "GET", json!({}), Legwork).await;
            is_denied(&result, "the metadata service of a cloud, which is never called");
        }
    }
}

#[tokio::test]
async fn a_proxy_is_judged_and_so_is_the_name_that_it_looks_up() {
    let proxy = |address: SocketAddr| Some(Arc::new(Proxy::parse(&address.to_string()).expect("a proxy")));
    let victim = Victim::new().await;
    let proxies = Proxies { http: proxy(victim.address), ..Proxies::default() };
    let strict = ClientOptions { guard: Guard::strict(), proxies: proxies.clone(), ..ClientOptions::default() };
    is_denied(
        &call(&Client::new(strict), "http://example.com/x", "GET", json!({}), Legwork).await,
        "a loopback address",
    );
    let open = ClientOptions { proxies, ..ClientOptions::default() };
    let client = Client::new(open);
    for name in ["metadata.google.internal", "0xa9fea9fe", "169.254.169.254"] {
        let result = call(&client, &format!("http://{name}/x"), "GET", json!({}), Legwork).await;
        is_denied(&result, "the metadata service of a cloud");
    }
    victim.was_left_alone("a proxy");
}
