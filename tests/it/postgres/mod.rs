//! A real PostgreSQL server, for the tests that share a ledger between processes.

#[expect(dead_code, reason = "the unit tests use the rest of it")]
pub(crate) mod scratch;
