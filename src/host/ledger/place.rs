//! Where a ledger is.

use crate::host::database::Address;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a ledger is: a file, or a database that several machines share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file of this machine.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Address),
}

impl Place {
    /// The place that a text names: `postgres://…` is a database, everything else a file in a folder.
    #[must_use]
    pub fn within(folder: &Path, text: &str) -> Self {
        Address::of(text).map_or_else(|| Self::File(folder.join(text)), Self::Server)
    }

    /// Whether it is a database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// What can be written down to find it again from any folder. It holds no password.
    ///
    /// # Errors
    /// When the current folder is not known.
    pub fn kept(&self) -> std::io::Result<String> {
        match self {
            Self::File(path) => Ok(std::path::absolute(path)?.to_string_lossy().into_owned()),
            Self::Server(address) => Ok(address.url().to_owned()),
        }
    }
}

impl From<OsString> for Place {
    fn from(text: OsString) -> Self {
        text.to_str().and_then(Address::of).map_or_else(|| Self::File(PathBuf::from(&text)), Self::Server)
    }
}

impl From<String> for Place {
    fn from(text: String) -> Self {
        Self::from(OsString::from(text))
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_unless_it_is_a_url() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Place::within(Path::new("a"), text).to_string(), expected);
        };
        check("users.ledger", "a/users.ledger");
        check("/users.ledger", "/users.ledger");
        check("postgres://me:secret@h/db", "postgres://me@h/db");
        check("postgres.ledger", "a/postgres.ledger");
    }
}
