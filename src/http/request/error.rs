//! Why there is no request.

use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::UnsetSecret;
use crate::source::Pointer;

/// Why nothing can be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The input breaks a rule; nothing is sent.
    #[error("{}", .0.message)]
    Refused(Box<Refusal>),
    /// A secret that the request needs is not set.
    #[error(transparent)]
    UnsetSecret(#[from] UnsetSecret),
    /// A Conductor server fails the task.
    #[error("{reason}")]
    Failed {
        /// The task's reasonForIncompletion.
        reason: Box<str>,
        /// The task's `output.response`, a Java exception's text; `None` when the server leaves the output empty.
        response: Option<Box<str>>,
    },
    /// A Conductor server never gets to run the task: it stays SCHEDULED.
    #[error("the input cannot be read as a request; a Conductor server leaves the task SCHEDULED for ever")]
    NeverRuns,
}

/// A rule that an input breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule's code.
    pub code: Code,
    /// Where in the task's input it is broken.
    pub pointer: Pointer,
    /// One sentence: what is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Refusal {
    /// The refusal as a diagnostic without a place in a file; the caller looks the pointer up.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::new(self.code, self.message.clone()).help(self.help.clone()).pointer(self.pointer.clone())
    }
}

impl RequestError {
    /// `Failed to invoke HTTP task due to: <class>: <message>`.
    pub(super) fn java(class: &str, message: &str) -> Self {
        let text = format!("{class}: {message}");
        let reason = format!("Failed to invoke HTTP task due to: {text}").into();
        Self::Failed { reason, response: Some(text.into()) }
    }
}

/// The error of an input that breaks a rule.
pub(super) fn refuse(
    code: Code,
    pointer: &Pointer,
    message: impl Into<String>,
    help: impl Into<String>,
) -> RequestError {
    let (message, help) = (message.into(), help.into());
    RequestError::Refused(Box::new(Refusal { code, pointer: pointer.clone(), message, help }))
}
