//! One request and one answer over an open connection, as RFC 9112 has it.
//!
//! The codec is our own, on `httparse`: field names have to arrive as the server wrote them, "was any byte of the request written?"
//! decides what may be sent again, and a connection that is no task of its own costs half as much per request.

use super::Response;
use super::body::{self, Framing};
use super::failure::{Failure, Phase};
use super::sink::Sink;
use super::tls::Stream;
use super::watch::Watch;
use crate::http::headers::Headers;
use crate::http::request::HttpRequest;
use crate::secret::Secret;
use bytes::{Buf, BytesMut};
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::task::{Context, Waker};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The largest head of an answer, in bytes.
const HEAD_LIMIT: usize = 256 * 1024;
/// The most fields in a head.
const FIELD_LIMIT: usize = 256;
/// A body up to this size is written together with its head.
const TOGETHER: usize = 16 * 1024;
/// How much is read at a time.
const READ: usize = 16 * 1024;

/// An open connection and what was read from it but not yet used.
pub(super) struct Connection {
    pub(super) stream: Stream,
    /// Read, not yet used.
    pub(super) buffer: BytesMut,
    /// The address of the other side.
    pub(super) peer: Option<SocketAddr>,
    /// The proxy at the other side is asked to pass requests on.
    pub(super) forward: Option<Box<Forward>>,
}

/// What a request holds besides when an HTTP proxy passes it on.
pub(super) struct Forward {
    /// What goes before the path: `http://host:port`.
    pub(super) origin: String,
    /// The value of Proxy-Authorization.
    pub(super) authorization: Option<Secret>,
}

impl Connection {
    pub(super) fn new(stream: Stream, peer: Option<SocketAddr>) -> Self {
        Self { stream, buffer: BytesMut::new(), peer, forward: None }
    }

    /// Reads more into the buffer; 0 is the end.
    pub(super) async fn read(&mut self) -> io::Result<usize> {
        self.buffer.reserve(READ);
        self.stream.read_buf(&mut self.buffer).await
    }

    /// Whether an idle connection can be used again: the other side neither closed it nor said anything unasked.
    pub(super) fn is_open(&mut self) -> bool {
        // Asked of the system itself: the runtime learns of a close only when it next looks.
        let socket = socket2::SockRef::from(self.stream.socket());
        match socket.peek(&mut [MaybeUninit::uninit()]) {
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
            Ok(0) => false,
            Ok(_) => self.stream.holds_only_records(),
        }
    }

    /// Whether nothing has come since the last answer, as far as the runtime knows: it learns of a close when it next looks.
    pub(super) fn is_quiet(&self) -> bool {
        self.stream.socket().poll_read_ready(&mut Context::from_waker(Waker::noop())).is_pending()
    }
}

/// The head of an answer.
struct Head {
    status: u16,
    reason: Box<str>,
    headers: Headers,
    version: u8,
}

/// Sends the request and reads the answer to its end; also tells whether the connection can be used again.
pub(super) async fn exchange(
    connection: &mut Connection,
    request: &HttpRequest,
    watch: &mut Watch,
) -> Result<(Response, bool), Failure> {
    let started = Instant::now();
    let sent = send(connection, request, watch).await?;
    watch.timings.send = Some(started.elapsed());
    let started = Instant::now();
    // A server may answer and close before it has read everything: its answer counts, not our broken pipe.
    let head = match (receive_head(connection, watch).await, sent) {
        (Err(Failure::Closed { .. }), Err(error)) => return Err(Failure::Closed { source: Some(error) }),
        (head, _) => head?,
    };
    watch.timings.first_byte = Some(started.elapsed());
    let started = Instant::now();
    let framing = Framing::of(request.method(), head.status, &head.headers)?;
    let sink = Sink::of(request, head.status, &head.headers);
    let whole = body::receive(connection, &framing, &head.headers, sink, watch).await?;
    watch.timings.body = Some(started.elapsed());
    let again = framing != Framing::UntilClose && !whole.is_cut() && connection.buffer.is_empty() && keeps_alive(&head);
    let (body, made) = (whole.body.into(), whole.made);
    Ok((Response { status: head.status, reason: head.reason, headers: head.headers, body, made }, again))
}

/// Writes the request; the inner error is the network's.
async fn send(
    connection: &mut Connection,
    request: &HttpRequest,
    watch: &mut Watch,
) -> Result<io::Result<()>, Failure> {
    let body = request.body();
    let mut head = head_of(request, connection.forward.as_deref(), body.len().min(TOGETHER));
    if body.len() <= TOGETHER {
        head.extend_from_slice(body);
        return write(connection, &head, watch).await;
    }
    match write(connection, &head, watch).await? {
        Ok(()) => write(connection, body, watch).await,
        failed => Ok(failed),
    }
}

async fn write(connection: &mut Connection, bytes: &[u8], watch: &mut Watch) -> Result<io::Result<()>, Failure> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match watch.within(Phase::Send, connection.stream.write(rest)).await? {
            Ok(0) => return Ok(Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => {
                watch.written = true;
                rest = rest.get(count..).unwrap_or_default();
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    watch.within(Phase::Send, connection.stream.flush()).await
}

fn head_of(request: &HttpRequest, forward: Option<&Forward>, room: usize) -> Vec<u8> {
    let mut head = Vec::with_capacity(512 + room);
    head.extend_from_slice(request.method().as_bytes());
    head.push(b' ');
    if let Some(forward) = forward {
        head.extend_from_slice(forward.origin.as_bytes());
    }
    head.extend_from_slice(request.target().path_and_query.as_bytes());
    head.extend_from_slice(b" HTTP/1.1\r\n");
    for header in request.headers().iter() {
        head.extend_from_slice(header.name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(header.value);
        head.extend_from_slice(b"\r\n");
    }
    if let Some(credentials) = forward.and_then(|forward| forward.authorization.as_ref()) {
        head.extend_from_slice(b"Proxy-Authorization: ");
        head.extend_from_slice(credentials.expose().as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

async fn receive_head(connection: &mut Connection, watch: &mut Watch) -> Result<Head, Failure> {
    loop {
        if let Some(head) = parse(&mut connection.buffer)? {
            // 100 Continue and 103 Early Hints come before the answer itself.
            if (100..200).contains(&head.status) && head.status != 101 {
                continue;
            }
            return Ok(head);
        }
        let received = connection.buffer.len() as u64;
        if connection.buffer.len() > HEAD_LIMIT {
            return Err(Failure::TooLarge { part: "head", seen: received, limit: HEAD_LIMIT as u64, setting: "fixed" });
        }
        let ended = match watch.within(Phase::FirstByte, connection.read()).await? {
            Ok(0) => None,
            Ok(_) => continue,
            Err(error) => Some(error),
        };
        return Err(match received {
            0 => Failure::Closed { source: ended },
            _ => Failure::Truncated { part: "head", received, expected: None },
        });
    }
}

/// The head at the front of the buffer, taken out of it; `None` while it is not whole.
fn parse(buffer: &mut BytesMut) -> Result<Option<Head>, Failure> {
    if buffer.is_empty() {
        return Ok(None);
    }
    let mut fields = [const { MaybeUninit::uninit() }; FIELD_LIMIT];
    let mut parsed = httparse::Response::new(&mut []);
    let status = httparse::ParserConfig::default().parse_response_with_uninit_headers(&mut parsed, buffer, &mut fields);
    let length = match status {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(garbage(buffer, error)),
    };
    let mut headers = Headers::with_capacity(parsed.headers.len());
    for field in parsed.headers.iter() {
        headers.add(field.name, field.value);
    }
    let head = Head {
        status: parsed.code.unwrap_or_default(),
        reason: parsed.reason.unwrap_or_default().trim().into(),
        headers,
        version: parsed.version.unwrap_or_default(),
    };
    buffer.advance(length);
    Ok(Some(head))
}

fn garbage(buffer: &[u8], error: httparse::Error) -> Failure {
    let start: String = buffer.iter().take(24).map(|byte| char::from(*byte).escape_default().to_string()).collect();
    let what = match error {
        httparse::Error::TooManyHeaders => format!("more than {FIELD_LIMIT} fields in its head"),
        _ if !buffer.starts_with(b"HTTP/") => format!("it starts with \"{start}\""),
        other => format!("{other} in its head"),
    };
    Failure::Protocol { what: what.into() }
}

fn keeps_alive(head: &Head) -> bool {
    match head.version {
        0 => head.headers.lists("Connection", "keep-alive"),
        _ => !head.headers.lists("Connection", "close"),
    }
}
