//! Stands for client certificates in a build without the feature `tls`: there is none.

use super::tokens::Key;
use crate::secret::Secret;
use std::fmt;

/// A client certificate; there is none.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientCertificate(Key);

impl ClientCertificate {
    /// Reads nothing.
    ///
    /// # Errors
    /// Always.
    pub(super) fn from_pem(_: &Secret, _: &Secret, _: Key) -> Result<Self, &'static str> {
        Err("the client certificate cannot be shown: this program was built without the feature `tls`")
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(***)")
    }
}
