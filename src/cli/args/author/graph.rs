//! The arguments of `legwork graph`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The language that a picture is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Picture {
    /// For Markdown: paste it between ```mermaid and ```.
    Mermaid,
    /// For Graphviz: dot -Tsvg.
    Dot,
}

/// Draw a workflow as a picture to paste, with the way that an execution took.
#[derive(Debug, Args)]
#[command(after_help = GRAPH_EXAMPLES, after_long_help = GRAPH_EXAMPLES)]
pub(crate) struct GraphArgs {
    /// The workflow definition, YAML or JSON; - is standard input
    pub(crate) file: PathBuf,
    /// The language of the picture
    #[arg(long, value_enum, default_value = "mermaid", value_name = "FORMAT")]
    pub(crate) format: Picture,
    /// An execution as JSON: its way is highlighted, each task shows its status
    #[arg(long, value_name = "FILE")]
    pub(crate) execution: Option<PathBuf>,
}

const GRAPH_EXAMPLES: &str = "\
Examples:
  legwork graph create-user.yaml
  legwork graph create-user.yaml --format dot | dot -Tsvg > create-user.svg
  legwork run create-user.yaml --sandbox --output execution > execution.json
  legwork graph create-user.yaml --execution execution.json";
