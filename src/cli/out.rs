//! Standard output and standard error. A reader that went away (`| head`) is no error.

use std::io::{self, Write};

/// Writes data to standard output.
pub(crate) fn data(text: &str) -> io::Result<()> {
    silent_when_closed(write_all(io::stdout().lock(), text))
}

/// Writes what is said to people to standard error; when that fails, nobody can be told.
pub(crate) fn say(text: &str) {
    let _ = write_all(io::stderr().lock(), text);
}

/// Writes to standard error as it is, without a line end: what moves the cursor.
pub(crate) fn write_raw(text: &str) {
    let mut to = io::stderr().lock();
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

fn write_all(mut to: impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        to.write_all(b"\n")?;
    }
    to.flush()
}

fn silent_when_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(err) if err.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
