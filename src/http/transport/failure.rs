//! Why there is no answer.

use super::tunnel::refusal;
use crate::http::guard::Denied;
use crate::http::target::TargetError;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

/// The parts of a delivery, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Looking the host's name up.
    Dns,
    /// Opening the connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Writing the request.
    Send,
    /// Waiting for the head of the answer.
    FirstByte,
    /// Reading the body of the answer.
    Body,
}

impl Phase {
    /// The phase's name in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::FirstByte => "first byte",
            Self::Body => "body",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why there is no answer, or none that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The host's name is not known.
    #[error("no address for {host}")]
    Dns {
        /// The name.
        host: Box<str>,
        /// What the resolver said.
        #[source]
        source: io::Error,
    },
    /// The guard lets no address of the host pass; nothing was connected to.
    #[error("{host} must not be called: {}{reason}", leads_to(host, *.address))]
    Denied {
        /// The host.
        host: Box<str>,
        /// The address that the reason is about; `None` when only the name is known.
        address: Option<IpAddr>,
        /// Why.
        reason: Denied,
    },
    /// No address of the host took the connection.
    #[error("cannot connect to {origin}")]
    Connect {
        /// Scheme, host and port.
        origin: Box<str>,
        /// What the last address answered.
        #[source]
        source: io::Error,
    },
    /// The proxy did not open a way to the host.
    #[error("the proxy {proxy} gives no connection")]
    Proxy {
        /// The proxy, without its credentials.
        proxy: Box<str>,
        /// What it said, or the network.
        #[source]
        source: io::Error,
    },
    /// The TLS handshake failed: certificate, name or version.
    #[error("no TLS with {host}")]
    Tls {
        /// The name that the certificate has to be for.
        host: Box<str>,
        /// What was wrong.
        #[source]
        source: io::Error,
    },
    /// A time-out was over.
    #[error("timed out after {} in phase {phase} ({setting})", milliseconds(*limit))]
    TimedOut {
        /// What was under way.
        phase: Phase,
        /// The limit that was over.
        limit: Duration,
        /// The setting that changes it.
        setting: &'static str,
    },
    /// The connection was closed before the first byte of an answer.
    #[error("the connection was closed without an answer")]
    Closed {
        /// What the network said; `None` for an orderly end.
        #[source]
        source: Option<io::Error>,
    },
    /// The server said that it did not take the request up (HTTP/2): it was not carried out.
    #[error("the server did not take the request up")]
    Unprocessed {
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// The connection ended inside the answer.
    #[error("the answer ends early: {received} bytes of its {part} came{}", announced(*.expected))]
    Truncated {
        /// `head` or `body`.
        part: &'static str,
        /// Bytes that came.
        received: u64,
        /// Bytes that were announced.
        expected: Option<u64>,
    },
    /// What came is not HTTP/1.
    #[error("the answer is not valid HTTP: {what}")]
    Protocol {
        /// What is wrong with it.
        what: Box<str>,
    },
    /// The head or body of the answer is larger than allowed.
    #[error("the answer's {part} is too large: {seen} bytes seen, {limit} allowed ({setting})")]
    TooLarge {
        /// `head` or `body`.
        part: &'static str,
        /// Bytes seen so far, or announced.
        seen: u64,
        /// Bytes allowed.
        limit: u64,
        /// The setting that changes it.
        setting: &'static str,
    },
    /// The body is not what its Content-Encoding says.
    #[error("the answer's body cannot be decoded as {encoding}")]
    Decode {
        /// The content encoding.
        encoding: Box<str>,
        /// What the decoder said.
        #[source]
        source: io::Error,
    },
    /// The answer cannot be written into a file: the folder is not ours, the disk is full.
    #[error("the answer cannot be saved in `{folder}`")]
    Save {
        /// The folder.
        folder: Box<str>,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A redirect that cannot or must not be followed.
    #[error("redirect to {location} not followed: {reason}")]
    Redirect {
        /// The Location as received.
        location: Box<str>,
        /// Why.
        reason: RedirectProblem,
    },
    /// The sandbox has no entry for the request.
    #[error("no task definition answers {method} {uri} in the sandbox")]
    NoEntry {
        /// The method.
        method: Box<str>,
        /// The URI without its query.
        uri: Box<str>,
    },
    /// No recording answers the request.
    #[error("{told}")]
    NoRecording {
        /// The request, the nearest recording and what differs; masked.
        told: Box<str>,
    },
}

/// Why a redirect was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectProblem {
    /// The number of redirects is over the limit.
    #[error("more than {0} redirects")]
    TooMany(usize),
    /// It leads back to a URI of this call.
    #[error("it leads in a circle")]
    Circle,
    /// The Location is not a URI that can be called.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The body holds a secret, and the redirect leads to another origin.
    #[error("the body holds a secret and the redirect leads to another origin")]
    SecretBody,
}

impl Failure {
    /// Whether a time-out was over.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }

    /// Whether no connection came about: nothing was sent.
    #[must_use]
    pub fn is_before_sending(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Denied { .. }
            | Self::Connect { .. }
            | Self::Proxy { .. }
            | Self::Tls { .. }
            | Self::NoEntry { .. }
            | Self::NoRecording { .. } => true,
            Self::TimedOut { phase, .. } => matches!(phase, Phase::Dns | Phase::Connect | Phase::Tls),
            _ => false,
        }
    }

    /// Whether another attempt at opening a way through the proxy would fail in the same way.
    pub(in crate::http) fn is_refused_by_proxy(&self) -> bool {
        matches!(self, Self::Proxy { source, .. } if refusal(source).is_some_and(|refusal| !refusal.may_pass()))
    }

    /// The sentence with all its causes, `cannot connect to http://h: Connection refused`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let words = error.to_string();
            let words = words.split(" (os error").next().unwrap_or_default();
            if !text.ends_with(words) {
                text.push_str(": ");
                text.push_str(words);
            }
            cause = error.source();
        }
        text
    }
}

fn milliseconds(limit: Duration) -> String {
    let ms = limit.as_millis();
    if ms >= 1000 && ms.is_multiple_of(1000) { format!("{} s", ms / 1000) } else { format!("{ms} ms") }
}

fn leads_to(host: &str, address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_string()) {
        Some(address) if address != host => format!("its address {address} is "),
        _ => "it is ".to_owned(),
    }
}

fn announced(expected: Option<u64>) -> String {
    expected.map(|count| format!(" of {count}")).unwrap_or_default()
}
