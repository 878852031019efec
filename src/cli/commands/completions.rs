//! `legwork completions SHELL`.

use crate::cli::args::{Arguments, CompletionsArgs};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::out;
use clap::CommandFactory;

/// Prints the script.
pub(crate) fn run(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "legwork", &mut script);
    out::data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
