//! `legwork test FILE`.

use super::sandbox;
use crate::cli::args::{Level, Output, TestArgs};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::load::{self, Loaded};
use crate::cli::session::{self, Target};
use crate::cli::{junit, out, recording, render, reveal};
use legwork::decide::Start;
use legwork::diagnostic::Diagnostic;
use legwork::plan::Plan;
use legwork::report::{self, Level as Shown};
use legwork::resolve::TaskStatus;
use legwork::run::{self, Inspection, TestError, TestRequest};
use legwork::setup::{refusals, secrets};
use legwork::task::CallRecord;
use std::sync::Arc;

/// Sends one task alone, or shows what would be sent.
pub(crate) fn run(args: &TestArgs) -> Outcome {
    let loaded = load::load(&args.file, &args.common)?;
    if args.reveal.reveal_secrets {
        reveal::ask()?;
        loaded.reveal();
    }
    let (plan, mut notes) = load::plan(&loaded)?;
    let target =
        if args.dry_run { Target::Nowhere } else { session::target_of_run(&args.recording, &args.common, &loaded) };
    let test = request(args, &loaded, &target)?;
    let task = run::target(&plan, test.reference_name.as_deref()).map_err(|err| unclear(&err, &plan))?;
    notes.extend(secrets::check(&plan, Some(task), &loaded.secrets, &target)?);
    let faults = sandbox::faults(&args.common.fault)?;
    let runner = session::runner(&loaded, &target, faults)?;
    let ledger = args.ledger.as_ref().or(loaded.environment.ledger.as_ref());
    let runner = session::with_ledger(runner, ledger, &target, &loaded)?;
    let (runner, recording) = recording::begin(runner, &args.recording, loaded.redactor())?;
    recording.finish(session::block_on(async {
        let inspection = run::test_request(&runner, &plan, &test).await.map_err(|err| unclear(&err, &plan))?;
        notes.extend(refusals::said(&inspection, &plan));
        print(args, &inspection, &plan, &loaded, &notes)?;
        Ok(exit(&inspection))
    }))
}

fn request(args: &TestArgs, loaded: &Loaded, target: &Target) -> Result<TestRequest, Stop> {
    let input = load::input(&args.common, &loaded.environment)?.values;
    Ok(TestRequest {
        reference_name: args.task.clone(),
        start: Start { env: Arc::new(loaded.env_file.env_values()), ..Start::with_input(input) },
        given: load::mocks(&args.mock)?,
        use_example: *target != Target::Live,
        send: !args.dry_run,
    })
}

pub(crate) fn unclear(err: &TestError, plan: &Plan) -> Stop {
    refusals::unclear(err, plan).into()
}

fn print(
    args: &TestArgs,
    inspection: &Inspection,
    plan: &Plan,
    loaded: &Loaded,
    notes: &[Diagnostic],
) -> Result<(), Stop> {
    let redactor = loaded.redactor();
    if !matches!(args.common.output, Output::Json | Output::Execution) {
        render::show(notes);
    }
    let text = match args.common.output {
        Output::Human => report::test_summary(plan, inspection, &redactor, level(args.level), render::paint()),
        Output::Junit => junit::of_test(plan, inspection, &redactor)?,
        Output::Har => recording::test_har(plan, inspection)?,
        Output::Json | Output::Execution => format!("{:#}", report::test_json(plan, inspection, notes, &redactor)),
    };
    Ok(out::data(&text)?)
}

fn level(level: Level) -> Shown {
    match level {
        Level::Info => Shown::Info,
        Level::Debug => Shown::Debug,
        Level::Trace => Shown::Trace,
    }
}

fn exit(inspection: &Inspection) -> Exit {
    let refused = inspection.refusal.is_some() || inspection.call.as_ref().is_some_and(CallRecord::is_refused);
    match (&inspection.result, &inspection.call) {
        _ if refused => Exit::Refused,
        (None, _) => Exit::Done,
        (Some(result), _) if matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress) => Exit::Done,
        (Some(_), Some(call)) if !call.answered => Exit::NoAnswer,
        (Some(_), _) => Exit::Failed,
    }
}
