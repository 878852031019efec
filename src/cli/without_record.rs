//! What a build without the feature `record` says when it is asked for recordings.

use super::args::{CurlArgs, DriftArgs, RecordingArgs};
use super::exit::{Outcome, Stop};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::http::Transport;
use legwork::plan::Plan;
use legwork::run::{Inspection, Run, Runner};
use legwork::secret::Redactor;
use std::path::Path;
use std::sync::Arc;

/// No recording.
pub(crate) struct Recording;

/// `--record DIR`.
pub(crate) fn begin(runner: Runner, args: &RecordingArgs, _: Redactor) -> Result<(Runner, Recording), Stop> {
    if args.record.is_some() { Err(missing("--record")) } else { Ok((runner, Recording)) }
}

impl Recording {
    /// The outcome as it is.
    #[expect(clippy::unused_self, reason = "a recording ends")]
    pub(crate) fn finish(self, outcome: Outcome) -> Outcome {
        outcome
    }
}

/// `--replay DIR`.
pub(crate) fn replay(_: &Path, _: &Redactor) -> Result<Arc<dyn Transport>, Stop> {
    Err(missing("--replay"))
}

/// `run --output har`.
pub(crate) fn run_har(_: &Run) -> Result<String, Stop> {
    Err(missing("--output har"))
}

/// `test --output har`.
pub(crate) fn test_har(_: &Plan, _: &Inspection) -> Result<String, Stop> {
    Err(missing("--output har"))
}

/// `legwork drift`.
pub(crate) fn drift(_: &DriftArgs) -> Outcome {
    Err(missing("drift"))
}

/// `legwork curl`.
pub(crate) fn curl(_: &CurlArgs) -> Outcome {
    Err(missing("curl"))
}

fn missing(what: &str) -> Stop {
    let message = format!("`{what}` cannot be used: this legwork was built without recordings");
    Diagnostic::new(codes::E0644, message)
        .help("build it with the feature `record`, which the default build has")
        .into()
}
