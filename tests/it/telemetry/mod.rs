//! What a process tells of itself: logs, spans and metrics, none of which holds a secret.

mod layer;
mod log;
mod metrics;
#[cfg(feature = "otel")]
mod otel;
mod server;

/// A secret that the test's server gives back wherever it can.
const CANARY: &str = "canary-7fK2mQ9xL4";
