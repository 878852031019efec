//! What `legwork new` and `legwork add` write runs on a server as it is.

use super::case::{Case, yaml};
use super::definitions::compare;
use super::mock::Mock;
use super::server::Server;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// An API of our own, described as users do. It has no form: a server sends none that is written as an object.
const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: CRM, version: '1'}
servers: [{url: https://crm.example.com/v1}]
paths:
  /contacts:
    post:
      operationId: contacts/create
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [email, age]
              properties:
                email: {type: string}
                age: {type: integer}
                tags: {type: array, items: {type: string}}
      responses: {'200': {description: It is made.}}
  /contacts/{contact_id}:
    parameters: [{name: contact_id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: contacts/get
      parameters: [{name: fields, in: query, schema: {type: string}}, {name: X-Trace, in: header, schema: {type: string}}]
      responses: {'200': {description: The contact.}}
    delete:
      operationId: contacts/delete
      responses: {'200': {description: It is gone.}}
";

const SERVER: &str = "https://crm.example.com/v1";

fn legwork(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
    command.current_dir(folder).env("XDG_DATA_HOME", folder.join(".data")).env("XDG_CACHE_HOME", folder.join(".cache"));
    let ran = command.args(arguments).output().expect("the command starts");
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// A workflow made of the commands alone, and the prepared calls of a document in it.
fn authored(folder: &Path) -> Value {
    fs::write(folder.join("crm.yaml"), DOCUMENT).expect("a scratch file");
    legwork(folder, &["new", "w.yaml", "--name", "authored"]);
    let add = |name: &str, more: &[&str]| {
        legwork(folder, &[&["add", name, "--to", "w.yaml", "--task-definitions", "crm.yaml"], more].concat());
    };
    add("crm_contacts_create", &["--all"]);
    add("crm_contacts_get", &["--all", "--ref", "found"]);
    add("crm_contacts_delete", &[]);
    yaml(&folder.join("w.yaml"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_that_was_put_together_by_commands_runs_on_the_server() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let text = authored(folder.path()).to_string();
    assert!(text.contains(SERVER), "{text}");
    // The address of the API is the only thing that is changed.
    let workflow: Value =
        serde_json::from_str(&text.replace(SERVER, "${workflow.input.api}/echo")).expect("still JSON");
    let input = json!({"email": "jane@example.com", "age": 40, "tags": ["a", "b"], "contact_id": "7", "fields": "name",
        "x_trace": "abc"});
    let input = input.as_object().cloned().unwrap_or_default();
    let case = Case { name: "authored".to_owned(), workflow, input, ..Case::default() };
    let (server, mock) = (Server::running(), Mock::default());
    let api = mock.listen().await;
    let (name, found) = compare(case, &server, &mock, &api).await;
    assert!(found.is_empty(), "{name}:\n  {}", found.join("\n  "));
    for side in ["authored-there", "authored-here"] {
        let requests = mock.requests(side);
        assert_eq!(requests.len(), 3, "{side}: {requests:#?}");
        let created = requests.iter().find(|one| one["path"] == "echo/contacts").expect("the first call");
        assert_eq!(created["body"], json!({"email": "jane@example.com", "age": 40, "tags": ["a", "b"]}));
    }
}
