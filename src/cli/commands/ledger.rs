//! `legwork ledger`.

use crate::cli::args::{LedgerAction, LedgerArgs, LedgerOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{out, session};
use legwork::host::ledger::{Binding, Ledger};
use serde_json::{Value, json};
use std::path::Path;

/// Lists, shows or forgets.
pub(crate) fn run(args: &LedgerArgs) -> Outcome {
    match &args.action {
        LedgerAction::List { file } => print(&rows(file)?, args.output),
        LedgerAction::Show { file, key } => {
            let mut found = rows(file)?;
            found.retain(|binding| binding.key == *key);
            print(&found, args.output)?;
            Ok(if found.is_empty() { Exit::Failed } else { Exit::Done })
        }
        LedgerAction::Forget { file, key } => {
            let count = opened(file)?.forget(key).map_err(|err| session::ledger_unusable(&err))?;
            out::say(&match count {
                0 => format!("there is no key `{key}`"),
                _ => format!("`{key}` is forgotten: the next call for it makes the thing again"),
            });
            Ok(if count == 0 { Exit::Failed } else { Exit::Done })
        }
    }
}

fn opened(file: &Path) -> Result<Ledger, Stop> {
    Ledger::open_existing(file).map_err(|err| session::ledger_unusable(&err))
}

fn rows(file: &Path) -> Result<Vec<Binding>, Stop> {
    opened(file)?.list().map_err(|err| session::ledger_unusable(&err))
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
