//! Undoes content encodings while the body comes in, and stops at the size limit.

use super::Failure;
use super::sink::Sink;
use super::zstd::Zstd;
use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{self, Write};

/// Takes the body's bytes as they come and keeps what they decode to.
pub(super) enum Decoder {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
    /// Nothing was written yet: the first byte tells zlib from raw deflate.
    Deflate(Sink),
    Zlib(Box<ZlibDecoder<Sink>>),
    Raw(Box<DeflateDecoder<Sink>>),
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd(Box<Zstd<Sink>>),
}

impl Decoder {
    /// A decoder for a Content-Encoding; one that is not known leaves the body as it is.
    pub(super) fn new(encoding: &str, sink: Sink) -> Self {
        match encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Self::Gzip(Box::new(MultiGzDecoder::new(sink))),
            "deflate" => Self::Deflate(sink),
            "br" => Self::Brotli(Box::new(DecompressorWriter::new(sink, 4096))),
            "zstd" if Zstd::<Sink>::IS_THERE => Self::Zstd(Box::new(Zstd::new(sink))),
            _ => Self::Plain(sink),
        }
    }

    /// Takes more of the body.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Self::Deflate(sink) = self {
            *self = deflate(std::mem::take(sink), bytes);
        }
        let is_stream = self.sink().is_stream();
        let to: &mut dyn Write = match self {
            Self::Plain(sink) | Self::Deflate(sink) => sink,
            Self::Gzip(decoder) => decoder,
            Self::Zlib(decoder) => decoder,
            Self::Raw(decoder) => decoder,
            Self::Brotli(decoder) => decoder,
            Self::Zstd(decoder) => decoder,
        };
        // Of a stream all that has come is looked at before there is more.
        let written = to.write_all(bytes).and_then(|()| if is_stream { to.flush() } else { Ok(()) });
        written.map_err(|error| self.failure(error))
    }

    /// The decoded body, once all of it was written.
    pub(super) fn finish(mut self) -> Result<Sink, Failure> {
        let result = match &mut self {
            Self::Plain(_) | Self::Deflate(_) => Ok(()),
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Zlib(decoder) => decoder.try_finish(),
            Self::Raw(decoder) => decoder.try_finish(),
            Self::Brotli(decoder) => decoder.close(),
            Self::Zstd(decoder) => decoder.finish(),
        };
        result.map_err(|error| self.failure(error))?;
        Ok(self.stop())
    }

    /// What was decoded so far, when nobody waits for the rest.
    pub(super) fn stop(mut self) -> Sink {
        std::mem::take(self.sink())
    }

    /// Where the decoded body goes.
    pub(super) fn sink(&mut self) -> &mut Sink {
        match self {
            Self::Plain(sink) | Self::Deflate(sink) => sink,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Zlib(decoder) => decoder.get_mut(),
            Self::Raw(decoder) => decoder.get_mut(),
            Self::Brotli(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
        }
    }

    fn failure(&mut self, source: io::Error) -> Failure {
        let encoding = match self {
            Self::Plain(_) => "identity",
            Self::Deflate(_) | Self::Zlib(_) | Self::Raw(_) => "deflate",
            Self::Gzip(_) => "gzip",
            Self::Brotli(_) => "br",
            Self::Zstd(_) => "zstd",
        };
        self.sink().failure().unwrap_or(Failure::Decode { encoding: encoding.into(), source })
    }
}

/// Servers mean zlib by `deflate` (RFC 9110), some send it raw.
fn deflate(sink: Sink, first: &[u8]) -> Decoder {
    let zlib = first.first().is_some_and(|byte| byte & 0x0f == 8);
    if zlib {
        Decoder::Zlib(Box::new(ZlibDecoder::new(sink)))
    } else {
        Decoder::Raw(Box::new(DeflateDecoder::new(sink)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    fn decode(encoding: &str, body: &[u8], limit: u64) -> Result<Vec<u8>, Failure> {
        let mut decoder = Decoder::new(encoding, Sink::memory(limit));
        for piece in body.chunks(3) {
            decoder.write(piece)?;
        }
        decoder.finish()?.finish().map(|whole| whole.body)
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).expect("a Vec takes everything");
        encoder.finish().expect("a Vec takes everything")
    }

    #[test]
    fn every_encoding_is_undone() {
        let body = b"hello hello hello";
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(body).and_then(|()| raw.write_all(body)).expect("a Vec takes everything");
        let (zlib, raw) = (zlib.finish().expect("finishes"), raw.finish().expect("finishes"));
        // `hello` as one uncompressed brotli meta-block.
        let brotli = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(decode("gzip", &gzip(body), 100).ok().as_deref(), Some(&body[..]));
        assert_eq!(decode("deflate", &zlib, 100).ok().as_deref(), Some(&body[..]));
        assert_eq!(decode("deflate", &raw, 100).ok().as_deref(), Some(&body[..]));
        assert_eq!(decode("br", &brotli, 100).ok().as_deref(), Some(&b"hello"[..]));
        assert_eq!(decode("unknown", body, 100).ok().as_deref(), Some(&body[..]));
    }

    #[test]
    fn a_bomb_is_stopped_while_it_unpacks() {
        let bomb = gzip(&vec![0; 10_000_000]);
        let failure = decode("gzip", &bomb, 50_000).expect_err("over the limit");
        assert!(matches!(failure, Failure::TooLarge { limit: 50_000, seen: 50_001..200_000, .. }), "{failure:?}");
    }

    #[test]
    fn broken_and_cut_bodies_are_told() {
        assert!(matches!(decode("gzip", b"no gzip at all", 100), Err(Failure::Decode { .. })));
        let whole = gzip(b"hello hello hello");
        assert!(matches!(decode("gzip", &whole[..whole.len() - 4], 100), Err(Failure::Decode { .. })));
    }
}
