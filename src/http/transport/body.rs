//! Reads the body of an answer to its end, whatever marks the end, and decodes it on the way.

use super::decode::Decoder;
use super::failure::{Failure, Phase};
use super::http1::Connection;
use super::sink::{Sink, Whole};
use super::watch::Watch;
use crate::http::headers::Headers;
use bytes::Buf;
use std::time::Instant;

/// The longest line of a chunk's size, and the most bytes of trailers.
const LINE_LIMIT: usize = 16 * 1024;

/// What marks the end of a body (RFC 9112, section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is no body.
    None,
    /// So many bytes.
    Length(u64),
    /// A chunk of size 0.
    Chunked,
    /// The end of the connection.
    UntilClose,
}

impl Framing {
    /// The framing of an answer. HEAD, 204 and 304 have no body, whatever their fields say.
    pub(super) fn of(method: &str, status: u16, headers: &Headers) -> Result<Self, Failure> {
        if method == "HEAD" || matches!(status, 100..200 | 204 | 304) {
            return Ok(Self::None);
        }
        if headers.has("Transfer-Encoding") {
            // Only chunked as the last coding tells the end; its presence overrules a Content-Length.
            let codings: Vec<_> = headers.all("Transfer-Encoding").collect();
            let last = codings.last().and_then(|value| value.rsplit(',').next()).unwrap_or_default();
            return Ok(if last.trim().eq_ignore_ascii_case("chunked") { Self::Chunked } else { Self::UntilClose });
        }
        let mut length = None;
        for value in headers.all("Content-Length") {
            for item in value.split(',') {
                let item = item.trim();
                let number = item.parse().ok().filter(|_| item.bytes().all(|byte| byte.is_ascii_digit()));
                if number.is_none() || length.is_some_and(|before| Some(before) != number) {
                    return Err(Failure::Protocol { what: format!("its Content-Length is \"{value}\"").into() });
                }
                length = number;
            }
        }
        Ok(length.map_or(Self::UntilClose, Self::Length))
    }
}

/// The whole body, decoded, or as much of it as its sink wants.
pub(super) async fn receive(
    connection: &mut Connection,
    framing: &Framing,
    headers: &Headers,
    mut sink: Sink,
    watch: &mut Watch,
) -> Result<Whole, Failure> {
    let encodings = headers.all("Content-Encoding").collect::<Vec<_>>().join(",");
    let expected = match framing {
        Framing::None | Framing::Length(0) => return sink.finish(),
        Framing::Length(length) => {
            if let Some(failure) = sink.too_large(*length).filter(|_| encodings.is_empty()) {
                return Err(failure);
            }
            // An announced length is no reason to reserve more than arrives at once.
            usize::try_from(*length).unwrap_or(usize::MAX).min(64 * 1024)
        }
        Framing::Chunked | Framing::UntilClose => 0,
    };
    sink.expect(expected);
    let ends_at = sink.ends_at();
    let mut reader = Reader { connection, watch, received: 0, ends_at, decoder: Decoder::new(&encodings, sink) };
    let read = match framing {
        Framing::None => Ok(()),
        // Most answers come with their head.
        Framing::Length(length) if reader.has(*length) => reader.take(reader.connection.buffer.len()),
        // On the heap: a call whose answer is short need not carry the room for reading a long one.
        _ => Box::pin(reader.read(framing)).await,
    };
    match read {
        Ok(()) => reader.decoder.finish()?.finish(),
        Err(End::Enough) => reader.decoder.stop().finish(),
        Err(End::Failed(failure)) => Err(failure),
    }
}

/// Why a body is not read to its end.
enum End {
    Failed(Failure),
    /// What came is enough.
    Enough,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

struct Reader<'r> {
    connection: &'r mut Connection,
    watch: &'r mut Watch,
    received: u64,
    /// When what came is enough.
    ends_at: Option<Instant>,
    decoder: Decoder,
}

impl Reader<'_> {
    /// Whether so many bytes are there, and no more.
    fn has(&self, count: u64) -> bool {
        self.connection.buffer.len() as u64 == count
    }

    async fn read(&mut self, framing: &Framing) -> Result<(), End> {
        match framing {
            Framing::None => Ok(()),
            Framing::Length(length) => self.counted(*length, Some(*length)).await,
            Framing::Chunked => self.chunks().await,
            Framing::UntilClose => self.rest().await,
        }
    }

    /// So many bytes; `announced` is what a message says if they do not come.
    async fn counted(&mut self, count: u64, announced: Option<u64>) -> Result<(), End> {
        let mut left = count;
        while left > 0 {
            if self.connection.buffer.is_empty() && !self.more().await? {
                return Err(self.cut(announced).into());
            }
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(self.connection.buffer.len());
            self.take(take)?;
            left -= take as u64;
        }
        Ok(())
    }

    async fn chunks(&mut self) -> Result<(), End> {
        loop {
            let line = self.line().await?;
            let text = std::str::from_utf8(&line).unwrap_or_default();
            let size = text.split(';').next().unwrap_or_default().trim();
            let valid = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
            let Some(size) = u64::from_str_radix(size, 16).ok().filter(|_| valid) else {
                return Err(Failure::Protocol { what: "a chunk of its body has no valid size".into() }.into());
            };
            if size == 0 {
                return self.trailers().await;
            }
            self.counted(size, None).await?;
            if !self.line().await?.is_empty() {
                return Err(Failure::Protocol { what: "a chunk of its body is longer than its size".into() }.into());
            }
        }
    }

    async fn trailers(&mut self) -> Result<(), End> {
        let mut seen = 0;
        loop {
            let line = self.line().await?;
            seen += line.len();
            if line.is_empty() {
                return Ok(());
            }
            if seen > LINE_LIMIT {
                let seen = seen as u64;
                let limit = LINE_LIMIT as u64;
                return Err(Failure::TooLarge { part: "trailer", seen, limit, setting: "fixed" }.into());
            }
        }
    }

    async fn rest(&mut self) -> Result<(), End> {
        loop {
            let ready = self.connection.buffer.len();
            self.take(ready)?;
            if !self.more().await? {
                return Ok(());
            }
        }
    }

    /// One line without its end.
    async fn line(&mut self) -> Result<Vec<u8>, End> {
        let mut searched = 0;
        loop {
            let buffer = &mut self.connection.buffer;
            if let Some(at) = memchr::memchr(b'\n', buffer.get(searched..).unwrap_or_default()) {
                let mut line = buffer.split_to(searched + at).to_vec();
                buffer.advance(1);
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            searched = buffer.len();
            if searched > LINE_LIMIT {
                return Err(Failure::Protocol { what: "a chunk of its body has no valid size".into() }.into());
            }
            if !self.more().await? {
                return Err(self.cut(None).into());
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<(), End> {
        self.decoder.write(self.connection.buffer.get(..count).unwrap_or_default())?;
        self.connection.buffer.advance(count);
        self.received += count as u64;
        if self.decoder.sink().is_done() { Err(End::Enough) } else { Ok(()) }
    }

    /// Reads more; `false` at the end. A reset is an end too: what was announced tells whether it came too early.
    async fn more(&mut self) -> Result<bool, End> {
        let reading = self.watch.within(Phase::Body, self.connection.read());
        let read = match self.ends_at {
            None => reading.await?,
            Some(end) => {
                let Ok(read) = tokio::time::timeout_at(end.into(), reading).await else {
                    self.decoder.sink().time_is_over();
                    return Err(End::Enough);
                };
                read?
            }
        };
        Ok(read.is_ok_and(|count| count > 0))
    }

    fn cut(&self, expected: Option<u64>) -> Failure {
        Failure::Truncated { part: "body", received: self.received, expected }
    }
}
