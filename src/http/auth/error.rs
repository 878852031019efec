//! Why a request has no credential, and what that makes of its task.

use crate::http::classify::{Kind, Resend};
use crate::http::request::RequestError;
use crate::http::result::CallResult;
use crate::http::retry_after::NotBefore;
use crate::http::transport::Failure;
use crate::resolve::TaskStatus;
use serde_json::json;
use std::sync::Arc;

/// Why there is no credential. The request itself was not sent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuthError {
    /// A secret is not set, or cannot be used: nothing was sent at all.
    #[error(transparent)]
    Unusable(#[from] RequestError),
    /// The token's URL gave no usable answer.
    #[error("no token from {uri}")]
    NoAnswer {
        /// The token's URL.
        uri: Box<str>,
        /// Why there is none.
        #[source]
        source: Arc<Failure>,
    },
    /// It was answered with something other than a token.
    #[error("no token from {uri}: it answered {status}{told}")]
    Refused {
        /// The token's URL.
        uri: Box<str>,
        /// The status.
        status: u16,
        /// What the answer says about it, masked: `: invalid_client`.
        told: Box<str>,
        /// When it may be asked again at the earliest.
        not_before: Option<NotBefore>,
    },
}

impl AuthError {
    /// The kind of the error in events.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unusable(_) => "unusable",
            Self::NoAnswer { .. } => "no_answer",
            Self::Refused { .. } => "refused",
        }
    }

    /// Whether asking again may help. The call itself was not made, so that does no harm.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unusable(_) => false,
            Self::NoAnswer { source, .. } => !matches!(
                **source,
                Failure::Tls { .. }
                    | Failure::TooLarge { .. }
                    | Failure::Decode { .. }
                    | Failure::NoEntry { .. }
                    | Failure::NoRecording { .. }
            ),
            Self::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502..=504),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::NoAnswer { source, .. } => format!("{self}: {}", source.sentence()),
            _ => self.to_string(),
        }
    }
}

impl From<AuthError> for CallResult {
    /// The outcome of a call that was not made because it has no credential.
    fn from(error: AuthError) -> Self {
        let (status_code, not_before) = match error {
            AuthError::Unusable(refused) => {
                return Self { refused: Some(Box::new(refused.clone())), ..Self::from(&refused) };
            }
            AuthError::NoAnswer { .. } => (None, None),
            AuthError::Refused { status, not_before, .. } => (Some(status), not_before),
        };
        let kind = "credentials";
        let output = json!({"error": error.sentence(), "kind": kind});
        let mut result = Self::new(TaskStatus::Failed, output, Some(error.sentence()));
        result.kind = Some(Kind::Named(kind.into()));
        result.resend = if error.is_retryable() { Resend::Safe } else { Resend::Never };
        result.not_before = not_before.filter(|_| result.resend == Resend::Safe);
        result.status_code = status_code;
        result
    }
}
