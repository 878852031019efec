//! One file a command. Each takes its arguments and gives an exit code, or says why it stopped.

mod completions;
mod explain;

use super::args::Command;
use super::exit::Outcome;

/// Runs one command.
pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Explain(args) => explain::run(&args),
        Command::Completions(args) => completions::run(&args),
        _ => todo!(),
    }
}
