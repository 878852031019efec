//! `legwork lsp`.

use crate::cli::args::LspArgs;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::out;
use legwork::lsp::{self, Ended};

/// Serves an editor until it ends the conversation. Standard output is the editor's alone.
pub(crate) fn run(args: &LspArgs) -> Outcome {
    let ended = match args.socket {
        Some(address) => {
            out::say(&format!("waiting for an editor at {address}"));
            lsp::socket(address)
        }
        None => lsp::stdio(),
    };
    match ended {
        Ok(Ended::Well) => Ok(Exit::Done),
        // The protocol asks for it: the client has not shut the server down.
        Ok(Ended::WithoutShutdown) => Ok(Exit::Failed),
        Err(err) => Err(Stop::Broken(err.into())),
    }
}
