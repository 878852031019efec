//! Legwork makes a workflow's HTTP calls typed, testable and safe.
//!
//! The modules are declared in reading order, which is also layer order: a module imports only modules declared above it.

// Core: pure. No files, environment, clock, network or threads.
pub mod source;

pub mod diagnostic;

pub mod secret;

pub mod definition;

pub mod schema;

pub mod resolve;

pub mod catalogue;

pub use catalogue::define;

#[cfg(feature = "openapi")]
pub mod draft;

#[cfg(feature = "openapi")]
pub mod openapi;

pub mod sandbox;

pub mod plan;

pub mod decide;

#[cfg(feature = "graph")]
pub mod graph;

#[cfg(feature = "editor")]
pub mod editor;

// Engine: files, tokio and sockets.
#[cfg(feature = "engine")]
pub mod host;

#[cfg(feature = "engine")]
pub mod metrics;

#[cfg(feature = "engine")]
pub mod http;

#[cfg(feature = "engine")]
pub mod serve;

#[cfg(feature = "record")]
pub mod record;

#[cfg(feature = "engine")]
pub mod task;

#[cfg(feature = "engine")]
pub mod run;

#[cfg(feature = "engine")]
pub mod report;

#[cfg(feature = "engine")]
pub mod setup;

#[cfg(feature = "engine")]
pub mod blocking;

#[cfg(feature = "worker")]
pub mod conductor;

// Doors: one feature each, never importing one another.
#[cfg(feature = "import")]
pub mod import;

#[cfg(feature = "lsp")]
pub mod lsp;

#[cfg(feature = "worker")]
pub mod worker;

#[cfg(feature = "otel")]
pub mod otel;

#[cfg(feature = "engine")]
mod readme;
