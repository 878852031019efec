//! Stands for TLS in a build without the feature `tls`: http goes through, https fails before a byte of it is sent.

use super::failure::Failure;
use crate::http::auth::ClientCertificate;
use std::future::ready;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

const WHY: &str = "this program was built without the feature `tls`";

/// A TLS configuration of the caller's own; there is none.
#[derive(Debug)]
pub enum TlsConfig {}

/// A certificate; there is none.
#[derive(Debug, Clone)]
pub enum Certificate {}

/// The bytes of one connection.
pub(super) enum Stream {
    Plain(TcpStream),
}

impl Stream {
    /// Whether HTTP/2 was agreed on.
    #[expect(clippy::unused_self, reason = "a stream over TLS may")]
    pub(super) fn speaks_http2(&self) -> bool {
        false
    }

    /// The socket below.
    pub(super) fn socket(&self) -> &TcpStream {
        let Self::Plain(socket) = self;
        socket
    }

    /// Whether what waits on the socket is no answer.
    #[expect(clippy::unused_self, reason = "TLS has records of its own")]
    pub(super) fn holds_only_records(&mut self) -> bool {
        false
    }

    fn inner(self: Pin<&mut Self>) -> Pin<&mut TcpStream> {
        let Self::Plain(socket) = self.get_mut();
        Pin::new(socket)
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.inner().poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(cx)
    }
}

/// Who is trusted besides the system's authorities, and who we are: nothing can be told.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// Certificates of further authorities.
    pub authorities: Vec<Certificate>,
    /// Our own certificate, for servers that ask for one.
    pub identity: Option<Arc<Identity>>,
}

/// A client certificate with its chain and its key; there is none.
#[derive(Debug)]
pub enum Identity {}

/// Why PEM text cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{WHY}")]
pub struct PemError;

impl Identity {
    /// Reads nothing.
    ///
    /// # Errors
    /// [`PemError`], always.
    pub fn from_pem(_: &[u8], _: &[u8]) -> Result<Self, PemError> {
        Err(PemError)
    }
}

/// Reads nothing.
///
/// # Errors
/// [`PemError`], always.
pub fn certificates(_: &[u8]) -> Result<Vec<Certificate>, PemError> {
    Err(PemError)
}

/// Opens nothing.
pub(super) struct Tls;

impl Tls {
    pub(super) fn new(_: Option<Arc<TlsConfig>>, _: TlsOptions, _: &'static [&'static [u8]]) -> Self {
        Self
    }

    /// The handshake with a server; it fails.
    pub(super) async fn wrap(&self, host: &str, _: Option<&ClientCertificate>, _: Stream) -> Result<Stream, Failure> {
        ready(refused(host)).await
    }

    /// The handshake with a proxy; it fails.
    pub(super) async fn wrap_proxy(&self, host: &str, _: Stream) -> Result<Stream, Failure> {
        ready(refused(host)).await
    }
}

fn refused(host: &str) -> Result<Stream, Failure> {
    Err(Failure::Tls { host: host.into(), source: io::Error::other(WHY) })
}

/// The settings of TLS for something that is no HTTP.
///
/// # Errors
/// Always: there is no TLS in this build.
pub fn tls_settings(_: TlsOptions) -> io::Result<Arc<TlsConfig>> {
    Err(io::Error::other(WHY))
}
