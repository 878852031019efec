//! What a build without the feature `journal` says when it is asked for one.

use super::args::{ResumeArgs, RunArgs};
use super::exit::{Outcome, Stop};
use super::load::Loaded;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::plan::Plan;
use legwork::run::{Recorder, Runner};
use serde_json::Value;
use std::path::Path;

/// `--journal FILE`.
pub(crate) fn begin(path: &Path, _: &RunArgs, _: &Loaded, _: &Plan, _: &Runner) -> Result<(Value, Recorder), Stop> {
    Err(missing(path))
}

/// `legwork resume FILE`.
pub(crate) fn resume(args: &ResumeArgs) -> Outcome {
    Err(missing(&args.journal))
}

fn missing(path: &Path) -> Stop {
    let message = format!("`{}` cannot be used: this legwork was built without journals", path.display());
    Diagnostic::new(codes::E0630, message)
        .help("build it with the feature `journal`, which the default build has")
        .into()
}
