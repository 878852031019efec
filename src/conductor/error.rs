//! Why the server did not do what it was asked for.

use crate::http::{Failure, RequestError};
use std::sync::Arc;

/// Why the server did not do what it was asked for.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The request cannot be built: a name that cannot stand in a URL, a token with a line end.
    #[error("ask the Conductor server")]
    Request(#[source] RequestError),
    /// No answer came.
    #[error("the Conductor server at {url} does not answer: {}", source.sentence())]
    NoAnswer {
        /// The URL of its API.
        url: Box<str>,
        /// What happened instead.
        #[source]
        source: Arc<Failure>,
    },
    /// It answered with another status than 2xx.
    #[error("the Conductor server answers {method} {path} with {status}{}", after(told))]
    Refused {
        /// The method.
        method: &'static str,
        /// The path below `/api`.
        path: Box<str>,
        /// The status.
        status: u16,
        /// Its own words, masked.
        told: Box<str>,
    },
    /// The access key gives no token.
    #[error("the Conductor server gives no token for the access key: it answers {status}")]
    NoToken {
        /// The status of its answer.
        status: u16,
    },
    /// Its answer is not what it should be.
    #[error("the answer of the Conductor server to {path} cannot be read")]
    Unreadable {
        /// The path below `/api`.
        path: Box<str>,
        /// Why.
        #[source]
        source: Arc<serde_json::Error>,
    },
}

impl ApiError {
    /// Whether the same request may well be taken later: no answer came, the server has failed, or asks for patience.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::Unreadable { .. } => true,
            Self::Refused { status, .. } | Self::NoToken { status } => matches!(status, 408 | 425 | 429 | 500..),
            Self::Request(_) => false,
        }
    }

    /// Whether the server does not know what was asked for.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the server wants another credential, or one at all.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403, .. } | Self::NoToken { status: 400..=499 })
    }
}

fn after(told: &str) -> String {
    if told.is_empty() { String::new() } else { format!(": {told}") }
}
