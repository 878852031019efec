//! The arguments of `legwork add`.

use crate::cli::args::Output;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of what `add` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AddOutput {
    /// For people; the file is changed.
    Human,
    /// The change as one JSON object, for an editor to carry out; no file is changed.
    Json,
}

impl From<AddOutput> for Output {
    fn from(output: AddOutput) -> Self {
        match output {
            AddOutput::Human => Self::Human,
            AddOutput::Json => Self::Json,
        }
    }
}

/// Put a prepared call of an API into a workflow definition.
///
/// The task is a plain HTTP task that any Conductor server carries out: address, method, headers, and a body whose fields read
/// the workflow's inputs, which are added to `inputParameters`. Everything else in the file stays as it is, comments too.
#[derive(Debug, Args)]
#[command(after_help = ADD_EXAMPLES, after_long_help = ADD_EXAMPLES)]
pub(crate) struct AddArgs {
    /// The task definition's name, as `legwork search` and `legwork list` show it
    pub(crate) name: String,
    /// The workflow definition, YAML or JSON; - reads standard input and writes the result to standard output.
    /// Without it, the task is printed
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// The reference name; without it, the last word of NAME. One that is taken gets a number
    #[arg(long = "ref", value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// Write a SIMPLE task of that name with the operation's own parameters, for Legwork and its worker
    #[arg(long)]
    pub(crate) by_reference: bool,
    /// An optional parameter to fill in as well; may be repeated
    #[arg(long, value_name = "PARAMETER", conflicts_with = "all")]
    pub(crate) with: Vec<String>,
    /// Fill in every optional parameter
    #[arg(long)]
    pub(crate) all: bool,
    /// Put it behind the task of this reference name; behind a fork means behind its JOIN
    #[arg(long, value_name = "REF", conflicts_with = "into", requires = "to")]
    pub(crate) after: Option<String>,
    /// Put it into a loop, a switch's case (`default` too) or a fork's branch (a number from 1; a new one without it)
    #[arg(long, value_name = "REF[:CASE]", requires = "to")]
    pub(crate) into: Option<String>,
    /// Print the changed file, and write nothing
    #[arg(long, requires = "to", conflicts_with = "output")]
    pub(crate) dry_run: bool,
    /// More task definitions, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: AddOutput,
}

const ADD_EXAMPLES: &str = "\
Examples:
  legwork add zoom_users_create --to create-user.yaml
  legwork add zoom_users_get --to create-user.yaml --ref look_up --after create
  legwork add zoom_users_create --to routes.yaml --into choose:new --with first_name --with last_name
  legwork add zoom_users_get --by-reference";
