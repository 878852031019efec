//! Through a proxy to a server: CONNECT, and SOCKS 5.

use super::http1::{Connection, Forward};
use super::tls::Stream;
use crate::http::proxy::Proxy;
use crate::http::target::Origin;
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The largest head that a proxy's answer to CONNECT may have, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// What a proxy was asked to do and did not.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It answered CONNECT with that status.
    #[error("it answered {0}")]
    Status(u16),
    /// It does not take the credentials, or wants some.
    #[error("it does not take the credentials")]
    Credentials,
    /// SOCKS: its reason.
    #[error("{0}")]
    Socks(&'static str),
    /// What it says makes no sense.
    #[error("it does not speak its protocol")]
    Protocol,
}

impl Refusal {
    /// Whether another attempt may get another answer.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Status(status) => *status >= 500,
            Self::Credentials | Self::Protocol => false,
            Self::Socks(_) => true,
        }
    }
}

/// Asks an HTTP proxy for a tunnel to the origin.
pub(super) async fn connect(stream: Stream, origin: &Origin, proxy: &Proxy) -> io::Result<Stream> {
    let host = if origin.host.contains(':') { format!("[{}]", origin.host) } else { origin.host.to_string() };
    let authority = format!("{host}:{}", origin.port);
    let mut request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
    if let Some(credentials) = proxy.authorization() {
        request.push_str("Proxy-Authorization: ");
        request.push_str(credentials.expose());
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    let mut stream = stream;
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    // Byte by byte: what follows the head is no longer the proxy's.
    let mut head = Vec::with_capacity(256);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_LIMIT {
            return Err(refused(Refusal::Protocol));
        }
        head.push(stream.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head);
    let status = text.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
    match status {
        Some(200..=299) => Ok(stream),
        Some(407) => Err(refused(Refusal::Credentials)),
        Some(status) => Err(refused(Refusal::Status(status))),
        None => Err(refused(Refusal::Protocol)),
    }
}

/// Where a SOCKS proxy is asked to connect to.
pub(super) enum Destination<'d> {
    /// An address, looked up and judged here.
    Address(SocketAddr),
    /// A name that the proxy looks up.
    Name(&'d str, u16),
}

/// Asks a SOCKS 5 proxy for a connection (RFC 1928, RFC 1929).
pub(super) async fn socks(stream: Stream, destination: Destination<'_>, proxy: &Proxy) -> io::Result<Stream> {
    let mut stream = stream;
    greet(&mut stream, proxy).await?;
    let mut request = vec![5, 1, 0];
    let port = match destination {
        Destination::Address(address) => {
            match address.ip() {
                IpAddr::V4(ip) => {
                    request.push(1);
                    request.extend_from_slice(&ip.octets());
                }
                IpAddr::V6(ip) => {
                    request.push(4);
                    request.extend_from_slice(&ip.octets());
                }
            }
            address.port()
        }
        Destination::Name(name, port) => {
            request.push(3);
            push_text(&mut request, name)?;
            port
        }
    };
    request.extend_from_slice(&port.to_be_bytes());
    stream.write_all(&request).await?;
    stream.flush().await?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    let [5, status, _, kind] = answer else { return Err(refused(Refusal::Protocol)) };
    if status != 0 {
        return Err(refused(Refusal::Socks(reason(status))));
    }
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await?),
        _ => return Err(refused(Refusal::Protocol)),
    };
    let mut bound = vec![0; length + 2];
    stream.read_exact(&mut bound).await?;
    Ok(stream)
}

/// Agrees on who we are.
async fn greet(stream: &mut Stream, proxy: &Proxy) -> io::Result<()> {
    let methods: &[u8] = if proxy.credentials().is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    stream.write_all(methods).await?;
    stream.flush().await?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen).await?;
    match (chosen, proxy.credentials()) {
        ([5, 0], _) => Ok(()),
        ([5, 2], Some((name, password))) => {
            let mut request = vec![1];
            push_text(&mut request, name)?;
            push_text(&mut request, password.expose())?;
            stream.write_all(&request).await?;
            stream.flush().await?;
            let mut answer = [0; 2];
            stream.read_exact(&mut answer).await?;
            if answer == [1, 0] { Ok(()) } else { Err(refused(Refusal::Credentials)) }
        }
        ([5, _], _) => Err(refused(Refusal::Credentials)),
        _ => Err(refused(Refusal::Protocol)),
    }
}

fn push_text(request: &mut Vec<u8>, text: &str) -> io::Result<()> {
    request.push(u8::try_from(text.len()).map_err(|_| refused(Refusal::Protocol))?);
    request.extend_from_slice(text.as_bytes());
    Ok(())
}

fn refused(refusal: Refusal) -> io::Error {
    io::Error::other(refusal)
}

/// The refusal inside an error; `None` when the network failed.
pub(super) fn refusal(error: &io::Error) -> Option<&Refusal> {
    error.get_ref()?.downcast_ref()
}

/// RFC 1928, section 6.
fn reason(status: u8) -> &'static str {
    match status {
        2 => "it does not allow the connection",
        3 => "it cannot reach the network",
        4 => "it cannot reach the host",
        5 => "the host refused the connection",
        6 => "the connection took too long",
        7 | 8 => "it cannot connect to such an address",
        _ => "it failed",
    }
}

/// A connection to an HTTP proxy that carries requests in absolute form to an http origin.
pub(super) fn forward(stream: Stream, peer: Option<SocketAddr>, origin: &Origin, proxy: &Proxy) -> Connection {
    let forward = Forward { origin: origin.to_string(), authorization: proxy.authorization() };
    Connection { forward: Some(Box::new(forward)), ..Connection::new(stream, peer) }
}
