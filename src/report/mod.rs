//! What a run or a test request says when it is over: for people, for programs, and as a Conductor server stores it.
//!
//! Everything here is masked by the [`Redactor`](crate::secret::Redactor) before it is given away; nothing prints.

mod execution;
mod human;
mod json;
mod paint;
mod policy;
mod test_request;

pub use execution::execution;
pub use human::{progress_line, run_summary};
pub use json::{diagnostic, run_json, test_json};
pub use paint::Paint;
pub use test_request::{Level, test_summary};
