//! A connection's bytes, plain or over TLS. The system's certificates are read at the first https request, not before.

use super::failure::Failure;
use crate::http::auth::ClientCertificate;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::SingleCertAndKey;
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A TLS configuration of the caller's own.
pub type TlsConfig = ClientConfig;

/// The bytes of one connection.
pub(super) enum Stream {
    Plain(TcpStream),
    /// Over a socket, or over the TLS of a proxy.
    Tls(Box<TlsStream<Stream>>),
}

impl Stream {
    /// Whether HTTP/2 was agreed on.
    pub(super) fn speaks_http2(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.get_ref().1.alpn_protocol() == Some(b"h2"),
        }
    }

    /// The socket below.
    pub(super) fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_ref().0.socket(),
        }
    }

    /// Whether what waits on the socket is no answer: TLS may have something of its own to say, a session ticket.
    pub(super) fn holds_only_records(&mut self) -> bool {
        let Self::Tls(stream) = self else { return false };
        let mut byte = [0; 1];
        let mut context = Context::from_waker(Waker::noop());
        matches!(Pin::new(stream).poll_read(&mut context, &mut ReadBuf::new(&mut byte)), Poll::Pending)
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// Who is trusted besides the system's authorities, and who we are.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// Certificates of further authorities.
    pub authorities: Vec<CertificateDer<'static>>,
    /// Our own certificate, for servers that ask for one.
    pub identity: Option<Arc<Identity>>,
}

/// A client certificate with its chain and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why PEM text cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PemError {
    /// It is not PEM.
    #[error("it is not PEM")]
    Syntax(#[source] pem::Error),
    /// It holds no certificate.
    #[error("it holds no certificate")]
    NoCertificate,
    /// It holds no private key.
    #[error("it holds no private key")]
    NoKey,
}

impl Identity {
    /// Reads the chain, our own certificate first, and the key from PEM; one text may hold both.
    ///
    /// # Errors
    /// [`PemError`] says what is missing.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, PemError> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|err| match err {
            pem::Error::NoItemsFound => PemError::NoKey,
            other => PemError::Syntax(other),
        })?;
        Ok(Self { chain, key })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} certificates)", self.chain.len())
    }
}

/// The certificates of a PEM text.
///
/// # Errors
/// [`PemError`] when it is no PEM, or holds none.
pub fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    let found = found.map_err(PemError::Syntax)?;
    if found.is_empty() { Err(PemError::NoCertificate) } else { Ok(found) }
}

/// The settings of TLS for something that is no HTTP.
///
/// # Errors
/// When the system's certificates, or our own, cannot be used.
pub fn tls_settings(options: TlsOptions) -> Result<Arc<TlsConfig>, rustls::Error> {
    Tls::new(None, options, &[]).config()
}

/// Opens TLS over streams, with one configuration for all of them.
#[derive(Default)]
pub(super) struct Tls {
    config: OnceLock<Arc<ClientConfig>>,
    to_proxy: OnceLock<Arc<ClientConfig>>,
    options: TlsOptions,
    /// What is offered to speak, the best first.
    protocols: &'static [&'static [u8]],
}

impl Tls {
    /// TLS with a configuration of the caller's; `None` for the system's certificates and the options.
    pub(super) fn new(
        config: Option<Arc<ClientConfig>>,
        options: TlsOptions,
        protocols: &'static [&'static [u8]],
    ) -> Self {
        Self { config: config.map(OnceLock::from).unwrap_or_default(), to_proxy: OnceLock::new(), options, protocols }
    }

    /// The handshake with a server. A connection that shows a certificate of one request is spoken to in HTTP/1.1: it is not shared.
    pub(super) async fn wrap(
        &self,
        host: &str,
        certificate: Option<&ClientCertificate>,
        stream: Stream,
    ) -> Result<Stream, Failure> {
        let config = self.config().map(|mut config| {
            if let Some(certificate) = certificate {
                let own = Arc::make_mut(&mut config);
                own.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(Arc::clone(certificate.certified())));
                // A session that is taken up again is that of the certificate it began with.
                own.resumption = Resumption::disabled();
                own.alpn_protocols.clear();
            }
            config
        });
        handshake(host, stream, config).await
    }

    /// The handshake with a proxy, which is spoken to in HTTP/1.1.
    pub(super) async fn wrap_proxy(&self, host: &str, stream: Stream) -> Result<Stream, Failure> {
        let config = self.config().map(|config| {
            Arc::clone(self.to_proxy.get_or_init(|| {
                let mut config = ClientConfig::clone(&config);
                config.alpn_protocols.clear();
                Arc::new(config)
            }))
        });
        handshake(host, stream, config).await
    }

    fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let provider = Arc::new(default_provider());
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let authorities = self.options.authorities.iter().cloned();
        let builder = if self.options.authorities.is_empty() {
            builder.with_platform_verifier()?
        } else {
            let verifier = Verifier::new_with_extra_roots(authorities, provider)?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        };
        let mut config = match &self.options.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())?,
        };
        config.alpn_protocols = self.protocols.iter().map(|name| name.to_vec()).collect();
        let config = Arc::new(config);
        Ok(Arc::clone(self.config.get_or_init(|| config)))
    }
}

async fn handshake(
    host: &str,
    stream: Stream,
    config: Result<Arc<ClientConfig>, rustls::Error>,
) -> Result<Stream, Failure> {
    let failed = |source| Failure::Tls { host: host.into(), source };
    let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(io::Error::other(error)))?;
    let config = config.map_err(|error| failed(io::Error::other(error)))?;
    let stream = TlsConnector::from(config).connect(name, stream).await.map_err(failed)?;
    Ok(Stream::Tls(Box::new(stream)))
}
