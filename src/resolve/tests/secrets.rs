//! Secrets stay references, and come in where their slots are.

use super::scope;
use crate::definition::Dialect;
use crate::resolve::{Context, Resolved, Template};
use crate::secret::{Secret, SecretStore};
use crate::source::Pointer;
use serde_json::{Value, json};

struct Store;

impl SecretStore for Store {
    fn secret(&self, name: &str) -> Option<Secret> {
        match name {
            "token" => Some(Secret::new("to/ken")),
            "creds" => Some(Secret::new(r#"{"id":"cid","deep":{"n":[5,6]}}"#)),
            _ => None,
        }
    }
}

fn resolve(value: &Value, dialect: Dialect) -> Resolved {
    let input = json!({"name": "token", "look": "${workflow.secrets.token}"});
    let (template, _) = Template::parse(value, &[Pointer::parse("/uri")]);
    template.resolve(&scope(input), &Context { dialect, task_id: None }).expect("nothing is missing")
}

#[track_caller]
fn check(value: Value, legwork: Result<Value, &str>, conductor: Value) {
    let revealed = resolve(&value, Dialect::Legwork).reveal(&Store, Dialect::Legwork);
    assert_eq!(revealed.map_err(|unset| unset.to_string()), legwork.map_err(str::to_owned), "{value}");
    let revealed = resolve(&value, Dialect::Conductor).reveal(&Store, Dialect::Conductor);
    assert_eq!(revealed, Ok(conductor), "{value}");
}

#[test]
fn slots_are_filled_and_nothing_else() {
    check(json!("${workflow.secrets.token}"), Ok(json!("to/ken")), json!("to/ken"));
    check(
        json!({"h": ["Bearer ${workflow.secrets.token}"]}),
        Ok(json!({"h": ["Bearer to/ken"]})),
        json!({"h": ["Bearer to/ken"]}),
    );
    check(
        json!("${workflow.secrets.token}:${workflow.secrets.token}"),
        Ok(json!("to/ken:to/ken")),
        json!("to/ken:to/ken"),
    );
    check(json!("${workflow.secrets.creds.id}"), Ok(json!("cid")), json!("cid"));
    check(json!("${workflow.secrets.creds.deep.n}"), Ok(json!([5, 6])), json!([5, 6]));
    check(json!("x${workflow.secrets.creds.deep}"), Ok(json!("x{n=[5,6]}")), json!("x{n=[5,6]}"));
    check(
        json!({"uri": "http://h/${workflow.secrets.token}"}),
        Ok(json!({"uri": "http://h/to%2Fken"})),
        json!({"uri": "http://h/to/ken"}),
    );
    // Data that looks like a reference: a server takes it for one.
    check(json!("${workflow.input.look}"), Ok(json!("${workflow.secrets.token}")), json!("to/ken"));
    check(json!("<${workflow.input.look}>"), Ok(json!("<${workflow.secrets.token}>")), json!("<to/ken>"));
    check(json!("$${workflow.secrets.token}"), Ok(json!("${workflow.secrets.token}")), json!("to/ken"));
    check(json!("${workflow.secrets.${workflow.input.name}}"), Ok(json!("to/ken")), json!("}"));
}

#[test]
fn an_unset_secret_is_named() {
    check(json!("${workflow.secrets.nope}"), Err("secret nope is not set"), Value::Null);
    check(json!("<${workflow.secrets.nope}>"), Err("secret nope is not set"), json!("<>"));
    check(json!("${workflow.secrets.creds.x}"), Err("secret creds is not set at x"), Value::Null);
    check(json!("<${workflow.secrets.token.x}>"), Err("secret token is not set at x"), json!("<>"));
}

#[test]
fn a_slot_knows_its_bytes() {
    let resolved = resolve(&json!({"a": "é ${workflow.input.name} ${workflow.secrets.creds.id}"}), Dialect::Legwork);
    let slot = &resolved.secrets[0];
    let text = resolved.value["a"].as_str().expect("a text");
    assert_eq!(&text[slot.range.clone()], "${workflow.secrets.creds.id}");
    assert_eq!(
        (slot.pointer.as_str(), &*slot.name, slot.path.as_deref(), slot.whole),
        ("/a", "creds", Some("id"), false)
    );
    assert_eq!(resolved.secrets.len(), 1);
}

#[test]
fn a_template_names_its_secrets_and_environment() {
    let value = json!([
        "${workflow.secrets.b.x}${workflow.secrets.a}",
        "${workflow.input.${workflow.env.e}}",
        "${workflow.secrets.a}"
    ]);
    let (template, _) = Template::parse(&value, &[]);
    assert_eq!(
        (template.secrets(), template.env_names()),
        (vec!["b".to_owned(), "a".to_owned()], vec!["e".to_owned()])
    );
}
