//! The arguments for recordings, and of `legwork drift` and `legwork curl`.

use super::Common;
use clap::Args;
use std::path::PathBuf;

/// Where calls are written down, or answered from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Recordings")]
pub(crate) struct RecordingArgs {
    /// Write each call with its answer into DIR, a file for each, masked
    #[arg(long, value_name = "DIR", conflicts_with = "replay")]
    pub(crate) record: Option<PathBuf>,
    /// Answer each call from what --record wrote into DIR: no network, no secrets
    #[arg(long, value_name = "DIR", conflicts_with_all = ["sandbox", "fault"])]
    pub(crate) replay: Option<PathBuf>,
}

/// Say what an API changed since its answers were recorded: fields that appeared, vanished or changed their type.
///
/// Values do not count, but their kinds do: a date that is a time now, an id that was a UUID. Exit code 0: no drift. 1: drift.
/// 2: there was nothing to compare.
#[derive(Debug, Args)]
#[command(after_help = DRIFT_EXAMPLES, after_long_help = DRIFT_EXAMPLES)]
pub(crate) struct DriftArgs {
    /// What `--record` wrote
    #[arg(value_name = "DIR")]
    pub(crate) recording: PathBuf,
    /// Another recording, the later one
    #[arg(value_name = "OTHER", conflicts_with_all = ["live", "schema"])]
    pub(crate) other: Option<PathBuf>,
    /// Run this workflow now, and compare with what comes back
    #[arg(long, value_name = "FILE", conflicts_with = "schema")]
    pub(crate) live: Option<PathBuf>,
    /// Compare with the output schemas of the task definitions
    #[arg(long)]
    pub(crate) schema: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

const DRIFT_EXAMPLES: &str = "\
Examples:
  legwork run get-or-create.yaml --env-file dev.env -i email=jill@example.com --record calls
  legwork drift calls --live get-or-create.yaml --env-file dev.env -i email=jill@example.com
  legwork drift calls calls-of-today --output json
  legwork drift calls --schema --task-definitions task-definitions/";

/// Print the curl command that sends what a task sends; secrets stand in it as variables of the shell.
#[derive(Debug, Args)]
#[command(after_help = CURL_EXAMPLES, after_long_help = CURL_EXAMPLES)]
pub(crate) struct CurlArgs {
    /// The workflow definition, YAML or JSON; - is standard input
    pub(crate) file: PathBuf,
    /// The task's reference name; not needed when only one task can be sent
    #[arg(long, value_name = "REF")]
    pub(crate) task: Option<String>,
    /// The output of an earlier task: REF=json or REF=@file; may be repeated
    #[arg(long, value_name = "REF=OUTPUT")]
    pub(crate) mock: Vec<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

const CURL_EXAMPLES: &str = "\
Examples:
  legwork curl create-user.yaml -i email=jill@example.com -i type:=1
  CONDUCTOR_SECRET_zoom_token=... sh -c \"$(legwork curl create-user.yaml -i email=jill@example.com)\"";
