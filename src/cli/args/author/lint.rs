//! The arguments of `legwork lint`.

use crate::cli::args::Output;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of what `lint` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintOutput {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
}

impl From<LintOutput> for Output {
    fn from(output: LintOutput) -> Self {
        match output {
            LintOutput::Human => Self::Human,
            LintOutput::Json | LintOutput::Sarif => Self::Json,
        }
    }
}

/// What makes the command fail beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings too.
    Warnings,
    /// Warnings and notes too.
    Notes,
}

/// Report what can be improved in definitions, beside everything that is wrong, and send nothing.
///
/// Retries without effect or of calls that must not be made twice, secrets in clear, missing time-outs, inputs that nothing reads,
/// tasks and cases that are never reached, fields that an answer does not have, deprecated operations. `legwork explain CODE` tells
/// more about each.
#[derive(Debug, Args)]
#[command(after_help = LINT_EXAMPLES, after_long_help = LINT_EXAMPLES)]
pub(crate) struct LintArgs {
    /// Workflow or task definitions, YAML or JSON; - is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Exit with 2 when there are any of these
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// More task definitions or OpenAPI documents, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: LintOutput,
}

const LINT_EXAMPLES: &str = "\
Examples:
  legwork lint create-user.yaml
  legwork lint workflows/*.yaml --deny warnings
  legwork lint workflows/*.yaml --output sarif > legwork.sarif

Exit code 0: no errors, and nothing that --deny names. 2: there is.";
