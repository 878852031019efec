//! `legwork graph FILE`.

use crate::cli::args::{GraphArgs, Picture};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render};
use legwork::definition::{Document, Documented, WorkflowDef};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::graph::{Graph, Taken, dot, mermaid};
use legwork::host;
use std::path::Path;

/// Prints the picture of a workflow.
pub(crate) fn run(args: &GraphArgs) -> Outcome {
    let document = Document::parse(host::load_source(&args.file)?);
    let def = workflow(&document)?;
    let taken = args.execution.as_deref().map(execution).transpose()?;
    if let Some(taken) = &taken {
        of_another(taken, def, args.execution.as_deref());
    }
    let graph = Graph::of(def, taken.as_ref());
    out::data(&match args.format {
        Picture::Mermaid => mermaid(&graph),
        Picture::Dot => dot(&graph),
    })?;
    Ok(Exit::Done)
}

/// The workflow definition. What can be read is drawn; a text that can be read only in part is refused.
fn workflow(document: &Document) -> Result<&WorkflowDef, Stop> {
    let errors = document.diagnostics.iter().filter(|is| is.is_error());
    let errors: Vec<_> = errors.cloned().collect();
    match &document.definition {
        Documented::Workflow(def) if errors.is_empty() => Ok(def),
        Documented::Workflow(_) => Err(errors.into()),
        Documented::Tasks(_) => {
            let diagnostic =
                Diagnostic::new(codes::E0610, "this file holds task definitions, not a workflow definition");
            let diagnostic = diagnostic.label(&document.file, document.spans.root.value, "");
            Err(diagnostic.help("a picture is drawn of a workflow, which has a `name` and `tasks`").into())
        }
    }
}

fn execution(path: &Path) -> Result<Taken, Stop> {
    Taken::read(&load::data(path)?).map_err(|err| {
        let message = format!("{} holds no execution: {err}", path.display());
        let help =
            "write one with `legwork run FILE --output execution`, or take it from Conductor's GET /api/workflow/{id}";
        Diagnostic::new(codes::E0610, message).help(help).into()
    })
}

/// Says so when the execution is one of another workflow: names of tasks may be the same by chance.
fn of_another(taken: &Taken, def: &WorkflowDef, path: Option<&Path>) {
    let name = taken.workflow_name();
    if !name.is_empty() && name != def.name {
        let path = path.map(|path| path.display().to_string()).unwrap_or_default();
        let message = format!("{path} is an execution of `{name}`, not of `{}`", def.name);
        render::show(
            &[Diagnostic::new(codes::E0617, message).help("only tasks of the same reference name are marked")],
        );
    }
}
