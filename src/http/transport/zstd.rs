//! Zstandard (RFC 8878): frames are decoded block by block as they come, so that no bomb unpacks beyond the limit.

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Write};

/// What a server may answer in.
pub(crate) const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// The largest window that is kept (RFC 9659 allows no more over HTTP), and the largest block.
const WINDOW: u64 = 8 * 1024 * 1024;
const BLOCK: usize = 128 * 1024;

/// A decoder that is written to.
pub(super) struct Zstd<W> {
    frame: Box<FrameDecoder>,
    /// Came, and is not whole yet.
    pending: Vec<u8>,
    place: Place,
    sink: W,
}

/// What comes next.
enum Place {
    /// The head of a frame.
    Head,
    /// So many bytes that mean nothing.
    Skip(usize),
    /// A block; whether a checksum follows the last one.
    Block { checksum: bool },
}

impl<W: Write> Zstd<W> {
    /// Whether it was built in.
    pub(super) const IS_THERE: bool = true;

    pub(super) fn new(sink: W) -> Self {
        let mut frame = Box::new(FrameDecoder::new());
        frame.set_max_window_size(WINDOW);
        Self { frame, pending: Vec::new(), place: Place::Head, sink }
    }

    pub(super) fn get_mut(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Sees that nothing is missing.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match self.place {
            Place::Head if self.pending.is_empty() => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Takes the next part from what is pending; `false` when it is not whole yet.
    fn step(&mut self) -> io::Result<bool> {
        let bytes = &*self.pending;
        let used = match &mut self.place {
            Place::Skip(left) => {
                let used = bytes.len().min(*left);
                *left -= used;
                if *left == 0 {
                    self.place = Place::Head;
                }
                (used > 0).then_some(used)
            }
            Place::Head => self.head()?,
            Place::Block { checksum } => {
                let checksum = *checksum;
                self.block(checksum)?
            }
        };
        self.pending.drain(..used.unwrap_or_default());
        Ok(used.is_some() && !self.pending.is_empty())
    }

    /// The head of a frame, or of something to be skipped.
    fn head(&mut self) -> io::Result<Option<usize>> {
        let [a, b, c, d, rest @ ..] = &*self.pending else { return Ok(None) };
        if matches!(u32::from_le_bytes([*a, *b, *c, *d]), 0x184D_2A50..=0x184D_2A5F) {
            let Some(length) = rest.first_chunk() else { return Ok(None) };
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            self.place = if length == 0 { Place::Head } else { Place::Skip(length) };
            return Ok(Some(8));
        }
        let Some(descriptor) = rest.first() else { return Ok(None) };
        let is_single = descriptor & 0x20 != 0;
        let content = [usize::from(is_single), 2, 4, 8].get(usize::from(descriptor >> 6)).copied().unwrap_or_default();
        let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or_default();
        let length = 5 + usize::from(!is_single) + dictionary + content;
        let Some(head) = self.pending.get(..length) else { return Ok(None) };
        self.frame.reset(head).map_err(io::Error::other)?;
        self.place = Place::Block { checksum: descriptor & 4 != 0 };
        Ok(Some(length))
    }

    fn block(&mut self, checksum: bool) -> io::Result<Option<usize>> {
        let Some(&[a, b, c]) = self.pending.first_chunk() else { return Ok(None) };
        let header = u32::from_le_bytes([a, b, c, 0]);
        let (is_last, is_repeated) = (header & 1 == 1, (header >> 1) & 3 == 1);
        let size = usize::try_from(header >> 3).unwrap_or(usize::MAX);
        if size > BLOCK {
            return Err(io::Error::other("a block is larger than 128 KiB"));
        }
        let length = 3 + if is_repeated { 1 } else { size } + if is_last && checksum { 4 } else { 0 };
        let Some(mut block) = self.pending.get(..length) else { return Ok(None) };
        self.frame.decode_blocks(&mut block, BlockDecodingStrategy::UptoBlocks(1)).map_err(io::Error::other)?;
        self.frame.collect_to_writer(&mut self.sink)?;
        if is_last {
            self.place = Place::Head;
        }
        Ok(Some(length))
    }
}

impl<W: Write> Write for Zstd<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        while self.step()? {}
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    #[track_caller]
    fn check(packed: &[u8], expected: Option<&[u8]>) {
        for size in [1, 7, 100_000] {
            let mut decoder = Zstd::new(Vec::new());
            let written = packed.chunks(size).try_for_each(|piece| decoder.write_all(piece));
            let whole = written.and_then(|()| decoder.finish()).is_ok();
            assert_eq!(whole.then_some(decoder.get_mut().as_slice()), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn frames_are_decoded_whatever_their_pieces() {
        let text: Vec<u8> = (0..300_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
        let packed = compress_to_vec(&*text, CompressionLevel::Fastest);
        check(&packed, Some(&text));
        let skipped = [&[0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3], &*packed, &*packed].concat();
        check(&skipped, Some(&[&*text, &*text].concat()));
        check(&packed[..packed.len() - 1], None);
        check(b"no zstd at all", None);
        check(b"", Some(b""));
    }

    #[test]
    fn a_window_or_block_beyond_the_limit_is_refused() {
        // A window of 16 MiB.
        check(&[0x28, 0xB5, 0x2F, 0xFD, 0, 14 << 3], None);
        check(&[0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0xFD, 0xFF, 0xFF], None);
    }
}
