//! The commands beside a Conductor server.

mod connect;
mod follow;
mod pull;
mod push;
mod start;
mod watch;
mod worker;

use crate::cli::args::ServerCommand;
use crate::cli::exit::Outcome;

/// Runs one of them.
pub(crate) fn run(command: &ServerCommand) -> Outcome {
    match command {
        ServerCommand::Worker(args) => worker::run(args),
        ServerCommand::Push(args) => push::run(args),
        ServerCommand::Pull(args) => pull::run(args),
        ServerCommand::Start(args) => start::run(args),
        ServerCommand::Watch(args) => watch::run(args),
    }
}
