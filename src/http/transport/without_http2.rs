//! The place of HTTP/2 in a build without it: TLS never offers it, so nothing ever comes here.

use super::Response;
use super::failure::Failure;
use super::http1::Connection;
use super::watch::Watch;
use crate::http::request::HttpRequest;
use crate::http::target::Origin;
use std::net::SocketAddr;
use std::time::Duration;

/// TLS offers nothing, which means HTTP/1.1.
pub(super) const PROTOCOLS: &[&[u8]] = &[];

/// No connections.
pub(super) struct Lanes;

/// There is none.
pub(super) struct Lane {
    never: std::convert::Infallible,
    pub(super) peer: Option<SocketAddr>,
}

impl Lanes {
    pub(super) fn new(_: Duration) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the same shape as with HTTP/2")]
    pub(super) fn take(&self, _: &Origin) -> Option<Lane> {
        None
    }

    #[expect(clippy::unused_self, reason = "the same shape as with HTTP/2")]
    pub(super) fn forget(&self, _: &Origin) {}

    #[expect(clippy::unused_async, reason = "the same shape as with HTTP/2")]
    pub(super) async fn open(&self, _: &Origin, _: Connection, _: &mut Watch) -> Result<Lane, Failure> {
        Err(Failure::Protocol { what: "it speaks HTTP/2, which this build does not".into() })
    }
}

#[expect(clippy::unused_async, reason = "the same shape as with HTTP/2")]
pub(super) async fn exchange(lane: Lane, _: &HttpRequest, _: &mut Watch) -> Result<Response, Failure> {
    match lane.never {}
}
