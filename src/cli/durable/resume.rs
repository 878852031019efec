//! `legwork resume JOURNAL`.

use super::settings::{Role, Settings};
use super::{decisions, named, unknown, unusable};
use crate::cli::args::ResumeArgs;
use crate::cli::commands::{run, sandbox};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::live::Live;
use crate::cli::load::{self, Loaded};
use crate::cli::session;
use legwork::definition::{Dialect, Document};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::ledger::Place;
use legwork::host::{self, EnvFile, Environment};
use legwork::plan::Plan;
use legwork::run::journal::{Journal, KeptText, NoSecrets};
use legwork::run::{ReplayError, Resumed, Runner};
use legwork::setup::{host_secrets, refusals, secrets};
use legwork::source::SourceFile;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

/// Goes on with a run from its journal.
pub(crate) fn resume(args: &ResumeArgs) -> Outcome {
    let journal = Journal::open(&args.journal).map_err(|err| unusable(&err))?;
    // Where the secrets are must be known before what they stand in can be read.
    let settings: Settings = read(journal.settings(&NoSecrets).map_err(|err| lost(&err))?)?;
    let env_file = load::env_file_at(args.env_file.as_deref().or(settings.env_file.as_deref()))?;
    let environment = self::environment(args, &settings)?;
    let store = host_secrets(&env_file, &environment);
    let settings: Settings = read(journal.settings(&store).map_err(|err| lost(&err))?)?;
    let environment = self::environment(args, &settings)?;
    let texts = journal.texts(&store).map_err(|err| lost(&err))?;
    let mut said: Vec<_> = texts.iter().filter_map(changed).collect();
    let loaded = restored(&texts, environment, env_file, settings.dialect())?;
    let (plan, _) = load::plan(&loaded)?;
    let target = settings.target();
    said.extend(secrets::check(&plan, None, &loaded.secrets, &target)?);
    let library = of(&texts, Role::Library).map(file).collect();
    let runner = runner(settings, &loaded)?.library(Arc::new(load::library_of(library, &loaded)?));
    let secrets = named(&loaded, &plan, &runner);
    let mut resumed = journal.replay(&runner, &plan, secrets).map_err(|err| lost(&err))?;
    decisions::take(args, &mut resumed)?;
    let outcome = session::block_on(async {
        unknown::look_up(&runner, &loaded.catalogue, &mut resumed, &mut said).await;
        go_on(args, &loaded, &plan, &runner, resumed, said).await
    });
    run::say_how_to_go_on(&args.journal, &outcome);
    outcome
}

async fn go_on(
    args: &ResumeArgs,
    loaded: &Loaded,
    plan: &Arc<Plan>,
    runner: &Runner,
    resumed: Resumed,
    mut said: Vec<Diagnostic>,
) -> Outcome {
    let open = unknown::report(&args.journal, &resumed, &runner.services().redactor);
    let is_stuck = !open.is_empty();
    said.extend(open);
    let done = if is_stuck || resumed.family().has_ended() {
        resumed.into_run()
    } else {
        let (runner, _live) = Live::watch(runner.clone(), args.output, &plan.name, loaded.redactor());
        runner.resume(resumed).await.map_err(|err| run::not_ended(err, plan))?
    };
    said.extend(refusals::of_run(&done));
    run::print(&done, plan, loaded, args.output, &said)?;
    Ok(if is_stuck { Exit::Waiting } else { run::exit(done.ending()) })
}

/// The definitions as they were when the run began.
fn restored(
    texts: &[KeptText],
    environment: Environment,
    env_file: EnvFile,
    dialect: Dialect,
) -> Result<ManuallyDrop<Loaded>, Stop> {
    let own = of(texts, Role::Workflow).next().ok_or_else(|| lost(&ReplayError::NoStart))?;
    let definitions: Vec<_> = of(texts, Role::TaskDefinitions).map(file).collect();
    let document = Arc::new(Document::parse(file(own)));
    load::loaded(document, load::DefinitionFiles { files: &definitions, named: &[] }, environment, env_file, dialect)
}

/// The environment as the run had it, but for those sources of secrets that are given now.
fn environment(args: &ResumeArgs, settings: &Settings) -> Result<Environment, Stop> {
    let mut given_secrets = settings.given_secrets.clone();
    given_secrets.extend(args.secrets.sources(&args.journal)?);
    let (secrets, auth) = (settings.secrets.clone(), settings.auth.clone());
    let (server, rate_plan, network) = (settings.server.clone(), settings.rate_plan.clone(), settings.network.clone());
    Ok(Environment { server, rate_plan, network, given_secrets, secrets, auth, ..Environment::default() })
}

fn of(texts: &[KeptText], role: Role) -> impl Iterator<Item = &KeptText> {
    texts.iter().filter(move |text| text.role == role.as_str())
}

fn file(text: &KeptText) -> SourceFile {
    SourceFile::new(text.name.as_str(), text.text.as_str())
}

/// The runner as it was.
fn runner(settings: Settings, loaded: &Loaded) -> Result<Runner, Stop> {
    let faults = sandbox::faults(&settings.faults)?;
    let target = settings.target();
    let runner = session::runner(loaded, &target, faults)?;
    let ledger = settings.ledger.clone().map(Place::from);
    let mut runner = session::with_ledger(runner, ledger.as_ref(), &target, loaded)?;
    if let Some(answers) = settings.worker_answers {
        runner = runner.worker_answers(read(answers)?);
    }
    if let Some(signals) = settings.signals {
        runner = runner.signals(read(signals)?);
    }
    Ok(runner)
}

/// A file that says something else now: the run goes on with what it said.
fn changed(text: &KeptText) -> Option<Diagnostic> {
    let now = host::load_source(Path::new(&text.name)).ok()?;
    if text.is_same(now.text()) {
        return None;
    }
    let message = format!("`{}` has changed since the run began", text.name);
    let help = "the run goes on with the definition it began with; start a new run to use the new one";
    Some(Diagnostic::new(codes::E0632, message).help(help))
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Stop> {
    serde_json::from_value(value).map_err(|err| {
        let message = format!("the journal's settings cannot be read: {err}");
        Diagnostic::new(codes::E0633, message).help("go on with it in the version that wrote it").into()
    })
}

/// Records that do not give the run again.
fn lost(err: &ReplayError) -> Stop {
    let message = err.source().map_or_else(|| err.to_string(), |source| format!("{err}: {source}"));
    let help = "go on with it in the version that began it, with the same secrets; nothing was sent now";
    Diagnostic::new(codes::E0633, message).help(help).into()
}
