//! `legwork check FILE...`.

use crate::cli::args::{CheckArgs, Common, Output};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render, shelf};
use legwork::catalogue::Catalogue;
use legwork::definition::Document;
use legwork::diagnostic::Diagnostic;
use legwork::host;
use legwork::plan;
use std::path::Path;
use std::sync::Arc;

/// Reports everything that is wrong with the files.
pub(crate) fn run(args: &CheckArgs) -> Outcome {
    let mut catalogue = load::catalogue(&args.common.task_definitions, None)?;
    let mut diagnostics = Vec::new();
    for file in &args.files {
        match check(file, &mut catalogue, &args.common) {
            Ok(found) | Err(Stop::Refused(found)) => diagnostics.extend(found),
            Err(broken @ Stop::Broken(_)) => return Err(broken),
        }
    }
    let refused = diagnostics.iter().any(Diagnostic::is_error);
    if args.common.output == Output::Json {
        out::data(&format!("{:#}", render::as_json(&diagnostics)))?;
    } else {
        render::show(&diagnostics);
        out::say(&verdict(args.files.len(), &diagnostics));
    }
    Ok(if refused { Exit::Refused } else { Exit::Done })
}

fn check(path: &Path, catalogue: &mut Catalogue, common: &Common) -> Result<Vec<Diagnostic>, Stop> {
    let file = host::load_source(path)?;
    let document = Arc::new(Document::parse(file));
    if let Some(def) = document.workflow() {
        let tasks = def.all_tasks();
        let names: Vec<_> = tasks.iter().map(|task| task.name.as_str()).collect();
        shelf::complete(catalogue, &names, &common.task_definitions, path)?;
    }
    Ok(plan::check(&document, catalogue, load::options(load::dialect(common))))
}

/// The last line: how many files, and that nothing is wrong when nothing is.
fn verdict(files: usize, diagnostics: &[Diagnostic]) -> String {
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    if diagnostics.is_empty() { format!("{files} checked, nothing is wrong") } else { format!("{files} checked") }
}
