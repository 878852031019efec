//! The network transport: HTTP/1.1 over pooled connections.

use super::connect;
use super::failure::Failure;
use super::http1;
use super::pool::Pool;
use super::tls::Tls;
use super::watch::Watch;
use super::{Delivery, Response, Sending, Trace, Transport};
use crate::http::request::HttpRequest;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a [`Client`] can be told.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Idle connections kept to one origin, 128 unless told.
    pub idle_per_origin: usize,
    /// How long a connection may wait for its next request, 30 seconds unless told.
    pub idle_limit: Duration,
    /// The TLS configuration; `None` for the system's certificates, read at the first https request.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { idle_per_origin: 128, idle_limit: Duration::from_secs(30), tls: None }
    }
}

/// Sends requests over the network and keeps connections open for the next ones. Cloning shares them.
///
/// Making one costs nothing: no thread, no socket, no certificate is touched before the first request needs it.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Pool,
    tls: Tls,
}

impl Client {
    /// A client with options.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        let pool = Pool::new(options.idle_per_origin, options.idle_limit);
        Self { shared: Arc::new(Shared { pool, tls: Tls::new(options.tls) }) }
    }

    /// How many connections wait for their next request.
    #[must_use]
    pub fn idle_connections(&self) -> usize {
        self.shared.pool.len()
    }

    async fn deliver(&self, request: &HttpRequest, deadline: Option<Instant>) -> Delivery {
        let mut watch = Watch::start(request.time_outs(), deadline);
        let mut way = Way::default();
        let exchange = self.exchange(request, &mut watch, &mut way);
        let result = match deadline {
            None => exchange.await,
            Some(end) => match tokio::time::timeout_at(end.into(), exchange).await {
                Ok(result) => result,
                Err(_) => Err(watch.too_late()),
            },
        };
        let trace = Trace { peer: way.peer, reused: way.reused, written: watch.written, timings: watch.stop() };
        Delivery { result, trace }
    }

    async fn exchange(&self, request: &HttpRequest, watch: &mut Watch, way: &mut Way) -> Result<Response, Failure> {
        let origin = &request.target().origin;
        let Shared { pool, tls } = &*self.shared;
        let mut waiting = pool.take(origin);
        loop {
            way.reused = waiting.is_some();
            let mut connection = match waiting.take() {
                Some(connection) => connection,
                // On the heap: a call that finds a connection waiting need not carry the room for opening one.
                None => Box::pin(connect::open(origin, tls, watch)).await?,
            };
            way.peer = connection.peer;
            match http1::exchange(&mut connection, request, watch).await {
                Ok((response, again)) => {
                    if again {
                        pool.put(origin, connection);
                    }
                    return Ok(response);
                }
                // The server had closed the connection while it waited. A fresh one cannot be a second sending
                // when nothing was written, and does no harm when the method is safe.
                Err(Failure::Closed { .. }) if way.reused && (!watch.written || request.is_safe()) => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new(ClientOptions::default())
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("idle_connections", &self.idle_connections()).finish()
    }
}

impl Transport for Client {
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a> {
        Box::pin(self.deliver(request, deadline))
    }
}

/// The connection a delivery took.
#[derive(Default)]
struct Way {
    peer: Option<SocketAddr>,
    reused: bool,
}
