//! Zstandard where it was not built in: it is not asked for, and a body in it is left as it is.

use std::io::{self, Write};

/// What a server may answer in.
pub(crate) const ENCODINGS: &str = "gzip, deflate, br";

/// No decoder: what it is given stays as it is.
pub(super) struct Zstd<W>(W);

impl<W: Write> Zstd<W> {
    /// Whether it was built in.
    pub(super) const IS_THERE: bool = false;

    pub(super) fn new(sink: W) -> Self {
        Self(sink)
    }

    pub(super) fn get_mut(&mut self) -> &mut W {
        &mut self.0
    }

    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write> Write for Zstd<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
