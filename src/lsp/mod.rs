//! The language server: what the editor says, over the Language Server Protocol, and test requests from the editor.
//!
//! One thread takes the messages in their order and edits the documents; a few answer requests, each about one version that never
//! changes; requests that are sent wait in a runtime of their own. Nothing but protocol is ever written to the client, and
//! everything that is written is masked. Start with [`stdio`], then `server`.

mod capabilities;
mod client;
mod commands;
mod convert;
mod document;
mod documents;
mod home;
mod in_flight;
mod outbox;
mod pool;
mod position;
mod protocol;
mod requests;
mod runs;
mod server;
mod settings;
mod shelves;
mod uri;
mod view;
mod workspace;

pub use protocol::Connection;

use protocol::IoThreads;
use std::io;
use std::net::SocketAddr;

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client shut the server down, and said goodbye.
    Well,
    /// The client went away, or said goodbye without shutting it down.
    WithoutShutdown,
}

/// Why there was no conversation.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The client did not begin with `initialize`.
    #[error("the client did not initialize the server: {0}")]
    NotInitialized(String),
    /// The address cannot be listened on, or the stream broke.
    #[error("the connection to the client failed")]
    Connection(#[from] io::Error),
}

/// Serves the client at standard input and output until it ends the conversation.
///
/// # Errors
/// [`ServeError`].
pub fn stdio() -> Result<Ended, ServeError> {
    let (connection, threads) = Connection::stdio();
    joined(server::serve(connection), threads)
}

/// Waits at an address for one client, and serves it until it ends the conversation.
///
/// # Errors
/// [`ServeError`].
pub fn socket(address: SocketAddr) -> Result<Ended, ServeError> {
    let (connection, threads) = Connection::listen(address)?;
    joined(server::serve(connection), threads)
}

/// Serves a client that is connected already: one in this process.
///
/// # Errors
/// [`ServeError::NotInitialized`].
pub fn serve(connection: Connection) -> Result<Ended, ServeError> {
    server::serve(connection)
}

/// What was answered last is written before the end; a client that is gone reads nothing, and is waited for by nobody.
fn joined(ended: Result<Ended, ServeError>, threads: IoThreads) -> Result<Ended, ServeError> {
    if matches!(ended, Ok(Ended::Well)) {
        threads.join()?;
    }
    ended
}
