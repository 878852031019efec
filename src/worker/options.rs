//! How a worker works.

use std::path::PathBuf;
use std::time::Duration;

/// How a worker works.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most tasks at once, 64 unless told.
    pub concurrency: usize,
    /// The name that the server shows for it.
    pub worker_id: String,
    /// The longest time between two polls of an empty queue, a second unless told.
    pub idle: Duration,
    /// How long what is under way may take once it is told to stop, 25 seconds unless told.
    pub drain: Duration,
    /// Whether task definitions that the server does not have are registered there.
    pub registers: Register,
    /// The file that remembers what was begun, and what was not delivered.
    pub journal: Option<PathBuf>,
}

/// Whether task definitions are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    /// Those that the server does not have.
    Missing,
    /// None.
    Nothing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 64,
            worker_id: "legwork".to_owned(),
            idle: Duration::from_secs(1),
            drain: Duration::from_secs(25),
            registers: Register::Missing,
            journal: None,
        }
    }
}
