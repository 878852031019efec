//! The commands that help to write workflows.

mod add;
mod graph;
mod lint;
mod new;
mod search;
mod test_workflow;

use crate::cli::args::AuthorCommand;
use crate::cli::exit::Outcome;

/// Runs one of them.
pub(crate) fn run(command: &AuthorCommand) -> Outcome {
    match command {
        AuthorCommand::New(args) => new::run(args),
        AuthorCommand::Add(args) => add::run(args),
        AuthorCommand::Search(args) => search::run(args),
        AuthorCommand::List(args) => search::list(args),
        AuthorCommand::Lint(args) => lint::run(args),
        AuthorCommand::TestWorkflow(args) => test_workflow::run(args),
        AuthorCommand::Graph(args) => graph::run(args),
    }
}
