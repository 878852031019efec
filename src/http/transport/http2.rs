//! HTTP/2, where TLS agreed on it: many requests at a time over one connection to an origin.
//!
//! What a server says it did not take up (a stream beyond the last one of its GOAWAY, `REFUSED_STREAM`) was not carried out, and may be
//! sent again whatever its method (RFC 9113, section 8.7).

use super::Response;
use super::decode::Decoder;
use super::failure::{Failure, Phase};
use super::http1::Connection;
use super::sink::{Sink, Whole};
use super::watch::Watch;
use crate::http::headers::Headers;
use crate::http::request::HttpRequest;
use crate::http::target::Origin;
use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{HeaderName, HeaderValue, Request, Version};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What TLS offers, the best first.
pub(super) const PROTOCOLS: &[&[u8]] = &[b"h2", b"http/1.1"];

/// How much of an answer a server may send before we have taken it.
const WINDOW: u32 = 1024 * 1024;

/// The open connections, one for each origin.
pub(super) struct Lanes {
    open: Mutex<HashMap<Origin, Lane>>,
    idle_limit: Duration,
}

/// A connection that takes another request.
#[derive(Clone)]
pub(super) struct Lane {
    sender: SendRequest<Bytes>,
    used: Instant,
    /// The address of the other side.
    pub(super) peer: Option<SocketAddr>,
}

impl Lanes {
    pub(super) fn new(idle_limit: Duration) -> Self {
        Self { open: Mutex::default(), idle_limit }
    }

    /// The open connection to the origin.
    pub(super) fn take(&self, origin: &Origin) -> Option<Lane> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = open.get_mut(origin)?;
        if lane.used.elapsed() > self.idle_limit {
            open.remove(origin);
            return None;
        }
        lane.used = Instant::now();
        Some(lane.clone())
    }

    /// Forgets the connection: it takes no more requests.
    pub(super) fn forget(&self, origin: &Origin) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(origin);
    }

    /// Agrees with the server on how to talk, and keeps the connection for others.
    pub(super) async fn open(
        &self,
        origin: &Origin,
        connection: Connection,
        watch: &mut Watch,
    ) -> Result<Lane, Failure> {
        let mut builder = h2::client::Builder::new();
        builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW).enable_push(false);
        let shaken = watch.within(Phase::Connect, builder.handshake(connection.stream)).await?;
        let closed = |error: h2::Error| Failure::Closed { source: Some(io::Error::other(error)) };
        let (sender, driver) = shaken.map_err(closed)?;
        // It ends when nobody holds the sender any more, or the server goes away.
        tokio::spawn(driver);
        let lane = Lane { sender, used: Instant::now(), peer: connection.peer };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, lane| lane.used.elapsed() <= self.idle_limit);
        open.insert(origin.clone(), lane.clone());
        Ok(lane)
    }
}

/// Sends the request and reads the answer to its end.
pub(super) async fn exchange(lane: Lane, request: &HttpRequest, watch: &mut Watch) -> Result<Response, Failure> {
    let started = Instant::now();
    let head = head_of(request)?;
    let body = request.body();
    let ready = watch.within(Phase::Send, lane.sender.ready()).await?;
    // Nothing of this request has been written yet.
    let mut sender = ready.map_err(|error| Failure::Unprocessed { source: io::Error::other(error) })?;
    let (answer, mut stream) = sender.send_request(head, body.is_empty()).map_err(failure)?;
    watch.written = true;
    if !body.is_empty() {
        stream.send_data(body.clone(), true).map_err(failure)?;
    }
    watch.timings.send = Some(started.elapsed());
    let started = Instant::now();
    let (head, incoming) = watch.within(Phase::FirstByte, answer).await?.map_err(failure)?.into_parts();
    watch.timings.first_byte = Some(started.elapsed());
    let started = Instant::now();
    let mut headers = Headers::with_capacity(head.headers.len());
    for (name, value) in &head.headers {
        headers.add(name.as_str(), value.as_bytes());
    }
    let sink = Sink::of(request, head.status.as_u16(), &headers);
    let Whole { body, made } = receive(incoming, &headers, sink, watch).await?;
    watch.timings.body = Some(started.elapsed());
    Ok(Response { status: head.status.as_u16(), reason: "".into(), headers, body: body.into(), made })
}

/// The request's head. Names are in lower case, and what only HTTP/1.1 knows stays behind.
fn head_of(request: &HttpRequest) -> Result<Request<()>, Failure> {
    let unsendable = || Failure::Protocol { what: "the request cannot be sent over HTTP/2".into() };
    let authority = request.headers().get("Host").map_or_else(|| request.target().origin.authority(), Into::into);
    let uri = http::Uri::builder()
        .scheme(request.target().origin.scheme.as_str())
        .authority(authority)
        .path_and_query(&*request.target().path_and_query)
        .build()
        .map_err(|_| unsendable())?;
    let mut head = Request::builder().method(request.method()).uri(uri).version(Version::HTTP_2);
    for header in request.headers().iter().filter(|header| !header.name.eq_ignore_ascii_case("Host")) {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| unsendable())?;
        head = head.header(name, HeaderValue::from_bytes(header.value).map_err(|_| unsendable())?);
    }
    head.body(()).map_err(|_| unsendable())
}

async fn receive(mut body: RecvStream, headers: &Headers, sink: Sink, watch: &mut Watch) -> Result<Whole, Failure> {
    let encodings = headers.all("Content-Encoding").collect::<Vec<_>>().join(",");
    let ends_at = sink.ends_at();
    let mut decoder = Decoder::new(&encodings, sink);
    let mut received = 0;
    loop {
        let reading = watch.within(Phase::Body, body.data());
        let piece = match ends_at {
            None => reading.await?,
            Some(end) => {
                let Ok(piece) = tokio::time::timeout_at(end.into(), reading).await else {
                    decoder.sink().time_is_over();
                    return decoder.stop().finish();
                };
                piece?
            }
        };
        let Some(piece) = piece else { break };
        let piece = piece.map_err(|error| cut(&error, received))?;
        received += piece.len() as u64;
        decoder.write(&piece)?;
        if decoder.sink().is_done() {
            return decoder.stop().finish();
        }
        // It can only fail for a stream that is gone, which the next read tells.
        let _ = body.flow_control().release_capacity(piece.len());
    }
    // A body that never came is empty, whatever its encoding says.
    if received == 0 { decoder.stop() } else { decoder.finish()? }.finish()
}

/// Why there is no head of an answer.
fn failure(error: h2::Error) -> Failure {
    let is_theirs = error.is_remote();
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    // The library ends streams with GOAWAY only beyond the last one that the server names.
    if is_theirs && (refused || error.is_go_away()) {
        return Failure::Unprocessed { source: io::Error::other(error) };
    }
    if error.is_library() {
        return Failure::Protocol { what: error.to_string().into() };
    }
    Failure::Closed { source: Some(io::Error::other(error)) }
}

/// Why the body of an answer ends early.
fn cut(error: &h2::Error, received: u64) -> Failure {
    if error.is_library() {
        return Failure::Protocol { what: error.to_string().into() };
    }
    Failure::Truncated { part: "body", received, expected: None }
}
