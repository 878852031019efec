//! `legwork push`.

use super::connect::{self, Surroundings};
use crate::cli::args::{PushArgs, ServerOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render, session};
use legwork::conductor::{ApiError, DefinitionKind, Difference, Server, differences, task_definition};
use legwork::definition::{Dialect, Document};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host;
use legwork::plan;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write, stderr, stdin};
use std::sync::Arc;

/// A definition of ours.
struct Own {
    kind: DefinitionKind,
    name: String,
    version: Option<i64>,
    value: Value,
}

/// What is to be done with one.
struct Step {
    own: Own,
    change: Change,
}

enum Change {
    Create,
    Update(Vec<Difference>),
    Nothing,
}

/// Shows what changes, asks, and registers it.
pub(crate) fn run(args: &PushArgs) -> Outcome {
    let surroundings = connect::load(&args.server, &[])?;
    let own = own(args, &surroundings)?;
    let server = connect::connect(&args.server, &surroundings)?;
    session::block_on(async {
        let steps = match compared(&server, own).await {
            Ok(steps) => steps,
            Err(error) => return Ok(connect::told(&error)),
        };
        print(&steps, args.output)?;
        let changes = steps.iter().filter(|step| !matches!(step.change, Change::Nothing)).count();
        if changes == 0 || args.dry_run {
            return Ok(Exit::Done);
        }
        if !args.yes && !confirmed(changes)? {
            return Ok(Exit::Failed);
        }
        match registered(&server, steps).await {
            Ok(()) => {
                out::say(&format!("{changes} definitions are registered"));
                Ok(Exit::Done)
            }
            Err(error) => Ok(connect::told(&error)),
        }
    })
}

/// The definitions of the files, task definitions first: a workflow may need them.
fn own(args: &PushArgs, surroundings: &Surroundings) -> Result<Vec<Own>, Stop> {
    let mut catalogue = surroundings.loaded.catalogue.clone();
    let (mut names, mut workflows, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for path in &args.paths {
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(path) };
        for beside in host::beside_definitions(folder)?.into_iter().filter(|_| !path.is_dir()) {
            problems.extend(catalogue.add(host::load_source(&beside)?));
        }
        for file in load::files(std::slice::from_ref(path))? {
            let document = Arc::new(Document::parse(file.clone()));
            if document.workflow().is_some() {
                workflows.push(document);
            } else {
                names.extend(document.task_defs().iter().map(|def| def.name.clone()));
                problems.extend(catalogue.add(file));
            }
        }
    }
    let task = |name: &String| {
        let entry = catalogue.get(name)?;
        let value = task_definition(&entry);
        Some(Own { kind: DefinitionKind::Task, name: name.clone(), version: None, value })
    };
    let mut own: Vec<_> = names.iter().filter_map(task).collect();
    for document in workflows {
        problems.extend(plan::build(&document, &catalogue, load::options(Dialect::Conductor)).diagnostics);
        let Some(def) = document.workflow() else { continue };
        let (name, version) = (def.name.clone(), Some(def.version));
        own.push(Own { kind: DefinitionKind::Workflow, name, version, value: document.value.clone() });
    }
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems.into());
    }
    if own.is_empty() {
        return Err(Diagnostic::new(codes::E0610, "there is no definition in these files").into());
    }
    Ok(own)
}

async fn compared(server: &Server, own: Vec<Own>) -> Result<Vec<Step>, ApiError> {
    let mut steps = Vec::with_capacity(own.len());
    for own in own {
        let there = match own.kind {
            DefinitionKind::Task => server.task_definition(&own.name).await?,
            DefinitionKind::Workflow => server.workflow_definition(&own.name, own.version).await?,
        };
        let change = match there.map(|there| differences(own.kind, &own.value, &there)) {
            None => Change::Create,
            Some(found) if found.is_empty() => Change::Nothing,
            Some(found) => Change::Update(found),
        };
        steps.push(Step { own, change });
    }
    Ok(steps)
}

async fn registered(server: &Server, steps: Vec<Step>) -> Result<(), ApiError> {
    let mut workflows = Vec::new();
    for Step { own, change } in steps {
        match (own.kind, change) {
            (_, Change::Nothing) => {}
            (DefinitionKind::Task, Change::Create) => server.create_task_definitions(vec![own.value]).await?,
            (DefinitionKind::Task, Change::Update(_)) => server.replace_task_definition(own.value).await?,
            (DefinitionKind::Workflow, _) => workflows.push(own.value),
        }
    }
    if workflows.is_empty() { Ok(()) } else { server.put_workflow_definitions(workflows).await }
}

/// Asks at the terminal; where nobody can be asked, nothing is registered.
fn confirmed(changes: usize) -> Result<bool, Stop> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        let diagnostic =
            Diagnostic::new(codes::E0662, format!("{changes} definitions would change, and nobody can be asked"));
        return Err(diagnostic.help("give --yes to register them, or --dry-run to only look").into());
    }
    out::write_raw(&format!("register {changes} definitions? [y/N] "));
    stderr().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn print(steps: &[Step], output: ServerOutput) -> Result<(), Stop> {
    let text = match output {
        ServerOutput::Json => {
            format!("{:#}", json!({"definitions": steps.iter().map(Step::value).collect::<Vec<_>>()}))
        }
        ServerOutput::Human => steps.iter().map(|step| step.lines(render::paint())).collect(),
    };
    Ok(out::data(&text)?)
}

impl Step {
    fn title(&self) -> String {
        let Own { kind, name, version, .. } = &self.own;
        match (kind, version) {
            (DefinitionKind::Workflow, Some(version)) => format!("workflow definition {name}, version {version}"),
            (DefinitionKind::Workflow, None) => format!("workflow definition {name}"),
            (DefinitionKind::Task, _) => format!("task definition {name}"),
        }
    }

    fn lines(&self, paint: legwork::report::Paint) -> String {
        match &self.change {
            Change::Nothing => format!("= {}\n", self.title()),
            Change::Create => format!("+ {}\n", paint.strong(&self.title())),
            Change::Update(found) => {
                let lines = found.iter().map(|one| {
                    let side = |value: &Option<Value>| value.as_ref().map_or("nothing".to_owned(), Value::to_string);
                    format!("    {}  {} → {}\n", one.pointer, side(&one.there), side(&one.here))
                });
                format!("~ {}\n{}", paint.strong(&self.title()), lines.collect::<String>())
            }
        }
    }

    fn value(&self) -> Value {
        let Own { kind, name, version, .. } = &self.own;
        let kind = match kind {
            DefinitionKind::Task => "task",
            DefinitionKind::Workflow => "workflow",
        };
        let (change, found) = match &self.change {
            Change::Nothing => ("none", &[][..]),
            Change::Create => ("create", &[][..]),
            Change::Update(found) => ("update", found.as_slice()),
        };
        let one = |one: &Difference| json!({"pointer": one.pointer.to_string(), "server": one.there, "file": one.here});
        let found: Vec<_> = found.iter().map(one).collect();
        json!({"kind": kind, "name": name, "version": version, "change": change, "differences": found})
    }
}
