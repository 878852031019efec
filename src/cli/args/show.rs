//! The arguments of `legwork show`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of a reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageForm {
    /// For people at a terminal.
    Human,
    /// Markdown.
    Markdown,
    /// A whole HTML page, without scripts and without anything from elsewhere.
    Html,
    /// One JSON object.
    Json,
}

/// Print the reference page of a task definition.
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES, after_long_help = SHOW_EXAMPLES)]
pub(crate) struct ShowArgs {
    /// The task definition's name; without it, the names of those inside the program and of --task-definitions
    pub(crate) name: Option<String>,
    /// Print it as a plain HTTP task for a workflow definition, JSON, that any Conductor server carries out
    #[arg(long, requires = "name")]
    pub(crate) task: bool,
    /// More task definitions or OpenAPI documents, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
    /// The form of the page
    #[arg(long, value_enum, default_value = "human", value_name = "FORM", requires = "name", conflicts_with = "task")]
    pub(crate) output: PageForm,
}

const SHOW_EXAMPLES: &str = "\
Examples:
  legwork show
  legwork show zoom_users_create
  legwork show zoom_users_create --output html > page.html
  legwork show zoom_users_create --task";
