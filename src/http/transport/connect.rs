//! From a host's name to an open connection: look-up, connection, TLS.

use super::failure::{Failure, Phase};
use super::http1::Connection;
use super::tls::{Stream, Tls};
use super::watch::Watch;
use crate::http::target::{Origin, Scheme};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::{TcpStream, lookup_host};

/// The least time that one of several addresses gets before the next one is tried.
const FAIR_SHARE: Duration = Duration::from_millis(250);

/// Opens a connection to the first address of the origin that takes it.
pub(super) async fn open(origin: &Origin, tls: &Tls, watch: &mut Watch) -> Result<Connection, Failure> {
    let addresses = look_up(origin, watch).await?;
    let started = Instant::now();
    let socket = connect(origin, &addresses, watch).await?;
    watch.timings.connect = Some(started.elapsed());
    let peer = socket.peer_addr().ok();
    let stream = match origin.scheme {
        Scheme::Http => Stream::Plain(socket),
        Scheme::Https => {
            let started = Instant::now();
            let stream = watch.within(Phase::Tls, tls.wrap(&origin.host, socket)).await??;
            watch.timings.tls = Some(started.elapsed());
            stream
        }
    };
    Ok(Connection::new(stream, peer))
}

async fn look_up(origin: &Origin, watch: &mut Watch) -> Result<Vec<SocketAddr>, Failure> {
    if let Ok(address) = origin.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, origin.port)]);
    }
    let started = Instant::now();
    let failed = |source| Failure::Dns { host: origin.host.clone(), source };
    let found = watch.within(Phase::Dns, lookup_host((&*origin.host, origin.port))).await?.map_err(failed)?;
    watch.timings.dns = Some(started.elapsed());
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() { Err(failed(io::Error::other("the name has no address"))) } else { Ok(addresses) }
}

/// Tries the addresses one after the other; each but the last gets a fair share of the time that is left.
async fn connect(origin: &Origin, addresses: &[SocketAddr], watch: &mut Watch) -> Result<TcpStream, Failure> {
    let mut last = io::Error::other("the name has no address");
    let mut left = addresses.len();
    for address in addresses {
        left -= 1;
        let attempt = TcpStream::connect(address);
        let result = if left == 0 {
            watch.within(Phase::Connect, attempt).await?
        } else {
            let share = watch.share(left + 1).max(FAIR_SHARE);
            match watch.within(Phase::Connect, tokio::time::timeout(share, attempt)).await? {
                Ok(result) => result,
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            }
        };
        match result {
            Ok(socket) => {
                // A request is written in one piece and its answer awaited: waiting for more to send only costs time.
                let _ = socket.set_nodelay(true);
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(Failure::Connect { origin: origin.to_string().into(), source: last })
}
