//! `legwork pull`.

use super::connect;
use crate::cli::args::PullArgs;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{out, session};
use legwork::conductor::{ApiError, DefinitionKind, Server, plain};
use legwork::diagnostic::{Diagnostic, codes, nearest};
use legwork::host;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A definition of the server, and the file it goes into.
struct Found {
    folder: &'static str,
    name: String,
    value: Value,
}

/// Writes what the server has.
pub(crate) fn run(args: &PullArgs) -> Outcome {
    let surroundings = connect::load(&args.server, &[])?;
    let server = connect::connect(&args.server, &surroundings)?;
    session::block_on(async {
        let found = match everything(&server).await {
            Ok(found) => found,
            Err(error) => return Ok(connect::told(&error)),
        };
        written(args, &found)
    })
}

/// All task definitions, and all workflow definitions in their latest version.
async fn everything(server: &Server) -> Result<Vec<Found>, ApiError> {
    let text = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for definition in server.task_definitions().await? {
        let value = plain(DefinitionKind::Task, &definition);
        found.push(Found { folder: "task-definitions", name: text(&value), value });
    }
    let mut latest: BTreeMap<String, i64> = BTreeMap::new();
    for (name, version) in server.workflow_names().await? {
        let known = latest.entry(name).or_insert(version);
        *known = version.max(*known);
    }
    for (name, version) in latest {
        if let Some(definition) = server.workflow_definition(&name, Some(version)).await? {
            let value = plain(DefinitionKind::Workflow, &definition);
            found.push(Found { folder: "workflows", name, value });
        }
    }
    Ok(found)
}

fn written(args: &PullArgs, found: &[Found]) -> Outcome {
    for name in &args.names {
        if !found.iter().any(|found| found.name == *name) {
            let near = nearest(name, found.iter().map(|found| found.name.as_str()));
            let diagnostic = Diagnostic::new(codes::E0661, format!("the server has no definition `{name}`"));
            connect::say(&match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            });
            return Ok(Exit::Failed);
        }
    }
    let wanted = |found: &&Found| args.names.is_empty() || args.names.contains(&found.name);
    let mut kept = 0;
    for one in found.iter().filter(wanted) {
        kept += usize::from(!write(args, one)?);
    }
    Ok(if kept == 0 { Exit::Done } else { Exit::Failed })
}

/// Writes one file; false when something else stands there.
fn write(args: &PullArgs, found: &Found) -> Result<bool, Stop> {
    let path = path(args, found);
    let text = format!("{:#}\n", found.value);
    let there = path.is_file().then(|| host::load_text(&path)).transpose()?;
    match there {
        Some(there) if there == text => {}
        Some(_) if !args.force => {
            out::say(&format!("kept {}, which holds something else; --force overwrites it", path.display()));
            return Ok(false);
        }
        _ => {
            std::fs::create_dir_all(path.parent().unwrap_or(&args.into))?;
            host::replace_text(&path, &text).map_err(Diagnostic::from)?;
            out::say(&format!("wrote {}", path.display()));
        }
    }
    Ok(true)
}

/// A name is a server's: nothing in it may lead out of the folder.
fn path(args: &PullArgs, found: &Found) -> PathBuf {
    let plain = |ch: char| if ch.is_alphanumeric() || "-_.".contains(ch) { ch } else { '_' };
    let name: String = found.name.chars().map(plain).collect();
    args.into.join(found.folder).join(format!("{}.json", name.trim_start_matches('.')))
}
