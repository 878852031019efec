//! Standard output and standard error. A reader that went away (`| head`) is no error.

use legwork::secret::Redactor;
use std::io::{self, Write};
use std::sync::OnceLock;

/// Masks what is said to people: the last one to look at it.
static REDACTOR: OnceLock<Redactor> = OnceLock::new();

/// Masks from now on what the redactor knows, and what it learns.
pub(crate) fn mask_with(redactor: Redactor) {
    // The first one counts: a process runs one command.
    let _ = REDACTOR.set(redactor);
}

/// Has a panic say what it says without secrets.
pub(crate) fn mask_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        let told = "this is a bug: please report it with the command and this message";
        say(&format!("legwork panicked{place}: {message}\n{told}"));
    }));
}

/// Writes data to standard output.
pub(crate) fn data(text: &str) -> io::Result<()> {
    silent_when_closed(write_all(io::stdout().lock(), text))
}

/// Writes what is said to people to standard error; when that fails, nobody can be told.
pub(crate) fn say(text: &str) {
    let masked = REDACTOR.get().map(|redactor| redactor.redact(text));
    let _ = write_all(io::stderr().lock(), masked.as_deref().unwrap_or(text));
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
