//! `legwork drift DIR`.

use super::unusable;
use crate::cli::args::{DriftArgs, Output};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render, session};
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::record::{self, Drift, Recorded, Recorder};
use legwork::setup::{refusals, secrets};
use std::path::Path;
use std::sync::Arc;

/// Compares, and prints what differs.
pub(crate) fn run(args: &DriftArgs) -> Outcome {
    let before = record::load(&args.recording).map_err(|err| unusable(&err))?;
    let drift = match (&args.other, &args.live) {
        (Some(other), _) => {
            let now = record::load(other).map_err(|err| unusable(&err))?;
            record::between(&before, &now, &catalogue(args)?)
        }
        (None, Some(file)) => against_now(&before, file, args)?,
        (None, None) if args.schema => record::with_schemas(&before, &catalogue(args)?),
        (None, None) => {
            let help = "give another recording, or --live FILE, or --schema";
            return Err(Diagnostic::new(codes::E0645, "it was not said what to compare with").help(help).into());
        }
    };
    if drift.compared.is_empty() {
        let message = format!("nothing was compared: {}", drift.not_compared.join(", "));
        let help = "record the same operations, or give the task definitions that describe them";
        return Err(Diagnostic::new(codes::E0645, message).help(help).into());
    }
    print(&drift, args.common.output)?;
    Ok(if drift.is_empty() { Exit::Done } else { Exit::Failed })
}

fn catalogue(args: &DriftArgs) -> Result<Catalogue, Stop> {
    load::catalogue(&args.common.task_definitions, None)
}

fn print(drift: &Drift, output: Output) -> Result<(), Stop> {
    let text = match output {
        Output::Human => drift.summary(),
        _ => format!("{:#}", serde_json::to_value(drift).unwrap_or_default()),
    };
    Ok(out::data(&text)?)
}

/// Runs the workflow, and compares with what came back. How the run itself ended is told, and does not count.
fn against_now(before: &[Recorded], file: &Path, args: &DriftArgs) -> Result<Drift, Stop> {
    let loaded = load::load(file, &args.common)?;
    let (plan, mut warnings) = load::plan(&loaded)?;
    let target = session::target(&args.common, &loaded);
    warnings.extend(secrets::check(&plan, None, &loaded.secrets, &target)?);
    render::show(&warnings);
    let input = load::input(&args.common, &loaded.environment)?.values;
    let start = Start { env: Arc::new(loaded.env_file.env_values()), ..Start::with_input(input) };
    let mut made = None;
    let runner = session::runner(&loaded, &target, Vec::new())?.transport(|inner| {
        let recorder = Arc::new(Recorder::in_memory(inner, loaded.redactor()));
        made = Some(Arc::clone(&recorder));
        recorder
    });
    let ended = session::block_on(async {
        let refused = |err: legwork::decide::Refused| Stop::from(Diagnostic::new(codes::E0615, err.to_string()));
        let run = runner.run(&plan, start).await.map_err(refused)?;
        render::show(&refusals::of_run(&run));
        out::say(&format!("the run now is {}", run.execution().scope().workflow.status.as_str()));
        Ok(Exit::Done)
    })?;
    if ended == Exit::Interrupted {
        return Err(Stop::Broken(anyhow::anyhow!("interrupted before there was anything to compare")));
    }
    let now = made.map(|recorder| recorder.finish()).transpose().map_err(|err| unusable(&err))?;
    Ok(record::between(before, &now.unwrap_or_default(), &loaded.catalogue))
}
