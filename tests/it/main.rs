//! The one integration binary: each module tests one side of the program from outside.

mod cases;
mod cli;
mod command;
mod definitions;
#[cfg(feature = "journal")]
mod durable;
#[cfg(feature = "journal")]
mod ensure;
mod faults;
mod fuzz;
#[cfg(feature = "import")]
mod importing;
mod insertions;
mod limits;
#[cfg(feature = "lsp")]
mod lsp;
#[cfg(feature = "import")]
mod openapi;
mod pages;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod properties;
mod questions;
mod readme;
#[cfg(feature = "record")]
pub(crate) mod recording;
mod resolve;
mod schema;
#[cfg(feature = "log")]
mod telemetry;
mod tidy;
#[cfg(feature = "worker")]
mod worker;
