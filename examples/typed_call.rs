//! One task alone, whose body's schema is made of a Rust type, planned and not sent: `cargo run --example typed_call`.

use legwork::blocking::Blocking;
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::http::Client;
use legwork::plan::{self, Options};
use legwork::run::{Runner, TestRequest};
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::source::SourceFile;
use schemars::JsonSchema;
use serde_json::{Map, json};
use std::error::Error;
use std::sync::Arc;

/// What a contact is made of.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only the schema of its fields is used")]
struct NewContact {
    /// Where to write to.
    #[schemars(length(min = 3))]
    email: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let contacts = legwork::define::<NewContact>("crm_contacts_create").post("https://crm.example.com/contacts");
    let mut catalogue = Catalogue::builtin();
    assert!(catalogue.define(&contacts).is_empty(), "nothing is wrong with it");

    let task = json!({"name": "crm_contacts_create", "taskReferenceName": "create", "type": "SIMPLE",
        "inputParameters": {"email": "${workflow.input.email}"}});
    let written = json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string();
    let document = Arc::new(Document::parse(SourceFile::new("w.json", written)));
    let plan = plan::build(&document, &catalogue, Options::default()).plan.ok_or("it is right")?;
    let runner = Runner::new(Arc::new(Client::default()), Arc::new(NoSecrets), Redactor::default());

    let test = |email: &str| {
        let input = Map::from_iter([("email".to_owned(), email.into())]);
        TestRequest { start: Start::with_input(input), send: false, ..TestRequest::default() }
    };
    let blocking = Blocking::new()?;
    let shown = blocking.test_request(&runner, &plan, &test("jane@example.com"))?;
    let exchange = shown.call.and_then(|call| call.exchange).ok_or("it is planned")?;
    assert_eq!(exchange.request().uri(), "https://crm.example.com/contacts");
    assert_eq!(exchange.request().body(), json!({"email": "jane@example.com"}));
    let refused = blocking.test_request(&runner, &plan, &test("a"))?.refusal.ok_or("it is too short")?;
    assert!(refused.sentence().contains("/email"), "{}", refused.sentence());
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
