//! What the sandbox answers.

use super::fill::Values;
use crate::catalogue::Answer;
use serde_json::Value;

/// What the sandbox does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SandboxAnswer {
    /// It answers.
    Reply(SandboxReply),
    /// It closes the connection without an answer.
    Close {
        /// After so many milliseconds.
        delay_ms: u64,
    },
    /// No entry has that method and path: nothing may be sent.
    NoEntry {
        /// The method.
        method: String,
        /// The path.
        path: String,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxReply {
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body; may be empty.
    pub body: Vec<u8>,
    /// How many milliseconds it takes.
    pub delay_ms: u64,
}

/// An answer before its common headers.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    pub(super) headers: Vec<(String, String)>,
}

impl Outcome {
    pub(super) fn new(status: u16, body: Option<Value>) -> Self {
        Self { status, body, headers: Vec::new() }
    }

    pub(super) fn finish(self, mut headers: Vec<(String, String)>, delay_ms: u64) -> SandboxReply {
        let body = self.body.filter(|_| !matches!(self.status, 204 | 304)).map(|body| body.to_string().into_bytes());
        if body.is_some() {
            headers.insert(0, ("Content-Type".to_owned(), "application/json;charset=UTF-8".to_owned()));
        }
        headers.extend(self.headers);
        SandboxReply { status: self.status, headers, body: body.unwrap_or_default(), delay_ms }
    }
}

/// A written answer with its values.
pub(super) fn filled(answer: &Answer, values: &Values) -> Outcome {
    let headers = answer.headers.iter().map(|(name, text)| (name.clone(), values.text(text))).collect();
    Outcome { status: answer.status, body: answer.body.as_ref().map(|body| values.fill(body)), headers }
}
