//! `legwork explain CODE` and `legwork explain FILE EXPRESSION`.

use crate::cli::args::ExplainArgs;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::{out, page};
use legwork::diagnostic::codes::Code;

/// Prints the page of a code, or where a value comes from.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    if let Some(code) = Code::find(&args.subject) {
        out::data(&page::for_stdout(code.page()))?;
        return Ok(Exit::Done);
    }
    todo!()
}
