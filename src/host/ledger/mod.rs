//! The binding ledger: which of our keys is bound to which id of an API, for good, in one SQLite file that processes share, or in a PostgreSQL
//! database that machines share.
//!
//! A binding begins as an *intent*, on disk before the call that makes the thing is sent, and ends *bound*, with the id. Both ways are
//! unique: a key has one id, an id one key, and so has the natural key (an e-mail address, say) that the API knows the thing by.
//! It never sends anything: whoever reserves a key sends, looks up, and says what came of it. Start with [`Ledger::reserve`].
//!
//! **Who may send.** Whoever reserves a key holds it ([`Hold`]) until it is bound, given up, or its process is gone; others are told
//! [`Reserved::Busy`] and wait. Whether a holder lives is asked of the operating system: it keeps a file of its own locked, and the
//! lock goes with the process however that ends, at once and without any clock. A lease that runs out by the clock would be wrong both
//! ways: too long for a process that was killed, and too short for one that was stopped or whose call takes longer, which would then
//! come back and send after somebody else has. A key whose holder is gone is taken over, and its intent says that the call may have been
//! made: it is looked up before anything is sent. As `SQLite` itself, the file is for processes of one machine on a local disk;
//! `server.rs` says how the same holds in a database.

mod either;
mod error;
#[cfg(feature = "journal")]
mod file;
#[path = "absent.rs"]
#[cfg(not(feature = "journal"))]
mod file;
#[cfg(feature = "journal")]
mod holder;
#[cfg(feature = "journal")]
mod open;
mod place;
mod server;
#[cfg(test)]
mod tests;

pub use either::{Hold, Ledger};
pub use error::LedgerError;
pub use place::Place;

use serde_json::{Map, Value};

/// What a thing is known by before it has an id.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    /// The operation that makes it: keys of different operations never meet.
    pub task: String,
    /// The API, as the origin of its URIs: keys of different APIs never meet.
    pub origin: String,
    /// Our key.
    pub key: String,
    /// What the API knows it by.
    pub natural_key: String,
    /// The input of the look-up that finds it.
    pub lookup: Map<String, Value>,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The realm, the operation, and the API.
    pub realm: String,
    /// The operation.
    pub task: String,
    /// Our key.
    pub key: String,
    /// What the API knows it by.
    pub natural_key: String,
    /// Its id; `None` of an intent: a call may have been made, and nobody knows.
    pub id: Option<String>,
    /// What was kept of the API's answer: `{"/id": …}` by pointer.
    pub kept: Map<String, Value>,
    /// When the intent was written, milliseconds since 1970.
    pub intended_ms: i64,
    /// When it was bound.
    pub bound_ms: Option<i64>,
}

/// What came of asking for a key.
#[derive(Debug)]
pub enum Reserved {
    /// It is bound: there is nothing to send.
    Bound(Binding),
    /// It is ours: send, and say what came of it.
    Held(Hold),
    /// Somebody who lives holds it.
    Busy,
    /// The natural key belongs to another key of ours.
    Taken {
        /// That key.
        key: String,
    },
}

/// What came of binding.
#[derive(Debug, PartialEq, Eq)]
pub enum Bound {
    /// It is bound, for good.
    Bound,
    /// The id is bound to another key of ours.
    Clash {
        /// That key.
        key: String,
    },
}
