//! Stands for TLS in a build without the feature `tls`: a server is spoken to in plain text, and not at all when its URL asks for TLS.

use std::convert::Infallible;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::NoTls;
use tokio_postgres::tls::{MakeTlsConnect, NoTlsStream};

/// Gives the settings of TLS; nobody asks.
pub trait TlsSettings {}

impl<T> TlsSettings for T {}

/// Opens no TLS.
#[derive(Clone)]
pub(in super::super) struct Tls(NoTls);

impl Tls {
    pub(in super::super) fn new(_: impl TlsSettings) -> Self {
        Self(NoTls)
    }

    /// Whether it can be opened.
    pub(in super::super) const fn is_there() -> bool {
        false
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = NoTlsStream;
    type TlsConnect = NoTls;
    type Error = Infallible;

    fn make_tls_connect(&mut self, _: &str) -> Result<NoTls, Infallible> {
        Ok(self.0)
    }
}
