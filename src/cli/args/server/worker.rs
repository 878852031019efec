//! The arguments of `legwork worker`.

use super::ServerArgs;
use crate::cli::args::listening;
use clap::Args;
use legwork::host::ledger::Place;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Work for a Conductor server: carry out its tasks by reference, and tell it what came of them.
///
/// Polls for SIMPLE tasks whose names are those of task definitions, as many as there are free slots. A body that its schema refuses, an unset
/// secret, or a host that must not be called ends the task for good; a wait that an API asks for goes back to the server, which hands the
/// task out again in time; other retries are the server's. Only public addresses are called unless --egress-allow names others.
///
/// SIGTERM or Ctrl-C ends it when what is under way has ended; a second one ends it at once. Each setting may also stand below [worker] in
/// legwork.toml, or in the environment.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// A task definition to poll for; may be repeated. Without it, all that hold a request
    #[arg(long, value_name = "NAME", env = "LEGWORK_WORKER_TASKS", value_delimiter = ',')]
    pub(crate) task: Vec<String>,
    /// Poll in this domain, or for one task in it: NAME=DOMAIN; may be repeated
    #[arg(long, value_name = "DOMAIN", env = "LEGWORK_WORKER_DOMAIN", value_delimiter = ',')]
    pub(crate) domain: Vec<String>,
    /// The most tasks at once [default: 64]
    #[arg(long, value_name = "COUNT", env = "LEGWORK_WORKER_CONCURRENCY", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) concurrency: Option<u32>,
    /// Remember in FILE what was begun, and results that the server does not have: after a kill nothing is lost, and nothing is done twice
    #[arg(long, value_name = "FILE", env = "LEGWORK_WORKER_JOURNAL")]
    pub(crate) journal: Option<PathBuf>,
    /// Remember in FILE what was made for whom: a task definition's `ensure` makes it once, for good
    #[arg(long, value_name = "FILE", env = "LEGWORK_WORKER_LEDGER", long_help = LEDGER)]
    pub(crate) ledger: Option<Place>,
    /// Serve /metrics, /health and /ready at ADDR; a port alone is one on 127.0.0.1
    #[arg(long, value_name = "ADDR", env = "LEGWORK_WORKER_METRICS", value_parser = listening)]
    pub(crate) metrics: Option<SocketAddr>,
    /// How long what is under way may take once it is told to stop [default: 25]
    #[arg(long, value_name = "SECONDS", env = "LEGWORK_WORKER_DRAIN_SECONDS")]
    pub(crate) drain_seconds: Option<u32>,
    /// Register no task definition on the server
    #[arg(long)]
    pub(crate) no_register: bool,
    /// The name that the server shows for it [default: the host's name and the process]
    #[arg(long, value_name = "NAME", env = "LEGWORK_WORKER_ID")]
    pub(crate) worker_id: Option<String>,
    /// Send every call to the built-in sandbox, or to the one at URL
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) sandbox: Option<String>,
}

const LEDGER: &str = "\
Remember in FILE, or in a PostgreSQL database, what was made for whom: a task definition's `ensure` makes it once, for good

A file is for the workers of one machine. With postgres://USER@HOST/DATABASE the workers of all machines share the ledger, and keep to the \
rate limits of their APIs together. The password is the secret `ledger_password`: --secret ledger_password=@/run/secrets/password.";

const EXAMPLES: &str = "\
Examples:
  legwork worker --server http://conductor:8080 --task zoom_users_create
  legwork worker --server https://conductor.example.com --auth-key 6f1e --secret conductor_auth_secret=@/run/secrets/key
  legwork worker --journal worker.journal --ledger users.ledger --metrics 9100 --log info --log-format json
  legwork worker --journal worker.journal --ledger postgres://legwork@db.example.com/legwork?sslmode=require
  legwork worker --server http://127.0.0.1:8080 --sandbox --task zoom_users_create

Exit code 0: everything was ended and delivered. 1: something was not; with a journal the next worker goes on with it.";
