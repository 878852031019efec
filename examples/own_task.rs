//! A task of your own beside HTTP tasks: `cargo run --example own_task`.

use legwork::blocking::Blocking;
use legwork::catalogue::Catalogue;
use legwork::decide::{Start, TaskResult};
use legwork::definition::Document;
use legwork::http::Client;
use legwork::plan::{self, Options};
use legwork::resolve::TaskStatus;
use legwork::run::Runner;
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::source::SourceFile;
use legwork::task::{Attempt, BoxFuture, Outcome, Registry, SystemTask};
use serde_json::{Value, json};
use std::error::Error;
use std::sync::Arc;

/// Carries out the SIMPLE tasks of the name that it is registered for.
struct Greet;

impl SystemTask for Greet {
    fn execute<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let name = attempt.request.value.get("name").and_then(Value::as_str).unwrap_or("you");
            let result = TaskResult::new(TaskStatus::Completed, json!({"greeting": format!("Hello, {name}!")}));
            Outcome { result: Some(result), call: None }
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let task =
        json!({"name": "greet", "taskReferenceName": "greet", "type": "SIMPLE", "inputParameters": {"name": "Jill"}});
    let text = json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string();
    let document = Arc::new(Document::parse(SourceFile::new("w.json", text)));
    let plan = plan::build(&document, &Catalogue::builtin(), Options::default()).plan.ok_or("it is right")?;

    let mut registry = Registry::default();
    registry.register("greet", Arc::new(Greet));
    let runner = Runner::new(Arc::new(Client::default()), Arc::new(NoSecrets), Redactor::default()).registry(registry);
    let run = Blocking::new()?.run(&runner, &plan, Start::default())?;
    assert_eq!(*run.execution().scope().workflow.output, json!({"greeting": "Hello, Jill!"}));
    Ok(())
}

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_does_what_it_says() {
        super::main().expect("it ends well");
    }
}
