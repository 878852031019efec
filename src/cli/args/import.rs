//! The arguments of `legwork import`.

use super::Output;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of what `import` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportOutput {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

impl From<ImportOutput> for Output {
    fn from(output: ImportOutput) -> Self {
        match output {
            ImportOutput::Human => Self::Human,
            ImportOutput::Json => Self::Json,
        }
    }
}

/// Make task definitions from a description of an API, or of calls.
///
/// SOURCE is an OpenAPI document (2.0, 3.0, 3.1; JSON or YAML; in one file or several), a Postman collection, a HAR, a .http file, a
/// curl command, or an Arazzo description, which becomes workflow definitions; `-` reads it from standard input.
///
/// A flaw costs the operation that it is in, never the others, and is told on standard error. A file that a person changed stays as it is.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// What is imported: a file, `-`, or a curl command in quotes
    pub(crate) source: String,
    /// The folder; each API gets one of its own below it [default: task-definitions; of Arazzo: workflows]
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    /// The API's name, with which its task definitions begin; made from the source's title when absent
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The base URL of the API; the source's own when absent
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Overwrite files that were changed, too
    #[arg(long)]
    pub(crate) force: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: ImportOutput,
}

const EXAMPLES: &str = "\
Examples:
  legwork import openapi.yaml
  legwork import api.json --into definitions --name crm --dry-run
  legwork test create.yaml --task-definitions definitions --sandbox";
