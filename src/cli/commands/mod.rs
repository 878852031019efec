//! One file a command. Each takes its arguments and gives an exit code, or says why it stopped.

#[cfg(feature = "author")]
mod author;
#[path = "without_author.rs"]
#[cfg(not(feature = "author"))]
mod author;
mod check;
mod completions;
mod explain;
#[cfg(feature = "import")]
mod import;
#[path = "without_import.rs"]
#[cfg(not(feature = "import"))]
mod import;
mod ledger;
#[cfg(feature = "lsp")]
mod lsp;
#[path = "without_lsp.rs"]
#[cfg(not(feature = "lsp"))]
mod lsp;
pub(crate) mod run;
pub(crate) mod sandbox;
mod schema;
#[cfg(feature = "worker")]
mod server;
#[path = "without_server.rs"]
#[cfg(not(feature = "worker"))]
mod server;
mod show;
pub(crate) mod test;

use super::args::{Command, Output};
use super::exit::Outcome;
use super::{durable, recording};
use legwork::diagnostic::{Diagnostic, codes};

/// Runs one command.
pub(crate) fn run(command: &Command) -> Outcome {
    let output = command.output();
    if matches!(command, Command::Check(_) | Command::Explain(_) | Command::Drift(_))
        && matches!(output, Output::Junit | Output::Har)
    {
        let diagnostic = Diagnostic::new(codes::E0620, "this command has no output of that form");
        return Err(diagnostic.help("junit and har are outputs of `run` and `test`; use --output json").into());
    }
    match command {
        Command::Run(args) => run::run(args),
        Command::Resume(args) => durable::resume(args),
        Command::Test(args) => test::run(args),
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Show(args) => show::run(args),
        Command::Sandbox(args) => sandbox::run(args),
        Command::Ledger(args) => ledger::run(args),
        Command::Import(args) => import::run(args),
        Command::Drift(args) => recording::drift(args),
        Command::Curl(args) => recording::curl(args),
        Command::Completions(args) => completions::run(args),
        Command::Lsp(args) => lsp::run(args),
        Command::Author(command) => author::run(command),
        Command::Server(command) => server::run(command),
    }
}
