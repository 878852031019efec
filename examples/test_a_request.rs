//! One task of a workflow, looked at before it is sent, and sent alone: `cargo run --example test_a_request`.

use legwork::blocking::Blocking;
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::plan::{self, Options};
use legwork::run::{Runner, TestRequest};
use legwork::sandbox::Sandbox;
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::serve::SandboxTransport;
use legwork::source::SourceFile;
use serde_json::json;
use std::error::Error;
use std::sync::Arc;

const WORKFLOW: &str = include_str!("zoom-get-or-create.yaml");

fn main() -> Result<(), Box<dyn Error>> {
    let catalogue = Catalogue::builtin();
    let document = Arc::new(Document::parse(SourceFile::new("zoom-get-or-create.yaml", WORKFLOW)));
    let plan = plan::build(&document, &catalogue, Options::default()).plan.ok_or("it is right")?;
    let sandbox = Arc::new(SandboxTransport::new(Sandbox::new(&catalogue, 0)));
    let (runner, blocking) = (Runner::new(sandbox, Arc::new(Token), Redactor::default()), Blocking::new()?);

    let input = json!({"email": "jill@example.com", "first_name": "Jill", "last_name": "Chill"});
    let input = input.as_object().cloned().unwrap_or_default();
    let planned = TestRequest {
        reference_name: Some("create".to_owned()),
        start: Start::with_input(input),
        ..TestRequest::default()
    };
    // Nothing is sent: the exact request, and where every value came from.
    let shown = blocking.test_request(&runner, &plan, &planned)?;
    let exchange = shown.call.and_then(|call| call.exchange).ok_or("it is planned")?;
    assert_eq!(exchange.request().uri(), "https://api.zoom.us/v2/users");
    assert_eq!(exchange.request().body()["user_info"]["email"], "jill@example.com");

    let sent = blocking.test_request(&runner, &plan, &TestRequest { send: true, ..planned })?;
    let answer = sent.call.and_then(|call| call.exchange?.response()).ok_or("it was answered")?;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.body()["email"], "jill@example.com");
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
