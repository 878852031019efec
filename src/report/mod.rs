//! What a run or a test request says when it is over: for people, for programs, and as a Conductor server stores it.
//!
//! Everything here is masked by the [`Redactor`](crate::secret::Redactor) before it is given away; nothing prints.

#[cfg(feature = "record")]
pub mod curl;
mod execution;
mod har;
mod human;
mod json;
mod junit;
mod paint;
mod policy;
mod sarif;
mod test_request;
mod workflow_tests;

pub use execution::execution;
pub use har::{run_har, test_har};
pub use human::{progress_line, run_summary};
pub use json::{diagnostic, run_json, test_json};
pub use junit::{run_junit, test_junit, tests_junit};
pub use paint::Paint;
pub use policy::duration_ms;
pub use sarif::sarif;
pub use test_request::{Level, test_summary};
pub use workflow_tests::{tests_json, tests_summary};
