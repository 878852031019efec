//! Makes one call of a task definition, and takes what came of it: `cargo run --example call_one_task`.
//!
//! The call goes to the sandbox; give [`Client::default`](legwork::http::Client) in its place to make it.

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
use serde_json::json;
use std::error::Error;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn Error>> {
    // A workflow of one task, by reference: the operation's own parameters.
    let parameters = json!({"action": "custCreate", "email": "jill@example.com", "type": 2});
    let task = json!({"name": "zoom_users_create", "taskReferenceName": "create", "type": "SIMPLE", "inputParameters": parameters});
    let text = json!({"name": "create", "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string();
    let document = Arc::new(Document::parse(SourceFile::new("create.json", text)));
    let catalogue = Catalogue::builtin();
    let plan = plan::build(&document, &catalogue, Options::default()).plan.ok_or("it is right")?;

    let sandbox = Arc::new(SandboxTransport::new(Sandbox::new(&catalogue, 0)));
    let runner = Runner::new(sandbox, Arc::new(Token), Redactor::default());
    let run = Blocking::new()?.run(&runner, &plan, Start::default())?;
    assert_eq!(run.ending(), Ending::Completed);
    let create = run.execution().scope().latest("create").ok_or("it was made")?;
    assert_eq!(create.output.pointer("/response/statusCode"), Some(&json!(201)));
    assert!(create.output.pointer("/response/body/id").is_some_and(serde_json::Value::is_string));
    Ok(())
}

struct Token;

impl SecretStore for Token {
    fn secret(&self, _: &str) -> Option<Secret> {
        Some(Secret::new(Sandbox::token()))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_does_what_it_says() {
        super::main().expect("it ends well");
    }
}
