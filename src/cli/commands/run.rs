//! `legwork run FILE`.

use super::sandbox;
use crate::cli::args::{Output, RunArgs};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::live::Live;
use crate::cli::load::{self, Loaded};
use crate::cli::{durable, junit, out, recording, render, session};
use legwork::decide::{Refused, Start};
use legwork::definition::Dialect;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::plan::Plan;
use legwork::report;
use legwork::run::{Ending, RecordedError, Run, Runner, Signals};
use legwork::secret::Redactor;
use legwork::setup::{object, refusals, secrets};
use legwork::task::WorkerAnswers;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;

/// Runs the workflow to its end, and prints the execution.
pub(crate) fn run(args: &RunArgs) -> Outcome {
    let loaded = load::load(&args.file, &args.common)?;
    let (plan, mut warnings) = load::plan(&loaded)?;
    let start = start(args, &loaded)?;
    let target = session::target_of_run(&args.recording, &args.common, &loaded);
    warnings.extend(secrets::check(&plan, None, &loaded.secrets, &target)?);
    let faults = sandbox::faults(&args.common.fault)?;
    let library = load::library(args.workflows.as_deref(), &loaded)?;
    let answers = args.worker_answers.as_deref().map(read::<WorkerAnswers>).transpose()?.unwrap_or_default();
    runs_here(std::iter::once(&plan).chain(library.plans()), &answers)?;
    let runner = from_outside(session::runner(&loaded, &target, faults)?, args)?;
    let ledger = args.ledger.as_ref().or(loaded.environment.ledger.as_ref());
    let runner = session::with_ledger(runner, ledger, &target, &loaded)?;
    let runner = runner.worker_answers(answers).library(Arc::new(library));
    let (runner, recording) = recording::begin(runner, &args.recording, loaded.redactor())?;
    let (runner, live) = Live::watch(runner, args.common.output, &plan.name, loaded.redactor());
    let written =
        args.journal.as_deref().map(|path| durable::begin(path, args, &loaded, &plan, &runner)).transpose()?;
    let outcome = session::block_on(async {
        let run = match written {
            None => runner.run(&plan, start).await.map_err(|refused| start_refused(&refused, &plan))?,
            Some((settings, recorder)) => {
                let run = runner.run_recorded(&plan, start, &settings, recorder).await;
                run.map_err(|err| not_ended(err, &plan))?
            }
        };
        warnings.extend(refusals::of_run(&run));
        print(&run, &plan, &loaded, args.common.output, &warnings)?;
        Ok(exit(run.ending()))
    });
    drop(live);
    let outcome = recording.finish(outcome);
    if let Some(path) = &args.journal {
        say_how_to_go_on(path, &outcome);
    }
    outcome
}

/// A run that was written down and has not ended can be taken up again.
pub(crate) fn say_how_to_go_on(journal: &Path, outcome: &Outcome) {
    let journal = journal.display();
    match outcome {
        Ok(Exit::Interrupted) => out::say(&format!("`legwork resume {journal}` goes on with it")),
        Ok(Exit::Waiting) => {
            out::say(&format!("`legwork resume {journal} --answer REF=OUTPUT` goes on when a task is done"));
        }
        _ => {}
    }
}

/// Why a run that is written down stopped. When the disk fails, something may have been sent already.
pub(crate) fn not_ended(err: RecordedError, plan: &Plan) -> Stop {
    match err {
        RecordedError::Refused(refused) => start_refused(&refused, plan),
        RecordedError::Journal(err) => {
            let help = err.help();
            Stop::Broken(anyhow::Error::new(err).context(format!("the run was stopped; {help}")))
        }
    }
}

fn start(args: &RunArgs, loaded: &Loaded) -> Result<Start, Stop> {
    let input = load::input(&args.common, &loaded.environment)?.values;
    let mut start = Start { env: Arc::new(loaded.env_file.env_values()), ..Start::with_input(input) };
    if let Some(path) = &args.start {
        let fields = object(path)?;
        start.version = fields.get("version").and_then(serde_json::Value::as_i64);
        start.correlation_id = fields.get("correlationId").and_then(serde_json::Value::as_str).map(str::to_owned);
    }
    Ok(start)
}

/// The runner with everything that comes from outside the workflow.
fn from_outside(mut runner: Runner, args: &RunArgs) -> Result<Runner, Stop> {
    if let Some(path) = &args.signals {
        runner = runner.signals(read::<Signals>(path)?);
    }
    Ok(runner)
}

/// A task that only a server can run needs an answer.
fn runs_here<'a>(plans: impl Iterator<Item = &'a Arc<Plan>>, answers: &WorkerAnswers) -> Result<(), Stop> {
    let mut problems = Vec::new();
    for plan in plans.filter(|plan| plan.dialect == Dialect::Legwork) {
        let unanswered = plan.nodes().map(|(_, node)| node).filter(|node| {
            let kind = node.task_type.as_str();
            node.task_type.runs_on_servers_only() && !answers.answers_for(kind)
        });
        problems.extend(unanswered.map(|node| node.only_a_server_can(&plan.document)));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Stop> {
    serde_json::from_value(load::data(path)?).map_err(|err| {
        Diagnostic::new(codes::E0610, format!("{} is not what the flag takes: {err}", path.display())).into()
    })
}

fn start_refused(refused: &Refused, plan: &Plan) -> Stop {
    let file = &plan.document.file;
    Diagnostic::new(codes::E0615, refused.to_string()).label(file, plan.document.spans.root.value, "").into()
}

/// Prints a run, and says what is to be said of it.
pub(crate) fn print(run: &Run, plan: &Plan, loaded: &Loaded, output: Output, said: &[Diagnostic]) -> Result<(), Stop> {
    let redactor = loaded.redactor();
    if output != Output::Json {
        render::show(said);
    }
    let text = match output {
        Output::Human => report::run_summary(plan, run, &redactor, render::paint()),
        Output::Json => format!("{:#}", report::run_json(run, said, &redactor)),
        Output::Execution => execution(run, loaded, &redactor),
        Output::Junit => junit::of_run(plan, run, &redactor)?,
        Output::Har => recording::run_har(run)?,
    };
    Ok(out::data(&text)?)
}

/// The execution. A Conductor server stores an echoed secret in clear; to show that is the one exception from masking.
fn execution(run: &Run, loaded: &Loaded, redactor: &Redactor) -> String {
    let mut execution = report::execution(run.execution());
    let clear = execution.to_string();
    redactor.redact_value(&mut execution);
    let masked = execution.to_string();
    if masked == clear || loaded.dialect != Dialect::Conductor {
        return masked;
    }
    out::say("warning: the execution holds secrets in clear, as a Conductor server stores them");
    clear
}

/// The exit code of a run.
pub(crate) fn exit(ending: Ending) -> Exit {
    match ending {
        Ending::Completed => Exit::Done,
        Ending::Failed => Exit::Failed,
        Ending::Refused => Exit::Refused,
        Ending::NoAnswer => Exit::NoAnswer,
        Ending::Waiting => Exit::Waiting,
    }
}
