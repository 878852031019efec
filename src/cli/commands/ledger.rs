//! `legwork ledger`.

use crate::cli::args::{LedgerAction, LedgerArgs, LedgerOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, session};
use legwork::host::Project;
use legwork::host::ledger::{Binding, Ledger, Place};
use legwork::secret::Redactor;
use legwork::setup;
use serde_json::{Value, json};
use std::path::Path;

/// Lists, shows or forgets.
pub(crate) fn run(args: &LedgerArgs) -> Outcome {
    match &args.action {
        LedgerAction::List { place } => print(&rows(args, place)?, args.output),
        LedgerAction::Show { place, key } => {
            let mut found = rows(args, place)?;
            found.retain(|binding| binding.key == *key);
            print(&found, args.output)?;
            Ok(if found.is_empty() { Exit::Failed } else { Exit::Done })
        }
        LedgerAction::Forget { place, key } => {
            let count = opened(args, place)?.forget(key).map_err(|err| session::ledger_unusable(&err))?;
            out::say(&match count {
                0 => format!("there is no key `{key}`"),
                _ => format!("`{key}` is forgotten: the next call for it makes the thing again"),
            });
            Ok(if count == 0 { Exit::Failed } else { Exit::Done })
        }
    }
}

fn opened(args: &LedgerArgs, place: &Place) -> Result<Ledger, Stop> {
    // The nearest project is the one of a file in this folder.
    let near = Path::new("ledger.yaml");
    let project = if place.is_shared() { Project::find(near)? } else { Project::default() };
    let mut environment = setup::environment(project, args.env.as_deref().filter(|_| place.is_shared()))?;
    environment.given_secrets = args.secrets.sources(near)?.into_iter().collect();
    let env_file = load::env_file_at(environment.env_file.as_deref())?;
    let secrets = setup::host_secrets(&env_file, &environment);
    let redactor = Redactor::default();
    out::mask_with(redactor.clone());
    Ok(setup::ledger(place, &environment.network, (&secrets, &redactor))?)
}

fn rows(args: &LedgerArgs, place: &Place) -> Result<Vec<Binding>, Stop> {
    opened(args, place)?.list().map_err(|err| session::ledger_unusable(&err))
}

fn print(bindings: &[Binding], output: LedgerOutput) -> Outcome {
    let text = match output {
        LedgerOutput::Json => format!("{:#}", bindings.iter().map(value).collect::<Value>()),
        LedgerOutput::Human => bindings.iter().map(line).collect::<Vec<_>>().join("\n"),
    };
    if !text.is_empty() {
        out::data(&text)?;
    }
    Ok(Exit::Done)
}

fn line(binding: &Binding) -> String {
    let Binding { realm, task, key, natural_key, id, .. } = binding;
    let id = id.as_deref().map_or("in doubt: looked up by the next call".to_owned(), |id| format!("→ {id}"));
    format!("{key}  {natural_key}  {id}  {task}  {realm}")
}

fn value(binding: &Binding) -> Value {
    json!({
        "key": binding.key, "id": binding.id, "naturalKey": binding.natural_key, "task": binding.task, "api": binding.realm,
        "kept": binding.kept, "intendedMs": binding.intended_ms, "boundMs": binding.bound_ms,
    })
}
