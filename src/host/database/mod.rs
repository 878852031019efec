//! A PostgreSQL database that several machines share: what the ledger and the rate limits are kept in beyond one machine.
//!
//! A [`Database`] is one session, opened again whenever it is lost. It gives statements and rows, and knows nothing of what they mean, but for
//! the tables. **Every statement may be carried out twice**: one whose answer was lost with its connection is sent again. Nothing is ever
//! asked within a transaction, so a process that stops in the middle of something holds nobody up.
//!
//! Others can see whether a session lives: it holds the advisory lock of its number, which goes with it. Start with [`Database::open`].

mod address;
mod cell;
mod error;
#[cfg(feature = "postgres")]
mod link;
#[path = "absent.rs"]
#[cfg(not(feature = "postgres"))]
mod link;
#[cfg(feature = "postgres")]
mod schema;
#[cfg(feature = "postgres")]
mod session;

/// A real server for tests.
#[cfg(test)]
#[path = "../../../tests/it/postgres/scratch.rs"]
pub(crate) mod scratch;

pub use address::Address;
pub use cell::{Cell, Row};
pub use error::DatabaseError;
pub use link::Database;
