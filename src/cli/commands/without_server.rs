//! A build without the feature `worker` has none of its commands.

use crate::cli::args::ServerCommand;
use crate::cli::exit::Outcome;

/// Never asked.
pub(crate) fn run(command: &ServerCommand) -> Outcome {
    match *command {}
}
