//! The arguments of the commands that help to write workflows.

mod add;
mod new;

pub(crate) use add::{AddArgs, AddOutput};
pub(crate) use new::NewArgs;

use super::Output;
use clap::Subcommand;

/// One command, one file in `commands/author/`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthorCommand {
    New(NewArgs),
    Add(AddArgs),
}

impl AuthorCommand {
    /// The form that the command's data was asked for in.
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Add(args) => args.output.into(),
            Self::New(_) => Output::Human,
        }
    }
}
