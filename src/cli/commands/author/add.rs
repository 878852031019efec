//! `legwork add NAME --to FILE`.

use crate::cli::args::{AddArgs, AddOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, shelf};
use legwork::catalogue::{Entry, Optional};
use legwork::definition::Document;
use legwork::diagnostic::{Diagnostic, codes, nearest};
use legwork::editor::{InsertError, Inserted, Place, insert_task};
use legwork::host;
use legwork::source::SourceFile;
use legwork::source::edit::apply;
use serde_json::{Value, json};
use std::path::Path;

/// Puts a prepared call into a workflow definition.
pub(crate) fn run(args: &AddArgs) -> Outcome {
    let near = args.to.as_deref().filter(|to| *to != Path::new("-")).unwrap_or(Path::new("."));
    let mut catalogue = load::catalogue(&args.task_definitions, None)?;
    shelf::complete(&mut catalogue, &[&args.name], &args.task_definitions, near)?;
    let entry = load::entry(&catalogue, &args.name)?;
    let task = task(args, &entry)?;
    let Some(to) = &args.to else { return print(&task, args.output) };
    let document = Document::parse(host::load_source(to)?);
    let inserted = insert_task(&document, &task, &place(args)).map_err(|err| refused(&err, &document))?;
    let text = apply(document.file.text(), &inserted.edits);
    match args.output {
        AddOutput::Json => out::data(&format!("{:#}", as_json(&document, &inserted)))?,
        AddOutput::Human if args.dry_run || to == Path::new("-") => out::data(&text)?,
        AddOutput::Human => {
            host::replace_text(to, &text).map_err(Diagnostic::from)?;
            out::say(&done(&entry, &inserted, to));
        }
    }
    Ok(Exit::Done)
}

/// The entry as a task.
fn task(args: &AddArgs, entry: &Entry) -> Result<Value, Stop> {
    let known: Vec<_> = entry.parameter_names().collect();
    if let Some(unknown) = args.with.iter().find(|name| !known.contains(&name.as_str())) {
        let message = format!("`{}` has no parameter `{unknown}`", entry.name);
        let near = nearest(unknown, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("its parameters: {}", known.join(", ")));
        return Err(Diagnostic::new(codes::E0650, message).help(help).into());
    }
    let optional = match (args.all, args.with.as_slice()) {
        (true, _) => Optional::All,
        (false, []) => Optional::None,
        (false, names) => Optional::Named(names.to_vec()),
    };
    let reference = args.reference.as_deref().unwrap_or(entry.short_name());
    let task =
        if args.by_reference { entry.refer(reference, &optional) } else { entry.prepare_with(reference, &optional) };
    let message = || format!("the task definition `{}` holds no request", entry.name);
    task.ok_or_else(|| Diagnostic::new(codes::E0610, message()).into())
}

fn place(args: &AddArgs) -> Place {
    match (&args.after, &args.into) {
        (Some(after), _) => Place::After(after.clone()),
        (None, Some(into)) => match into.split_once(':') {
            Some((operator, branch)) => Place::Into { operator: operator.into(), branch: Some(branch.into()) },
            None => Place::Into { operator: into.clone(), branch: None },
        },
        (None, None) => Place::End,
    }
}

fn refused(err: &InsertError, document: &Document) -> Stop {
    let told = |code, help: String| {
        let cause = std::error::Error::source(err).map(|cause| format!(": {cause}")).unwrap_or_default();
        Diagnostic::new(code, format!("{err}{cause}")).help(help)
    };
    match err {
        InsertError::Partial => document.diagnostics.clone().into(),
        InsertError::NoWorkflow => {
            let whole = document.spans.root.value;
            told(codes::E0610, "give --to a workflow definition".into()).label(&document.file, whole, "").into()
        }
        InsertError::UnknownReference { near: Some(near), .. } => {
            told(codes::E0650, format!("did you mean `{near}`?")).into()
        }
        InsertError::UnknownReference { near: None, .. } => {
            told(codes::E0650, "give a `taskReferenceName` of the file".into()).into()
        }
        InsertError::NoOperator { name } => told(codes::E0650, format!("put it behind with --after {name}")).into(),
        InsertError::NoBranch { name, known } => {
            let ways: Vec<_> = known.iter().map(|branch| format!("--into {name}:{branch}")).collect();
            told(codes::E0650, format!("write {}", ways.join(" or "))).into()
        }
        InsertError::Edit(_) => {
            told(codes::E0650, "put it in by hand: `legwork add NAME` prints the task".into()).into()
        }
    }
}

/// `{"file", "reference", "inputs", "edits": [{"start", "end", "text"}]}`; offsets count bytes.
fn as_json(document: &Document, inserted: &Inserted) -> Value {
    let edits = inserted.edits.iter();
    let edits: Vec<_> =
        edits.map(|edit| json!({"start": edit.span.start, "end": edit.span.end, "text": edit.text})).collect();
    let (file, reference) = (document.file.name(), &inserted.reference_name);
    json!({"file": file, "reference": reference, "inputs": inserted.inputs, "edits": edits})
}

/// What was done, and what to do next.
fn done(entry: &Entry, inserted: &Inserted, to: &Path) -> String {
    let (name, file) = (&inserted.reference_name, to.display());
    let inputs = if inserted.inputs.is_empty() {
        String::new()
    } else {
        format!(", with the inputs {}", inserted.inputs.join(", "))
    };
    format!("{file}: `{name}` calls {}{inputs}\ntry it: legwork test {file} --task {name} --sandbox", entry.name)
}

/// The task alone, as it would stand in a file.
fn print(task: &Value, output: AddOutput) -> Outcome {
    if output == AddOutput::Json {
        out::data(&format!("{task:#}"))?;
        return Ok(Exit::Done);
    }
    let document = Document::parse(SourceFile::new("task.yaml", "inputParameters: []\ntasks: []\n"));
    let edits = insert_task(&document, task, &Place::End).map_err(|err| refused(&err, &document))?.edits;
    let text = apply(document.file.text(), &edits);
    let tasks = text.find("tasks:").map_or(text.as_str(), |at| &text[at..]);
    out::data(tasks)?;
    Ok(Exit::Done)
}
