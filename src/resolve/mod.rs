//! `${…}` expressions and Handlebars templates: text in a definition becomes a value of a run.
//!
//! Everything is parsed once, into a [`Template`]; a run only walks it over its [`Scope`].
//! Secrets stay references: a [`Resolved`] value holds their literal text and knows exactly where each one stands.

mod scope;

pub use scope::{Scope, TaskState, TaskStatus, WorkflowState, WorkflowStatus};
