//! A build without the feature `author` has none of its commands.

use crate::cli::args::AuthorCommand;
use crate::cli::exit::Outcome;

/// Never asked.
pub(crate) fn run(command: &AuthorCommand) -> Outcome {
    match *command {}
}
