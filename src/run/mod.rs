//! The runner: does what the step function commands, and tells it what came of it.
//!
//! It is a thin shell: it holds no rule of a workflow. Start with [`Runner`]; a test request of one task is
//! [`test_request`]. A run that must survive its process is written down by a [`Recorder`], and taken up again by
//! [`Runner::replay`] and [`Runner::resume`].

#[cfg(test)]
mod authorize_tests;
mod drive;
mod ensure;
#[cfg(feature = "journal")]
pub mod journal;
mod observe;
mod record;
mod recorder;
mod replay;
mod resume;
mod runner;
mod seed;
mod signal;
mod span;
mod test_request;
#[cfg(feature = "test-workflow")]
pub mod test_workflow;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod turns_tests;
mod under_way;

pub use ensure::{Looked, look_up, look_up_of};
pub use observe::{Observer, Progress, Silent};
pub use recorder::{Recorder, Sink};
pub use replay::ReplayError;
pub use resume::{Decision, Resumed, Unknown};
pub use runner::{Ending, RecordedError, Run, Runner};
pub use seed::{Generator, Seed};
pub use signal::{Signal, Signals};
pub use test_request::{Inspection, TestError, TestRequest, target, test_request};
