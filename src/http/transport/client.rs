//! The network transport: HTTP/1.1 over pooled connections, and HTTP/2 where a server has it.

use super::connect::Connector;
use super::failure::Failure;
use super::http1::{self, Connection};
use super::http2::{self, Lane, Lanes};
use super::pool::Pool;
use super::resolver::Resolver;
use super::sink;
use super::tls::{Tls, TlsConfig, TlsOptions};
use super::watch::Watch;
use super::{Delivery, Response, Sending, Trace, Transport};
use crate::http::guard::Guard;
use crate::http::proxy::Proxies;
use crate::http::request::HttpRequest;
use crate::http::target::Scheme;
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
    pub tls: Option<Arc<TlsConfig>>,
    /// What may be connected to; everything but metadata services unless told.
    pub guard: Guard,
    /// Who looks names up; the system unless told.
    pub resolver: Resolver,
    /// The proxies; none unless told.
    pub proxies: Proxies,
    /// Further authorities and our own certificate, when there is no whole `tls` configuration.
    pub tls_options: TlsOptions,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            idle_per_origin: 128,
            idle_limit: Duration::from_secs(30),
            tls: None,
            guard: Guard::default(),
            resolver: Resolver::default(),
            proxies: Proxies::default(),
            tls_options: TlsOptions::default(),
        }
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
    connector: Connector,
    lanes: Lanes,
}

impl Client {
    /// A client with options.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        let pool = Pool::new(options.idle_per_origin, options.idle_limit);
        let lanes = Lanes::new(options.idle_limit);
        let ClientOptions { tls, tls_options, guard, resolver, proxies, .. } = options;
        let connector = Connector { guard, resolver, proxies, tls: Tls::new(tls, tls_options, http2::PROTOCOLS) };
        Self { shared: Arc::new(Shared { pool, connector, lanes }) }
    }

    /// How many connections wait for their next request.
    #[must_use]
    pub fn idle_connections(&self) -> usize {
        self.shared.pool.len()
    }

    async fn deliver(&self, request: &HttpRequest, deadline: Option<Instant>) -> Delivery {
        if let Some(Err(failure)) = request.receive().map(sink::prepare) {
            return Delivery { result: Err(failure), trace: Trace::default() };
        }
        let mut watch = Watch::start(request.time_outs(), request.dialect(), deadline);
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
        let Shared { pool, connector, .. } = &*self.shared;
        let certificate = request.certificate();
        if origin.scheme == Scheme::Https
            && certificate.is_none()
            && let Some(lane) = self.shared.lanes.take(origin)
            && let Some(answer) = Box::pin(self.along(lane, request, watch, way)).await
        {
            return answer;
        }
        let mut waiting = pool.take(origin, certificate);
        loop {
            way.reused = waiting.is_some();
            let mut connection = match waiting.take() {
                Some(connection) => connection,
                // On the heap: a call that finds a connection waiting need not carry the room for opening one.
                None => Box::pin(connector.open(origin, certificate, watch)).await?,
            };
            way.peer = connection.peer;
            if connection.stream.speaks_http2() {
                return Box::pin(self.shared.first_along(connection, request, watch)).await;
            }
            match http1::exchange(&mut connection, request, watch).await {
                Ok((response, again)) => {
                    if again {
                        pool.put(origin, certificate, connection);
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

    /// The answer over the open HTTP/2 connection; `None` when it takes no more requests.
    async fn along(
        &self,
        lane: Lane,
        request: &HttpRequest,
        watch: &mut Watch,
        way: &mut Way,
    ) -> Option<Result<Response, Failure>> {
        let origin = &request.target().origin;
        (way.reused, way.peer) = (true, lane.peer);
        let answer = http2::exchange(lane, request, watch).await;
        if matches!(answer, Err(Failure::Unprocessed { .. } | Failure::Closed { .. })) {
            self.shared.lanes.forget(origin);
        }
        match answer {
            // It was not carried out, or does no harm: a fresh connection cannot be a second sending.
            Err(Failure::Unprocessed { .. }) => None,
            Err(Failure::Closed { .. }) if request.is_safe() => None,
            answer => Some(answer),
        }
    }
}

impl Shared {
    /// The answer to the first request of an HTTP/2 connection.
    async fn first_along(
        &self,
        connection: Connection,
        request: &HttpRequest,
        watch: &mut Watch,
    ) -> Result<Response, Failure> {
        let lane = self.lanes.open(&request.target().origin, connection, watch).await?;
        http2::exchange(lane, request, watch).await
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
