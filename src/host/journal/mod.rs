//! What a durable run is kept in: records, and everything that can be wrong with them.
//!
//! Start with [`file::JournalFile`], which needs the feature `journal`.

mod error;
#[cfg(feature = "journal")]
pub mod file;

pub use error::JournalError;

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: i64 = 1;

/// A record to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// What it is, a word.
    pub kind: &'static str,
    /// Everything else, JSON.
    pub content: String,
}

/// A record as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldRecord {
    /// Its number, from 1.
    pub number: i64,
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// What it is, a word.
    pub kind: String,
    /// Everything else, JSON.
    pub content: String,
}
