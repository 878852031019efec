//! A server that fails in every way that a server can, on a free port of this machine.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What a server does with a connection.
#[derive(Clone)]
pub(super) enum Manner {
    /// Answers each request, by its number from 0, and goes on as it says.
    Http(fn(usize) -> (Vec<u8>, Then)),
    /// The same over TLS.
    Tls(Certificate),
    /// Takes the connection and says nothing: no TLS, no answer.
    Silent,
    /// HTTP/2: the first connection ends with a GOAWAY that took up nothing, the others are answered.
    GoAway,
}

/// What follows an answer.
#[derive(Clone, Copy)]
pub(super) enum Then {
    /// The next request.
    Keep,
    /// The end of the connection.
    Close,
    /// Nothing, with the connection left open.
    Hang,
    /// The end, without a word of farewell.
    Reset,
    /// These bytes for ever.
    Endless(&'static [u8]),
    /// One byte now and then for ever.
    Drip,
}

/// A certificate that a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certificate {
    /// For `localhost`, by our authority.
    Good,
    /// By itself.
    SelfSigned,
    /// For another name.
    OtherName,
    /// Of another time.
    Expired,
}

/// A running server; it ends with its runtime.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// Our authority, for who calls over TLS.
    pub(super) authority: CertificateDer<'static>,
    requests: Arc<AtomicUsize>,
}

impl Server {
    pub(super) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let (authority, acceptor) = tls(&manner);
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut connections = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let (manner, seen, acceptor) = (manner.clone(), Arc::clone(&seen), acceptor.clone());
                tokio::spawn(async move { serve(socket, manner, acceptor, connections, &seen).await });
                connections += 1;
            }
        });
        Self { address, authority, requests }
    }

    /// How many requests came, whole or not.
    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(
    socket: TcpStream,
    manner: Manner,
    acceptor: Option<TlsAcceptor>,
    connection: usize,
    seen: &AtomicUsize,
) {
    match (manner, acceptor) {
        (Manner::Http(answer), _) => {
            let reset = http(socket, answer, seen).await;
            if let Some(socket) = reset {
                let _ = socket2::SockRef::from(&socket).set_linger(Some(std::time::Duration::ZERO));
            }
        }
        (Manner::Tls(_), Some(acceptor)) => {
            if let Ok(stream) = acceptor.accept(socket).await {
                let _ = http(stream, |_| (ok("{}"), Then::Keep), seen).await;
            }
        }
        (Manner::GoAway, Some(acceptor)) => {
            if let Ok(stream) = acceptor.accept(socket).await {
                let _ = http2(stream, connection == 0, seen).await;
            }
        }
        _ => {
            // Held open: the other side waits.
            let _socket = socket;
            std::future::pending::<()>().await;
        }
    }
}

/// Answers until it is told to stop; gives the connection back when it has to be reset.
async fn http<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    answer: fn(usize) -> (Vec<u8>, Then),
    seen: &AtomicUsize,
) -> Option<S> {
    while receive(&mut stream).await {
        let (bytes, then) = answer(seen.fetch_add(1, Ordering::SeqCst));
        if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
            return None;
        }
        match then {
            Then::Keep => {}
            Then::Close => return None,
            Then::Reset => return Some(stream),
            Then::Hang => std::future::pending().await,
            Then::Endless(bytes) => while stream.write_all(bytes).await.is_ok() {},
            Then::Drip => {
                let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
                while stream.write_all(b"x").await.is_ok() {
                    ticks.tick().await;
                }
            }
        }
    }
    None
}

/// One request, head and body; `false` at the end.
async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => text.extend_from_slice(&buffer[..count]),
            _ => return false,
        }
        let read = String::from_utf8_lossy(&text);
        let Some((head, body)) = read.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or_default() {
            return true;
        }
    }
}

/// HTTP/2 by hand: settings, and for the first request a GOAWAY that names no stream, or a 200 without a body.
async fn http2<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    goes: bool,
    seen: &AtomicUsize,
) -> std::io::Result<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await?;
    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload).await?;
        match (head[3], head[4]) {
            (4, 0) => stream.write_all(&[0, 0, 0, 4, 1, 0, 0, 0, 0]).await?,
            (1, _) => {
                seen.fetch_add(1, Ordering::SeqCst);
                if goes {
                    // Last stream 0, no error: none of the requests was taken up.
                    stream.write_all(&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).await?;
                    stream.flush().await?;
                } else {
                    // `:status: 200` is entry 8 of the static table.
                    stream.write_all(&[0, 0, 1, 1, 5, head[5], head[6], head[7], head[8], 0x88]).await?;
                }
            }
            _ => {}
        }
        stream.flush().await?;
    }
}

/// An authority, and who shows a certificate of it.
fn tls(manner: &Manner) -> (CertificateDer<'static>, Option<TlsAcceptor>) {
    let certificate = match manner {
        Manner::Tls(certificate) => *certificate,
        _ => Certificate::Good,
    };
    let key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key).expect("a certificate").der().clone();
    let issuer = Issuer::new(authority, key);
    let name = if certificate == Certificate::OtherName { "other.example" } else { "localhost" };
    let mut leaf = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    if certificate == Certificate::Expired {
        (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let key = KeyPair::generate().expect("a key");
    let shown = match certificate {
        Certificate::SelfSigned => leaf.self_signed(&key),
        _ => leaf.signed_by(&key, &issuer),
    };
    let shown = shown.expect("a certificate").der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("ring has them").with_no_client_auth();
    let mut config = builder.with_single_cert(vec![shown], key).expect("they belong together");
    config.alpn_protocols = match manner {
        Manner::GoAway => vec![b"h2".to_vec()],
        _ => vec![b"http/1.1".to_vec()],
    };
    let speaks = matches!(manner, Manner::Tls(_) | Manner::GoAway);
    (root, speaks.then(|| TlsAcceptor::from(Arc::new(config))))
}

/// A whole answer.
pub(super) fn ok(body: &str) -> Vec<u8> {
    status("200 OK", "", body)
}

/// A whole answer of a status, with further fields, each with its line end.
pub(super) fn status(status: &str, fields: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{fields}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// 20 MB of zeros in 20 kB.
pub(super) fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 20_000_000]).expect("a Vec takes everything");
    let packed = encoder.finish().expect("a Vec takes everything");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
    [head.into_bytes(), packed].concat()
}
