//! JSON Schema by its own test suite.

mod suite;
