//! `--log` where the program was built without it.

use super::args::{LogArgs, LogFormat};
use super::exit::Stop;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::http::Transport;
use std::sync::Arc;

/// Refuses what this program cannot do.
pub(crate) fn begin(args: &LogArgs) -> Result<impl Sized, Stop> {
    if args.asked().is_none() {
        return Ok(());
    }
    let form = match args.log_format {
        LogFormat::Text => "lines for people",
        LogFormat::Json => "JSON lines",
    };
    let message = format!("this program was built without --log, and writes no {form}");
    Err(Diagnostic::new(codes::E0623, message).help("build it with the feature `log`, which `cli` has").into())
}

/// The transport as it is.
#[expect(clippy::unnecessary_wraps, reason = "with OpenTelemetry a variable may be wrong")]
pub(crate) fn propagating(transport: Arc<dyn Transport>) -> Result<Arc<dyn Transport>, Stop> {
    Ok(transport)
}
