//! Entries whose schema comes from Rust types: the types, for embedders too, and the rules that types cannot say.

pub mod zoom;
