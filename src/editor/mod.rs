//! What an editor does with a definition, as plain data without a protocol: the command, the language server and the page
//! call the same functions.
//!
//! Nothing here reads or writes a file: a change is a list of [`Edit`](crate::source::edit::Edit)s, which a caller carries
//! out as one step that can be undone. Start with [`insert_task`].

mod insert_task;
mod place;
mod workflow;

pub use insert_task::{InsertError, Inserted, insert_task};
pub use place::Place;
pub use workflow::new_workflow;
