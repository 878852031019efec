//! The arguments of the commands beside a Conductor server.

mod deploy;
mod worker;

pub(crate) use super::sandbox::listening;
pub(crate) use deploy::{PullArgs, PushArgs, ServerOutput, StartArgs, WatchArgs};
pub(crate) use worker::WorkerArgs;

use super::{NetworkArgs, Output, SecretArgs};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// One command, one file in `commands/server/`.
#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    Worker(Box<WorkerArgs>),
    Push(Box<PushArgs>),
    Pull(Box<PullArgs>),
    Start(Box<StartArgs>),
    Watch(Box<WatchArgs>),
}

impl ServerCommand {
    /// The form that the command's data was asked for in.
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Worker(_) | Self::Pull(_) => Output::Human,
            Self::Push(args) => args.output.into(),
            Self::Start(args) => args.output.into(),
            Self::Watch(args) => args.output.into(),
        }
    }
}

const SERVER: &str = "\
The Conductor server, as in http://conductor:8080; /api at its end may be left out

Without it CONDUCTOR_SERVER_URL counts, and then `server` below [worker] in legwork.toml. TLS, proxies and authorities are those of the \
calls; the egress guard is about calls, and does not keep the server from being reached.";

const AUTH_KEY: &str = "\
The id of the access key; its secret is CONDUCTOR_AUTH_SECRET, or the secret `conductor_auth_secret`

The secret may come from a file: --secret conductor_auth_secret=@/run/secrets/key. A server without authentication needs none.";

/// The Conductor server, and what a command beside it takes from its surroundings.
#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// The URL of the Conductor server; /api at its end may be left out
    #[arg(long, value_name = "URL", env = "CONDUCTOR_SERVER_URL", long_help = SERVER)]
    pub(crate) server: Option<String>,
    /// The id of the access key; its secret is the secret `conductor_auth_secret`
    #[arg(long, value_name = "ID", env = "CONDUCTOR_AUTH_KEY", hide_env_values = true, long_help = AUTH_KEY)]
    pub(crate) auth_key: Option<String>,
    /// The environment [env.NAME] of the legwork.toml of this folder or above it
    #[arg(long, value_name = "NAME", env = "LEGWORK_ENV")]
    pub(crate) env: Option<String>,
    /// Secrets and values: JSON, or lines of CONDUCTOR_SECRET_x=... and CONDUCTOR_ENV_x=...
    #[arg(long, value_name = "FILE", env = "LEGWORK_ENV_FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// More task definitions, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH", env = "LEGWORK_TASK_DEFINITIONS", value_delimiter = ',')]
    pub(crate) task_definitions: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
}
