//! Search over the operations of a catalogue: names, titles, paths, tags and fields, by words, their beginnings and their
//! misspellings.
//!
//! An [`Index`] is a block of bytes that is built once and searched as it is: nothing is read apart when it is opened. Ranking
//! is BM25 over weighted fields. Start with [`Index::build`] and [`Index::search`].

mod build;
mod layout;
mod rank;
mod record;
mod typo;
mod words;

pub use layout::{Index, IndexError};
pub use rank::{Hit, Query};
pub use record::Record;

#[cfg(test)]
mod tests;
