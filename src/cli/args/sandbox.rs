//! `legwork sandbox`: its arguments.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Serve the sandbox: the APIs of the task definitions, played on this machine.
///
/// What a definition does not say is inferred from method, path and schemas: POST /users makes what GET /users lists and what GET,
/// PUT, PATCH and DELETE of /users/{id} act on.
#[derive(Debug, Args)]
#[command(after_help = SANDBOX_EXAMPLES, after_long_help = SANDBOX_EXAMPLES)]
pub(crate) struct SandboxArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Count what is answered, and serve the counts to Prometheus at /metrics of ADDR; a port alone is one on 127.0.0.1
    #[arg(long, value_name = "ADDR", value_parser = listening)]
    pub(crate) metrics: Option<SocketAddr>,
    /// Fail on purpose, as in '429; retry-after=2; once', 500, delay=300 or close; may be repeated
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,
    /// More task definitions or OpenAPI documents, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
}

const SANDBOX_EXAMPLES: &str = "\
Examples:
  legwork sandbox --port 8080
  legwork sandbox --port 8080 --metrics 9100
  legwork sandbox --port 8080 --task-definitions openapi.yaml
  legwork test create-user.yaml --sandbox=http://127.0.0.1:8080";

/// An address to listen on: `127.0.0.1:9100`, or a port on this machine alone.
pub(crate) fn listening(text: &str) -> Result<SocketAddr, String> {
    let port = text.parse::<u16>().map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    port.or_else(|_| text.parse()).map_err(|_| "an address such as 127.0.0.1:9100 is needed, or a port".to_owned())
}
