//! What a build without the feature `import` says.

use crate::cli::args::ImportArgs;
use crate::cli::exit::Outcome;
use legwork::diagnostic::{Diagnostic, codes};

/// `legwork import SOURCE`.
pub(crate) fn run(args: &ImportArgs) -> Outcome {
    let message = format!("`{}` cannot be imported: this legwork was built without it", args.source);
    Err(Diagnostic::new(codes::E0801, message)
        .help("build it with the feature `import`, which the default build has")
        .into())
}
