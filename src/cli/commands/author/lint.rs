//! `legwork lint FILE...`.

use crate::cli::args::{Deny, LintArgs, LintOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render, shelf};
use legwork::catalogue::Catalogue;
use legwork::definition::{Dialect, Document, Documented};
use legwork::diagnostic::{Diagnostic, Severity};
use legwork::{host, plan, report};
use std::path::Path;
use std::sync::Arc;

/// Reports everything that is wrong with the files, and what can be improved.
pub(crate) fn run(args: &LintArgs) -> Outcome {
    let catalogue = load::catalogue(&args.task_definitions, None)?;
    let mut diagnostics = Vec::new();
    for file in &args.files {
        match lint(file, catalogue.clone(), args) {
            Ok(found) | Err(Stop::Refused(found)) => diagnostics.extend(found),
            Err(broken @ Stop::Broken(_)) => return Err(broken),
        }
    }
    match args.output {
        LintOutput::Json => out::data(&format!("{:#}", render::as_json(&diagnostics)))?,
        LintOutput::Sarif => out::data(&format!("{:#}", report::sarif::sarif(&diagnostics)))?,
        LintOutput::Human => {
            render::show(&diagnostics);
            if diagnostics.is_empty() {
                out::say("nothing to improve");
            }
        }
    }
    let worst = match args.deny {
        None => Severity::Error,
        Some(Deny::Warnings) => Severity::Warning,
        Some(Deny::Notes) => Severity::Note,
    };
    let is_denied = diagnostics.iter().any(|diagnostic| diagnostic.severity <= worst);
    Ok(if is_denied { Exit::Refused } else { Exit::Done })
}

fn lint(path: &Path, mut catalogue: Catalogue, args: &LintArgs) -> Result<Vec<Diagnostic>, Stop> {
    let document = Arc::new(Document::parse(host::load_source(path)?));
    match &document.definition {
        Documented::Workflow(def) => {
            let tasks = def.all_tasks();
            let names: Vec<_> = tasks.iter().map(|task| task.name.as_str()).collect();
            shelf::complete(&mut catalogue, &names, &args.task_definitions, path)?;
            Ok(plan::lint(&document, &catalogue, load::options(Dialect::Legwork)))
        }
        Documented::Tasks(_) => {
            let mut found = catalogue.add(document.file.clone());
            found.extend(catalogue.lint());
            let own = document.file.name();
            found.retain(|one| one.labels.first().is_none_or(|label| label.file.name() == own));
            Ok(found)
        }
    }
}
