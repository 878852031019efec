//! What a build without the feature `postgres` has in place of a database: one that cannot be opened.

use super::{Address, Cell, DatabaseError, Row};
use crate::secret::Secret;
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

/// A database; there is none in this build.
#[derive(Debug, Clone)]
pub struct Database(Infallible);

impl Database {
    /// Refuses.
    ///
    /// # Errors
    /// Always [`DatabaseError::NotBuilt`].
    pub fn open<T>(address: &Address, _: Option<&Secret>, _: T) -> Result<Self, DatabaseError> {
        Err(DatabaseError::NotBuilt { name: address.url().into() })
    }

    /// There is none.
    #[must_use]
    pub fn session(&self) -> i64 {
        match self.0 {}
    }

    /// There is none.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        match self.0 {}
    }

    /// There is none.
    #[must_use]
    pub fn grace(&self) -> Duration {
        match self.0 {}
    }

    /// There is none.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub async fn rows(&self, _: &'static str, _: &[Cell]) -> Result<Vec<Row>, DatabaseError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub async fn change(&self, _: &'static str, _: &[Cell]) -> Result<u64, DatabaseError> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// None.
    pub async fn jot(&self, _: &'static str, _: &[Cell]) -> Result<u64, DatabaseError> {
        match self.0 {}
    }

    /// There is none.
    pub fn wait_for<T: Send + 'static>(&self, _: impl Future<Output = T> + Send + 'static) -> T {
        match self.0 {}
    }

    /// There is none.
    pub fn later(&self, _: &'static str, _: Vec<Cell>) {
        match self.0 {}
    }
}
