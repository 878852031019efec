//! `legwork lsp` where the program was built without it.

use crate::cli::args::LspArgs;
use crate::cli::exit::{Outcome, Stop};

/// Refuses what this program cannot do.
pub(crate) fn run(_: &LspArgs) -> Outcome {
    let help = "build it with the feature `lsp`, which the default build has";
    Err(Stop::Broken(anyhow::anyhow!("this legwork was built without `lsp`: {help}")))
}
