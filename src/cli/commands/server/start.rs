//! `legwork start`.

use super::{connect, follow};
use crate::cli::args::StartArgs;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::{load, out, session};
use legwork::conductor::StartRequest;
use serde_json::{Map, Value};

/// Starts it, and follows it when that is asked for.
pub(crate) fn run(args: &StartArgs) -> Outcome {
    let surroundings = connect::load(&args.server, &[])?;
    let environment = &surroundings.loaded.environment;
    let name = args.server.env.as_deref();
    let input = load::inputs((&args.inputs, args.input_file.as_deref()), name, environment)?.values;
    let server = connect::connect(&args.server, &surroundings)?;
    let redactor = surroundings.loaded.redactor();
    let request = StartRequest {
        name: args.name.clone(),
        version: args.workflow_version,
        input,
        correlation_id: args.correlation_id.clone(),
        task_to_domain: domains(&args.domain),
    };
    session::block_on(async {
        let id = match server.start(&request).await {
            Ok(id) => id,
            Err(error) => return Ok(connect::told(&error)),
        };
        if !args.watch {
            out::data(&id)?;
            return Ok(Exit::Done);
        }
        out::say(&id);
        follow::to_its_end(&server, &id, args.output, &redactor).await
    })
}

/// `NAME=DOMAIN`, or a domain for all.
fn domains(texts: &[String]) -> Map<String, Value> {
    let pair = |text: &String| {
        let (name, domain) = text.split_once('=').unwrap_or(("*", text));
        (name.to_owned(), domain.into())
    };
    texts.iter().map(pair).collect()
}
