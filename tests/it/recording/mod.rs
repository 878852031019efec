//! Calls written down, answered from what was written, compared with it, and written as curl commands.

mod curl;
mod drift;
mod replay;
pub(crate) mod server;
