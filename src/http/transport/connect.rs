//! From a host's name to an open connection: proxy, look-up, guard, connection, TLS.

use super::failure::{Failure, Phase};
use super::http1::Connection;
use super::race;
use super::resolver::Resolver;
use super::tls::{Stream, Tls};
use super::tunnel::{self, Destination};
use super::watch::Watch;
use crate::http::auth::ClientCertificate;
use crate::http::guard::Guard;
use crate::http::proxy::{Protocol, Proxies, Proxy};
use crate::http::target::{Origin, Scheme};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::net::TcpStream;

/// What connections are opened with.
pub(super) struct Connector {
    pub(super) guard: Guard,
    pub(super) resolver: Resolver,
    pub(super) proxies: Proxies,
    pub(super) tls: Tls,
}

/// The server at the end of a connection, and who it is told we are.
#[derive(Clone, Copy)]
struct End<'e> {
    origin: &'e Origin,
    certificate: Option<&'e ClientCertificate>,
}

impl Connector {
    /// Opens a connection to an address of the origin, or to the proxy before it.
    ///
    /// `certificate` is the client certificate that a TLS server may ask for.
    pub(super) async fn open(
        &self,
        origin: &Origin,
        certificate: Option<&ClientCertificate>,
        watch: &mut Watch,
    ) -> Result<Connection, Failure> {
        let end = End { origin, certificate };
        match self.proxies.of(origin) {
            None => self.direct(end, watch).await,
            Some(proxy) => self.through(proxy, end, watch).await,
        }
    }

    async fn direct(&self, end: End<'_>, watch: &mut Watch) -> Result<Connection, Failure> {
        let socket = self.socket(end.origin, watch).await?;
        let peer = socket.peer_addr().ok();
        let stream = match end.origin.scheme {
            Scheme::Http => Stream::Plain(socket),
            Scheme::Https => self.wrap(end, Stream::Plain(socket), watch).await?,
        };
        Ok(Connection::new(stream, peer))
    }

    async fn through(&self, proxy: &Proxy, end: End<'_>, watch: &mut Watch) -> Result<Connection, Failure> {
        let origin = end.origin;
        let destination = self.destination(proxy, origin, watch).await?;
        let socket = self.socket(&proxy.origin, watch).await?;
        let peer = socket.peer_addr().ok();
        let stream = match proxy.protocol {
            Protocol::Https => self.tls_to_proxy(&proxy.origin, socket, watch).await?,
            _ => Stream::Plain(socket),
        };
        let started = Instant::now();
        let tunnelled = match (proxy.protocol, origin.scheme) {
            (Protocol::Http | Protocol::Https, Scheme::Http) => {
                return Ok(tunnel::forward(stream, peer, origin, proxy));
            }
            (Protocol::Http | Protocol::Https, Scheme::Https) => {
                watch.within(Phase::Connect, tunnel::connect(stream, origin, proxy)).await?
            }
            (Protocol::Socks5 | Protocol::Socks5h, _) => {
                watch.within(Phase::Connect, tunnel::socks(stream, destination, proxy)).await?
            }
        };
        let refused = |source| Failure::Proxy { proxy: proxy.to_string().into(), source };
        let stream = tunnelled.map_err(refused)?;
        let connected = watch.timings.connect.unwrap_or_default() + started.elapsed();
        watch.timings.connect = Some(connected);
        let stream = match origin.scheme {
            Scheme::Http => stream,
            Scheme::Https => self.wrap(end, stream, watch).await?,
        };
        Ok(Connection::new(stream, peer))
    }

    /// What the proxy is asked for. Where it looks the name up itself, the guard has only the name to judge.
    async fn destination<'o>(
        &self,
        proxy: &Proxy,
        origin: &'o Origin,
        watch: &mut Watch,
    ) -> Result<Destination<'o>, Failure> {
        if proxy.protocol == Protocol::Socks5 {
            let addresses = self.resolver.look_up(&origin.host, origin.port, watch).await?;
            if let Some(address) = self.allowed(&origin.host, addresses)?.first() {
                return Ok(Destination::Address(*address));
            }
        }
        let judged = self.guard.judge_name(&origin.host);
        let denied = |reason| Failure::Denied { host: origin.host.clone(), address: None, reason };
        judged.map_err(denied).map(|()| Destination::Name(&origin.host, origin.port))
    }

    /// A socket to an address of the origin that the guard lets pass.
    async fn socket(&self, origin: &Origin, watch: &mut Watch) -> Result<TcpStream, Failure> {
        let addresses = self.resolver.look_up(&origin.host, origin.port, watch).await?;
        let allowed = self.allowed(&origin.host, addresses)?;
        let started = Instant::now();
        let connected = watch.within(Phase::Connect, race::first(allowed, TcpStream::connect)).await?;
        let failed = |source| Failure::Connect { origin: origin.to_string().into(), source };
        let socket = connected.map_err(failed)?;
        // A request is written in one piece and its answer awaited: waiting for more to send only costs time.
        let _ = socket.set_nodelay(true);
        watch.timings.connect = Some(started.elapsed());
        Ok(socket)
    }

    /// The addresses that may be connected to; when there is none, the reason for the first.
    fn allowed(&self, host: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Failure> {
        let mut denied = None;
        let mut allowed = addresses;
        allowed.retain(|address| match self.guard.judge(host, address.ip()) {
            Ok(()) => true,
            Err(reason) => {
                denied.get_or_insert(Failure::Denied { host: host.into(), address: Some(address.ip()), reason });
                false
            }
        });
        match denied {
            Some(denied) if allowed.is_empty() => Err(denied),
            _ => Ok(allowed),
        }
    }

    async fn wrap(&self, end: End<'_>, stream: Stream, watch: &mut Watch) -> Result<Stream, Failure> {
        let started = Instant::now();
        let wrapping = self.tls.wrap(&end.origin.host, end.certificate, stream);
        let stream = watch.within(Phase::Tls, wrapping).await??;
        watch.timings.tls = Some(started.elapsed());
        Ok(stream)
    }

    async fn tls_to_proxy(&self, proxy: &Origin, socket: TcpStream, watch: &mut Watch) -> Result<Stream, Failure> {
        watch.within(Phase::Tls, self.tls.wrap_proxy(&proxy.host, Stream::Plain(socket))).await?
    }
}
