//! Secret values and the one masking point.
//!
//! A [`Secret`] has no `Display` and no `Serialize`; everything that leaves the process for eyes or disk goes through a [`Redactor`].

mod forms;
mod hidden;
mod redactor;
mod userinfo;
mod views;
mod windows;

pub use hidden::{Form, Hidden, Hiding, Named, reveal};
pub use redactor::{MASK, Redactor};
pub use userinfo::mask_userinfo;

use std::fmt;
use zeroize::Zeroizing;

/// A secret value. Its `Debug` is `***`; the memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A secret from its text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Only the request builder and the redactor may ask for it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where secrets come from.
pub trait SecretStore: Send + Sync {
    /// The secret that `${workflow.secrets.NAME}` names; `None` when it is not set.
    fn secret(&self, name: &str) -> Option<Secret>;

    /// Whether the secret is really set: a store may have a stand-in for those that are not.
    fn is_set(&self, name: &str) -> bool {
        self.secret(name).is_some()
    }
}

/// A store that tells a redactor every secret it hands out.
#[derive(Clone, Copy)]
pub struct Learning<'s> {
    /// Where the secrets come from.
    pub store: &'s dyn SecretStore,
    /// Who has to know them.
    pub redactor: &'s Redactor,
}

impl SecretStore for Learning<'_> {
    fn secret(&self, name: &str) -> Option<Secret> {
        let secret = self.store.secret(name)?;
        self.redactor.add(&secret);
        Some(secret)
    }

    fn is_set(&self, name: &str) -> bool {
        self.store.is_set(name)
    }
}
