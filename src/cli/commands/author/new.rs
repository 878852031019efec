//! `legwork new [FILE]`.

use crate::cli::args::NewArgs;
use crate::cli::exit::{Exit, Outcome};
use crate::cli::out;
use legwork::diagnostic::Diagnostic;
use legwork::editor::new_workflow;
use legwork::host;
use legwork::source::Format;

/// Writes a workflow definition to begin with.
pub(crate) fn run(args: &NewArgs) -> Outcome {
    let stem = args.file.as_ref().and_then(|file| file.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let name = args.name.clone().or(stem).unwrap_or_else(|| "my_workflow".to_owned());
    let Some(file) = &args.file else {
        out::data(&new_workflow(&name, Format::Yaml))?;
        return Ok(Exit::Done);
    };
    let is_json = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let format = if is_json { Format::Json } else { Format::Yaml };
    host::write_new_text(file, &new_workflow(&name, format)).map_err(Diagnostic::from)?;
    let file = file.display();
    out::say(&format!("{file} is made: `legwork add NAME --to {file}` puts a call into it"));
    Ok(Exit::Done)
}
