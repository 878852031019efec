//! TLS to a database, with the settings that calls have.

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::{TlsConnector, client};

/// Gives the settings of TLS; asked only when the server speaks it.
pub trait TlsSettings: Send + Sync + 'static {
    /// The settings.
    ///
    /// # Errors
    /// When certificates cannot be used.
    fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error>;
}

impl<F: Fn() -> Result<Arc<ClientConfig>, rustls::Error> + Send + Sync + 'static> TlsSettings for F {
    fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        self()
    }
}

/// Opens TLS when a server speaks it.
#[derive(Clone)]
pub(in super::super) struct Tls(Arc<dyn TlsSettings>);

impl Tls {
    pub(in super::super) fn new(settings: impl TlsSettings) -> Self {
        Self(Arc::new(settings))
    }

    /// Whether it can be opened.
    pub(in super::super) const fn is_there() -> bool {
        true
    }
}

/// The same, for one host.
pub(in super::super) struct ToHost {
    host: String,
    settings: Arc<dyn TlsSettings>,
}

/// The bytes of a connection over TLS.
pub(in super::super) struct Wrapped<S>(client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Wrapped<S>;
    type TlsConnect = ToHost;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<ToHost> {
        Ok(ToHost { host: host.to_owned(), settings: Arc::clone(&self.0) })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for ToHost {
    type Stream = Wrapped<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Wrapped<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let config = self.settings.config().map_err(io::Error::other)?;
            let name = ServerName::try_from(self.host).map_err(io::Error::other)?;
            TlsConnector::from(config).connect(name, stream).await.map(Wrapped)
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Wrapped<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wrapped<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wrapped<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}
