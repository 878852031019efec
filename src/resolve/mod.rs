//! `${…}` expressions and Handlebars templates: text in a definition becomes a value of a run.
//!
//! Everything is parsed once, into a [`Template`]; a run only walks it over its [`Scope`].
//! Secrets stay references: a [`Resolved`] value holds their literal text and knows exactly where each one stands.

mod expression;
mod input_name;
mod java_hash;
pub(crate) mod java_text;
mod nearest;
mod node;
mod path;
mod problem;
mod registration;
mod request;
#[expect(clippy::module_inception, reason = "the verb of this module has a file of its own")]
mod resolve;
mod resolved;
mod scope;
mod template;
mod text;
mod trace;
mod uri;

pub use expression::{Expression, ExpressionError};
pub use input_name::input_name;
pub(crate) use java_hash::hash_ordered;
pub use java_text::java_text;
pub use path::PathError;
pub use problem::TemplateProblem;
pub use registration::{Refusal, RegistrationProblem, refusals};
pub use request::RequestTemplate;
pub use resolve::{Context, Missing};
pub use resolved::{Resolved, SecretSlot, UnsetSecret};
pub(crate) use scope::nothing;
pub use scope::{Scope, TaskState, TaskStatus, WorkflowState, WorkflowStatus};
pub use template::{ExpressionUse, Template};
pub use text::holes;
pub use trace::{ExplainedStep, Explanation, Origin, explain};
pub use uri::Encoding;

#[cfg(test)]
mod tests;
