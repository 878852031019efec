//! Calls that were made once and answer for ever: recording, replay, and what an API changed since.
//!
//! A [`Recorder`] stands before another transport and writes each exchange into a file of its own, masked; a [`Replay`] stands in
//! the place of the network and answers from such files. [`Drift`] is what differs between two recordings, or between one and the
//! schemas of the catalogue. Nothing here holds a secret, and nothing asks for one. Start with `exchange.rs`: it is what a file holds.

mod asked;
mod body;
mod compare;
mod drift;
mod exchange;
mod failure;
mod folder;
mod name;
mod recorder;
mod replay;
mod shape;

pub use drift::{Change, Drift, Finding, between, with_schemas};
pub use exchange::{Malformed, Recorded};
pub use folder::{FolderError, load, prepare};
pub use recorder::Recorder;
pub use replay::Replay;
