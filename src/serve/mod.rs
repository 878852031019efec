//! The sandbox as a server: in process for a run, over a socket for everybody else.
//!
//! [`SandboxTransport`] plays the network inside the process, [`listen`] puts the same sandbox on a socket. Both hand the request to the
//! pure `Sandbox` and do what it cannot do itself: wait, and close a connection. [`expose`] answers `/metrics` on a listener of its own.

mod health;
mod listen;
mod metrics;
mod remote;
mod transport;

pub use health::{Health, State};
pub use listen::{Listening, ServeError, expose, expose_health, listen, listen_counted};
pub use remote::RemoteSandbox;
pub use transport::SandboxTransport;

use crate::sandbox::Sandbox;
use std::sync::{Arc, Mutex};

/// A sandbox that several connections or runs share.
pub type SharedSandbox = Arc<Mutex<Sandbox>>;
