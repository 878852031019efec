//! A program that was built without OpenTelemetry exports nothing.

use crate::cli::exit::Stop;
use legwork::http::Transport;
use std::sync::Arc;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::Layer;

/// What makes events of spans; there is none.
type Spans = ((), Box<dyn Layer<Registry> + Send + Sync>);

/// Nothing.
#[expect(clippy::unnecessary_wraps, reason = "with OpenTelemetry a variable may be wrong")]
pub(super) fn begin() -> Result<Option<Spans>, Stop> {
    Ok(None)
}

/// The transport as it is.
#[expect(clippy::unnecessary_wraps, reason = "with OpenTelemetry a variable may be wrong")]
pub(super) fn propagating(transport: Arc<dyn Transport>) -> Result<Arc<dyn Transport>, Stop> {
    Ok(transport)
}
