//! Runs a workflow definition in this process, without a server: `cargo run --example run_a_workflow`.
//!
//! The calls go to the sandbox; give [`Client::default`](legwork::http::Client) in its place to make them.

use legwork::blocking::Blocking;
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::plan::{self, Options};
use legwork::run::{Ending, Runner};
use legwork::sandbox::Sandbox;
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::serve::SandboxTransport;
use legwork::source::SourceFile;
use serde_json::{Map, json};
use std::error::Error;
use std::sync::Arc;

const WORKFLOW: &str = include_str!("zoom-create-user.yaml");

fn main() -> Result<(), Box<dyn Error>> {
    let catalogue = Catalogue::builtin();
    let document = Arc::new(Document::parse(SourceFile::new("zoom-create-user.yaml", WORKFLOW)));
    let planned = plan::build(&document, &catalogue, Options::default());
    let plan = planned.plan.ok_or("the diagnostics say what is wrong with it")?;

    let sandbox = Arc::new(SandboxTransport::new(Sandbox::new(&catalogue, 0)));
    let runner = Runner::new(sandbox, Arc::new(Vault), Redactor::default());
    let input = json!({"action": "create", "email": "jill@example.com", "type": 1});
    let start = Start::with_input(Map::from_iter(input.as_object().cloned().unwrap_or_default()));

    let run = Blocking::new()?.run(&runner, &plan, start)?;
    assert_eq!(run.ending(), Ending::Completed);
    assert!(run.execution().scope().workflow.output["user_id"].is_string());
    Ok(())
}

/// Secrets from wherever yours are kept. They are read when a request is built, and masked in everything that is told of it.
struct Vault;

impl SecretStore for Vault {
    fn secret(&self, name: &str) -> Option<Secret> {
        (name == "zoom_token").then(|| Secret::new(Sandbox::token()))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_does_what_it_says() {
        super::main().expect("it ends well");
    }
}
