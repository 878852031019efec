//! `legwork schema NAME|workflow|task-definition`.

use crate::cli::args::SchemaArgs;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out};
use legwork::catalogue::{LazySchema, definition_schema};
use legwork::definition::workflow_schema;
use legwork::diagnostic::{Diagnostic, codes};
use serde_json::Value;

/// Prints a JSON Schema.
pub(crate) fn run(args: &SchemaArgs) -> Outcome {
    let schema = match args.name.as_str() {
        "workflow" => workflow_schema(),
        "task-definition" => definition_schema().clone(),
        name => of_entry(args, name)?,
    };
    out::data(&format!("{schema:#}"))?;
    Ok(Exit::Done)
}

/// The schema of the body; of the parameters when the request has none.
fn of_entry(args: &SchemaArgs, name: &str) -> Result<Value, Stop> {
    let catalogue = load::catalogue(&args.task_definitions, None)?;
    let entry = load::entry(&catalogue, name)?;
    let body = entry.body_schema.as_ref().map(LazySchema::document);
    body.or_else(|| entry.input_schema().map(|own| entry.self_contained(own).into_owned())).ok_or_else(|| {
        let diagnostic = Diagnostic::new(codes::E0610, format!("the task definition `{name}` has no schema"));
        diagnostic.help("give it an `inputSchema`, or a `body_schema` in `x-legwork`").into()
    })
}
