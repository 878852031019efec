//! Runs that survive their process: `--journal FILE` and `legwork resume FILE`.

mod decisions;
mod resume;
mod settings;
mod unknown;

pub(crate) use resume::resume;

use super::args::RunArgs;
use super::exit::Stop;
use super::load::Loaded;
use legwork::catalogue::Auth;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::journal::JournalError;
use legwork::plan::Plan;
use legwork::run::journal::{self, KeptText};
use legwork::run::{Recorder, Runner};
use legwork::secret::Named;
use serde_json::Value;
use settings::{Role, Settings};
use std::path::Path;

/// Makes the journal of a run that is about to start: what it keeps of the arguments, and who writes it.
pub(crate) fn begin(
    path: &Path,
    args: &RunArgs,
    loaded: &Loaded,
    plan: &Plan,
    runner: &Runner,
) -> Result<(Value, Recorder), Stop> {
    let settings = Settings::of(args, loaded)?;
    let text = |role: Role, file: &legwork::source::SourceFile| KeptText::new(role.as_str(), file.name(), file.text());
    let own = std::iter::once(text(Role::Workflow, &loaded.document.file));
    let definitions = loaded.catalogue.sources().iter().map(|file| text(Role::TaskDefinitions, file));
    let library = runner.library_of_runs().plans().map(|plan| text(Role::Library, &plan.document.file));
    let texts: Vec<_> = own.chain(definitions).chain(library).collect();
    let secrets = named(loaded, plan, runner);
    let redactor = runner.services().redactor.clone();
    let recorder = journal::begin(path, &texts, secrets, redactor).map_err(|err| unusable(&err))?;
    Ok((settings.into(), recorder))
}

/// The secrets that a journal may name: those of the env file and the environment, and those that the definitions name.
fn named(loaded: &Loaded, plan: &Plan, runner: &Runner) -> Named {
    let mut names = loaded.secrets.names();
    names.extend(plan.secrets());
    names.extend(
        plan.nodes()
            .filter_map(|(_, node)| node.entry.as_ref()?.authorization())
            .flat_map(Auth::secrets)
            .map(str::to_owned),
    );
    names.extend(runner.library_of_runs().plans().flat_map(|plan| plan.secrets()));
    names.sort();
    names.dedup();
    Named::new(names.iter().map(String::as_str), &*runner.services().secrets)
}

/// A journal that cannot be used, before anything was sent.
fn unusable(err: &JournalError) -> Stop {
    Diagnostic::new(codes::E0630, err.to_string()).help(err.help()).into()
}
