//! What a run or a test request says when it is over: for people, for programs, and as a Conductor server stores it.
//!
//! Everything here is masked by the [`Redactor`](crate::secret::Redactor) before it is given away; nothing prints.

#[cfg(feature = "record")]
pub mod curl;
mod execution;
#[cfg(feature = "record")]
pub mod har;
mod human;
mod json;
#[cfg(feature = "test-workflow")]
pub mod junit;
mod paint;
mod policy;
#[cfg(feature = "author")]
pub mod sarif;
mod test_request;
#[cfg(feature = "author")]
pub mod uri_path;
#[cfg(feature = "test-workflow")]
pub mod workflow_tests;

pub use execution::execution;
pub use human::{progress_line, run_summary};
pub use json::{diagnostic, run_json, test_json};
pub use paint::Paint;
pub use policy::duration_ms;
pub use test_request::{Level, test_summary};
