//! Sends one request and brings back one answer: no redirects, no repeats, no judgement.
//!
//! [`Transport`] is the seam: [`Client`] is the network, the sandbox answers in process. Both deliver the same [`Delivery`], so nothing
//! above can tell them apart.

mod body;
mod client;
mod connect;
mod decode;
mod failure;
mod http1;
#[cfg(feature = "http2")]
mod http2;
#[path = "without_http2.rs"]
#[cfg(not(feature = "http2"))]
mod http2;
mod pool;
mod race;
mod resolver;
mod sink;
#[cfg(feature = "tls")]
mod tls;
#[path = "without_tls.rs"]
#[cfg(not(feature = "tls"))]
mod tls;
mod tunnel;
mod watch;
#[cfg(feature = "zstd")]
mod zstd;
#[path = "without_zstd.rs"]
#[cfg(not(feature = "zstd"))]
mod zstd;

pub use client::{Client, ClientOptions};
pub use failure::{Failure, Phase, RedirectProblem};
pub use resolver::{Looking, Resolver};
pub use sink::Made;
pub use tls::{Identity, PemError, TlsConfig, TlsOptions, certificates, tls_settings};

pub(crate) use sink::received;
pub(crate) use zstd::ENCODINGS;

use super::headers::Headers;
use super::request::HttpRequest;
use bytes::Bytes;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// Sends requests. Implement it to play a server (see `serve::SandboxTransport`) or to wrap another transport.
pub trait Transport: Send + Sync {
    /// Sends the request once. `deadline` ends the whole call, whatever the request's own time-outs allow.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection it used; whether the server carried the request out is then unknown.
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a>;
}

/// What [`Transport::send`] returns.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Delivery> + Send + 'a>>;

/// What became of one request that was sent, or that could not be sent.
#[derive(Debug)]
pub struct Delivery {
    /// The answer, or why there is none.
    pub result: Result<Response, Failure>,
    /// The way it took.
    pub trace: Trace,
}

/// The way a request took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trace {
    /// How long each phase took, as far as it came.
    pub timings: Timings,
    /// The address it was sent to; `None` in process.
    pub peer: Option<SocketAddr>,
    /// Whether the connection had served a request before.
    pub reused: bool,
    /// Whether any byte of the request was handed to the network: the server may then have carried it out.
    pub written: bool,
}

/// An answer, read to its end and decoded.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The reason phrase as received, often empty.
    pub reason: Box<str>,
    /// The fields as received.
    pub headers: Headers,
    /// The body without transfer and content encoding.
    pub body: Bytes,
    /// What the body was made into, when that was asked for; `body` is then JSON that tells of it.
    pub made: Option<Made>,
}

/// How long each phase of a delivery took. A phase that did not take place (a connection used again has no connect) is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Looking the host's name up.
    pub dns: Option<Duration>,
    /// Opening the connection.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// Writing the request.
    pub send: Option<Duration>,
    /// From the last byte written to the whole head of the answer.
    pub first_byte: Option<Duration>,
    /// Reading the body.
    pub body: Option<Duration>,
    /// All of it.
    pub total: Duration,
}

/// How long a delivery may take; each `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOuts {
    /// For name look-up, connection and TLS together.
    pub connect: Option<Duration>,
    /// For the name look-up alone.
    pub dns: Option<Duration>,
    /// For the TLS handshake alone.
    pub tls: Option<Duration>,
    /// From the last byte written to the whole head of the answer.
    pub first_byte: Option<Duration>,
    /// For each silence of the server.
    pub read: Option<Duration>,
    /// For the whole call, redirects included.
    pub total: Option<Duration>,
}

impl TimeOuts {
    const NONE: Self = Self { connect: None, dns: None, tls: None, first_byte: None, read: None, total: None };
    /// Legwork's own: 5 s to connect, 30 s for the whole call.
    pub const LEGWORK: Self =
        Self { connect: Some(Duration::from_secs(5)), total: Some(Duration::from_secs(30)), ..Self::NONE };
    /// Conductor's: 3 s to connect, 3 s for each silence.
    pub const CONDUCTOR: Self =
        Self { connect: Some(Duration::from_secs(3)), read: Some(Duration::from_secs(3)), ..Self::NONE };

    /// Whether a phase has a limit that starts with it.
    fn limits_phases(&self) -> bool {
        self.dns.is_some() || self.tls.is_some() || self.first_byte.is_some()
    }
}
