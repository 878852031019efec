//! `legwork watch`.

use super::{connect, follow};
use crate::cli::args::WatchArgs;
use crate::cli::exit::Outcome;
use crate::cli::session;

/// Follows an execution that somebody has started.
pub(crate) fn run(args: &WatchArgs) -> Outcome {
    let surroundings = connect::load(&args.server, &[])?;
    let server = connect::connect(&args.server, &surroundings)?;
    let redactor = surroundings.loaded.redactor();
    session::block_on(follow::to_its_end(&server, &args.id, args.output, &redactor))
}
