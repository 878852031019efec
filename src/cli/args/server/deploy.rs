//! The arguments of `legwork push`, `pull`, `start` and `watch`.

use super::ServerArgs;
use crate::cli::args::Output;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of what a command beside a server prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServerOutput {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

impl From<ServerOutput> for Output {
    fn from(output: ServerOutput) -> Self {
        match output {
            ServerOutput::Human => Self::Human,
            ServerOutput::Json => Self::Json,
        }
    }
}

/// Register task and workflow definitions on a Conductor server, after showing what changes.
///
/// What the server has already is left alone, so that a second push changes nothing. A workflow definition takes the place of the one of its
/// name and version; give it a new `version` to keep the old one. Files that a task definition needs (a provider, schemas) are found beside it.
#[derive(Debug, Args)]
#[command(after_help = PUSH_EXAMPLES, after_long_help = PUSH_EXAMPLES)]
pub(crate) struct PushArgs {
    /// Definitions, YAML or JSON: files, or folders with them
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Only show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long, short = 'y', conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: ServerOutput,
}

const PUSH_EXAMPLES: &str = "\
Examples:
  legwork push workflows/ task-definitions/ --server http://conductor:8080 --dry-run
  legwork push create-user.yaml --server http://conductor:8080 --yes --output json";

/// Write the definitions of a Conductor server into files.
///
/// Task definitions go into task-definitions/, workflow definitions in their latest version into workflows/, each as NAME.json, without what the
/// server wrote itself. A file that holds something else stays as it is.
#[derive(Debug, Args)]
#[command(after_help = PULL_EXAMPLES, after_long_help = PULL_EXAMPLES)]
pub(crate) struct PullArgs {
    /// Names of definitions; all of them without one
    pub(crate) names: Vec<String>,
    /// The folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) into: PathBuf,
    /// Overwrite files that hold something else
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

const PULL_EXAMPLES: &str = "\
Examples:
  legwork pull --server http://conductor:8080 --into definitions
  legwork pull zoom_create_user --server http://conductor:8080";

/// Start a workflow on a Conductor server; print the id of the execution.
///
/// With --watch it is followed to its end, as `legwork run` shows it: exit code 0 when it COMPLETED, 1 when it ended otherwise.
#[derive(Debug, Args)]
#[command(after_help = START_EXAMPLES, after_long_help = START_EXAMPLES)]
pub(crate) struct StartArgs {
    /// The workflow definition's name on the server
    pub(crate) name: String,
    /// Its version; the latest without it
    #[arg(long, value_name = "NUMBER")]
    pub(crate) workflow_version: Option<i64>,
    /// An input: name=text, name:=json or name=@file; may be repeated
    #[arg(short = 'i', value_name = "NAME=VALUE", help_heading = "Input")]
    pub(crate) inputs: Vec<String>,
    /// A file with the whole input, JSON or YAML; -i goes before it
    #[arg(long = "input", value_name = "FILE", help_heading = "Input")]
    pub(crate) input_file: Option<PathBuf>,
    /// A name of yours for what the execution belongs to
    #[arg(long, value_name = "ID")]
    pub(crate) correlation_id: Option<String>,
    /// The domain that workers are asked in, or that of one task: NAME=DOMAIN; may be repeated
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: Vec<String>,
    /// Follow it to its end
    #[arg(long, short = 'w')]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The form of the output; json is the execution as the server prints it
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: ServerOutput,
}

const START_EXAMPLES: &str = "\
Examples:
  legwork start zoom_create_user --server http://conductor:8080 -i email=jill@example.com
  legwork start zoom_create_user --server http://conductor:8080 --input input.json --watch
  legwork start zoom_create_user --server http://conductor:8080 --input input.json --watch --output json";

/// Follow an execution on a Conductor server to its end, as `legwork run` shows it.
///
/// Exit code 0 when it COMPLETED, 1 when it ended otherwise. Ctrl-C ends the watching alone: the execution goes on.
#[derive(Debug, Args)]
#[command(after_help = WATCH_EXAMPLES, after_long_help = WATCH_EXAMPLES)]
pub(crate) struct WatchArgs {
    /// The id of the execution, as `legwork start` prints it
    #[arg(value_name = "WORKFLOW_ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The form of the output; json is the execution as the server prints it
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: ServerOutput,
}

const WATCH_EXAMPLES: &str = "\
Examples:
  legwork watch 8f0c2f8e-0d5c-4c6e-9f31-6f6f3f7f2f61 --server http://conductor:8080
  legwork start zoom_create_user --server http://conductor:8080 --input input.json | xargs legwork watch --server http://conductor:8080";
