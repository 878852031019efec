//! What a build without the feature `journal` has in place of the ledger: one that cannot be opened.

use super::{Binding, Bound, LedgerError, Names, Reserved};
use serde_json::{Map, Value};
use std::convert::Infallible;
use std::path::Path;

/// A ledger; there is none in this build.
#[derive(Debug, Clone)]
pub(super) struct Ledger(Infallible);

/// A key that is held; there is none in this build.
#[derive(Debug)]
pub(super) struct Hold(Infallible);

impl Ledger {
    /// Refuses.
    ///
    /// # Errors
    /// Always [`LedgerError::NotBuilt`].
    pub(super) fn open(path: &Path) -> Result<Self, LedgerError> {
        Err(LedgerError::NotBuilt { path: path.to_owned() })
    }

    /// Refuses.
    ///
    /// # Errors
    /// Always [`LedgerError::NotBuilt`].
    pub(super) fn open_existing(path: &Path) -> Result<Self, LedgerError> {
        Self::open(path)
    }

    /// There is none.
    #[must_use]
    pub(super) fn in_realm(self, _: &str) -> Self {
        self
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub(super) fn reserve(&self, _: &Names, _: i64) -> Result<Reserved, LedgerError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub(super) fn renamed(&self, _: &mut Hold, _: &Names) -> Result<(), LedgerError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub(super) fn bind(&self, _: Hold, _: &str, _: &Map<String, Value>, _: i64) -> Result<Bound, LedgerError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub(super) fn give_up(&self, _: Hold) -> Result<(), LedgerError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub(super) fn list(&self) -> Result<Vec<Binding>, LedgerError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub(super) fn forget(&self, _: &str) -> Result<usize, LedgerError> {
        match self.0 {}
    }
}

impl Hold {
    /// There is none.
    #[must_use]
    pub(super) fn is_doubtful(&self) -> bool {
        match self.0 {}
    }

    /// There is none.
    #[must_use]
    pub(super) fn lookup(&self) -> &Map<String, Value> {
        match self.0 {}
    }

    /// There is none.
    #[must_use]
    pub(super) fn is_renamed(&self, _: &Names) -> bool {
        match self.0 {}
    }
}
