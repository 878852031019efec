//! Recordings: `--record DIR`, `--replay DIR`, `legwork drift` and `legwork curl`.

mod curl;
mod drift;

pub(crate) use curl::run as curl;
pub(crate) use drift::run as drift;

use super::args::RecordingArgs;
use super::exit::{Outcome, Stop};
use super::out;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host;
use legwork::http::Transport;
use legwork::plan::Plan;
use legwork::record::{self, FolderError, Recorder, Replay};
use legwork::report;
use legwork::run::{Inspection, Run, Runner};
use legwork::secret::Redactor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `run --output har`.
#[expect(clippy::unnecessary_wraps, reason = "a build without the feature refuses")]
pub(crate) fn run_har(run: &Run) -> Result<String, Stop> {
    Ok(format!("{:#}", report::har::run_har(run)))
}

/// `test --output har`.
#[expect(clippy::unnecessary_wraps, reason = "a build without the feature refuses")]
pub(crate) fn test_har(plan: &Plan, inspection: &Inspection) -> Result<String, Stop> {
    Ok(format!("{:#}", report::har::test_har(plan, inspection, host::now_ms())))
}

/// A recording that is being made, if one is.
pub(crate) struct Recording(Option<(Arc<Recorder>, PathBuf)>);

/// The runner, with everything that it sends written down when `--record` asks for that. A folder that cannot be written to is
/// refused before anything is sent.
pub(crate) fn begin(runner: Runner, args: &RecordingArgs, redactor: Redactor) -> Result<(Runner, Recording), Stop> {
    let Some(folder) = &args.record else { return Ok((runner, Recording(None))) };
    record::prepare(folder).map_err(|err| unusable(&err))?;
    let mut made = None;
    let runner = runner.transport(|inner| {
        let recorder = Arc::new(Recorder::new(inner, redactor, folder.clone()));
        made = Some((Arc::clone(&recorder), folder.clone()));
        recorder
    });
    Ok((runner, Recording(made)))
}

impl Recording {
    /// Ends the recording, and says what became of it.
    pub(crate) fn finish(self, outcome: Outcome) -> Outcome {
        let Some((writer, folder)) = self.0 else { return outcome };
        match writer.finish() {
            Ok(recorded) if recorded.is_empty() => out::say("nothing was recorded: no call was made"),
            Ok(recorded) => {
                let (count, folder) = (recorded.len(), folder.display());
                let calls = if count == 1 { "call" } else { "calls" };
                out::say(&format!("{count} {calls} recorded in {folder}: --replay {folder} answers from there"));
            }
            Err(err) => {
                let help = err.help();
                return Err(Stop::Broken(anyhow::Error::new(err).context(format!("nothing can be replayed; {help}"))));
            }
        }
        outcome
    }
}

/// What answers from a folder.
pub(crate) fn replay(folder: &Path, redactor: &Redactor) -> Result<Arc<dyn Transport>, Stop> {
    Ok(Arc::new(Replay::open(folder, redactor.clone()).map_err(|err| unusable(&err))?))
}

fn unusable(err: &FolderError) -> Stop {
    Diagnostic::new(codes::E0644, err.to_string()).help(err.help()).into()
}
