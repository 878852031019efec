//! The arguments of `legwork search` and `legwork list`.

use crate::cli::args::Output;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of a list of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListOutput {
    /// For people.
    Human,
    /// One JSON list.
    Json,
}

impl From<ListOutput> for Output {
    fn from(output: ListOutput) -> Self {
        match output {
            ListOutput::Human => Self::Human,
            ListOutput::Json => Self::Json,
        }
    }
}

/// Which operations are meant.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only operations of providers whose name holds this
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// Only operations of this method
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// Only operations with this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
    /// More task definitions or OpenAPI documents, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: ListOutput,
}

/// Find an operation of an API by words: what it does, its path, a part of its name.
///
/// It looks at the task definitions inside the program, at those of the folder `task-definitions` here or above, at the user's
/// (`legwork/task-definitions` in `XDG_DATA_HOME`, usually `~/.local/share`), and at --task-definitions; OpenAPI documents there are
/// used as they are. Words may be begun only, or misspelled a little.
#[derive(Debug, Args)]
#[command(after_help = SEARCH_EXAMPLES, after_long_help = SEARCH_EXAMPLES)]
pub(crate) struct SearchArgs {
    /// The words
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) filters: Filters,
}

const SEARCH_EXAMPLES: &str = "\
Examples:
  legwork search create a user
  legwork search meeting --provider zoom --method POST
  legwork search send message --task-definitions apis/ --output json";

/// List the operations of all APIs that can be called.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES, after_long_help = LIST_EXAMPLES)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,
}

const LIST_EXAMPLES: &str = "\
Examples:
  legwork list
  legwork list --provider zoom --method GET
  legwork list --task-definitions github.json --output json";
