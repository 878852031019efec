//! `legwork lsp`: its arguments.

use clap::Args;
use std::net::SocketAddr;

/// Serve an editor: diagnostics, completion, docs and test requests, over the Language Server Protocol.
///
/// Editors start it themselves, and talk to it over standard input and output; `editors/README.md` has the set-up for each. Its settings
/// are `initializationOptions`, or the section `legwork` of the editor's: `env`, `taskDefinitions`, `trusted`, `responses`.
#[derive(Debug, Args)]
#[command(after_help = LSP_EXAMPLES, after_long_help = LSP_EXAMPLES)]
pub(crate) struct LspArgs {
    /// Wait for the editor at this address, in place of standard input; a port alone is one on 127.0.0.1
    #[arg(long, value_name = "ADDR", value_parser = super::sandbox::listening)]
    pub(crate) socket: Option<SocketAddr>,
    /// Standard input and output, which is what it does anyway: some editors say so
    #[arg(long, conflicts_with = "socket", hide = true)]
    pub(crate) stdio: bool,
}

const LSP_EXAMPLES: &str = "\
Examples:
  legwork lsp
  legwork lsp --log debug 2> legwork-lsp.log
  legwork lsp --socket 7777";
