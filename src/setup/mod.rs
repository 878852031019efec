//! What a definition is run with: the environment of its project, its secrets and input, the network, and where requests go.
//!
//! The command and the language server ask here, so that both run the same engine in the same way. Nothing here prints.
//! Start with [`environment`] and [`Target`].

mod data;
mod environment;
mod ledger;
mod network;
#[cfg(feature = "record")]
pub mod placeholders;
pub mod refusals;
pub mod secrets;
#[cfg(feature = "author")]
pub mod shelf;
mod target;

pub use data::{data, object};
pub use environment::{env_file, environment, host_secrets, input};
pub use ledger::{ledger, ledger_unusable, with_ledger};
pub use network::client;
pub use target::Target;
