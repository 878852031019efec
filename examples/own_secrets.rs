//! Secrets from a place of your own, which nobody sees afterwards: `cargo run --example own_secrets`.

use legwork::blocking::Blocking;
use legwork::catalogue::Catalogue;
use legwork::definition::Document;
use legwork::http::Client;
use legwork::plan::{self, Options};
use legwork::run::{Runner, TestRequest};
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::source::SourceFile;
use serde_json::json;
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, RwLock};

/// What a vault gave, for as long as it may be kept. It is asked whenever a request is built.
#[derive(Default)]
struct Vault(RwLock<HashMap<String, Secret>>);

impl Vault {
    /// A token has taken the place of another one: the next call uses it.
    fn renew(&self, name: &str, value: &str) {
        if let Ok(mut kept) = self.0.write() {
            kept.insert(name.to_owned(), Secret::new(value));
        }
    }
}

impl SecretStore for Vault {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.0.read().ok()?.get(name).cloned()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let vault = Arc::new(Vault::default());
    let headers = json!({"Authorization": "Bearer ${workflow.secrets.crm_token}"});
    let task = json!({"name": "contacts", "taskReferenceName": "contacts", "type": "HTTP",
        "inputParameters": {"uri": "https://crm.example.com/contacts", "method": "GET", "headers": headers}});
    let text = json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [task]}).to_string();
    let document = Arc::new(Document::parse(SourceFile::new("w.json", text)));
    let plan = plan::build(&document, &Catalogue::builtin(), Options::default()).plan.ok_or("it is right")?;
    let runner = Runner::new(Arc::new(Client::default()), vault.clone(), Redactor::default());

    let (blocking, shown_only) = (Blocking::new()?, TestRequest::default());
    let refused = blocking.test_request(&runner, &plan, &shown_only)?;
    assert!(format!("{refused:?}").contains("crm_token"), "a secret that is not set is named, and nothing is sent");

    for value in ["the-first-token-of-all", "the-token-after-that"] {
        vault.renew("crm_token", value);
        let shown = blocking.test_request(&runner, &plan, &shown_only)?;
        assert!(!format!("{shown:?}").contains(value), "it stands in the request, and in nothing that is told of it");
        let exchange = shown.call.and_then(|call| call.exchange).ok_or("it is planned")?;
        assert!(exchange.request().headers().contains(&("Authorization".into(), "Bearer ***".into())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_does_what_it_says() {
        super::main().expect("it ends well");
    }
}
