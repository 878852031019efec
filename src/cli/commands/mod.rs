//! One file a command. Each takes its arguments and gives an exit code, or says why it stopped.

mod check;
mod completions;
mod explain;
mod graph;
pub(crate) mod run;
mod sandbox;
mod schema;
mod show;
mod test;

use super::args::Command;
use super::durable;
use super::exit::Outcome;

pub(crate) use sandbox::faults;

/// Runs one command.
pub(crate) fn run(command: &Command) -> Outcome {
    match command {
        Command::Run(args) => run::run(args),
        Command::Resume(args) => durable::resume(args),
        Command::Test(args) => test::run(args),
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Graph(args) => graph::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Show(args) => show::run(args),
        Command::Sandbox(args) => sandbox::run(args),
        Command::Completions(args) => completions::run(args),
    }
}
