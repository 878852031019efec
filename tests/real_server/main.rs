//! The same definitions on a real Conductor server and here, with the same results.
//!
//! `.ci/with-conductor cargo test --test real_server` starts a server and runs this beside it; a plain `cargo test` leaves it
//! out. The definitions are `tests/conductor/*.yaml`, the shipped examples, the prepared form of every built-in
//! operation, and a workflow that the commands alone have put together.

mod authored;
mod case;
mod compare;
mod definitions;
mod mock;
mod ours;
mod outside;
mod server;
mod shipped;
#[cfg(feature = "worker")]
mod worker;
