//! A build without the feature `worker` has none of its commands.

use super::Output;
use clap::Subcommand;

/// No command.
#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {}

impl ServerCommand {
    /// Never asked.
    pub(crate) fn output(&self) -> Output {
        match *self {}
    }
}
