//! A build without the feature `author` has none of its commands.

use super::Output;
use clap::Subcommand;

/// No command.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthorCommand {}

impl AuthorCommand {
    /// Never asked.
    pub(crate) fn output(&self) -> Output {
        match *self {}
    }
}
