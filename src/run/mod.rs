//! The runner: does what the step function commands, and tells it what came of it.
//!
//! It is a thin shell: it holds no rule of a workflow. Start with [`Runner`]; a test request of one task is
//! [`test_request`].

mod drive;
mod observe;
mod runner;
mod seed;
mod signal;
mod test_request;

pub use observe::{Observer, Progress, Silent};
pub use runner::{Ending, Run, Runner};
pub use seed::{Generator, Seed};
pub use signal::{Signal, Signals};
pub use test_request::{Inspection, TestError, TestRequest, target, test_request};
