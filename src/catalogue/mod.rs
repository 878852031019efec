//! The catalogue: task definitions that hold a request, by name.

pub mod typed;

pub use typed::zoom;
