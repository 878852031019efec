//! `legwork import`.

use super::WORKFLOW;
use crate::command::Scratch;

/// Two operations, a shared schema, and a way to authorize.
const API: &str = "\
openapi: 3.0.3
info: {title: CRM API, version: '1'}
servers: [{url: 'https://crm.example.com/v1'}]
security: [{token: []}]
paths:
  /contacts:
    post:
      operationId: contacts/create
      summary: Add a contact
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}}
        '409': {description: There is such a contact already.}
  /contacts/{id}:
    get:
      operationId: contacts/get
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Contact'}}}}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Contact:
      type: object
      required: [email]
      properties:
        id: {type: string, readOnly: true}
        email: {type: string, format: email}
        parent: {$ref: '#/components/schemas/Contact'}
";

const TASK: &str = "\
name: add_contact
version: 1
schemaVersion: 2
tasks:
  - name: crm_contacts_create
    taskReferenceName: create
    type: SIMPLE
    inputParameters: {email: '${workflow.input.email}'}
";

fn imported() -> Scratch {
    let scratch = Scratch::new();
    scratch.file("api.yaml", API);
    scratch.run(&["import", "api.yaml"]).exits(0).prints("2 of 2 operations: 4 files written below task-definitions");
    scratch
}

#[test]
fn what_is_imported_is_called_at_once() {
    let scratch = imported();
    scratch.file("w.yaml", TASK);
    let with = ["--task-definitions", "task-definitions"];
    scratch.run(&[&["check", "w.yaml"], &with[..]].concat()).exits(0);
    let email = ["-i", "email=jane@example.com"];
    scratch.run(&[&["test", "w.yaml", "--sandbox"], &email[..], &with[..]].concat()).exits(0).prints("201");
    let wrong = ["-i", "email=jane"];
    scratch.run(&[&["test", "w.yaml", "--sandbox"], &wrong[..], &with[..]].concat()).exits(2);
    scratch.run(&[&["show", "crm_contacts_create"], &with[..]].concat()).exits(0).prints("email").prints("409");
}

#[test]
fn a_source_that_is_none_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.run(&["import", "w.yaml"]).exits(2).prints_nothing().says("E0801").says("begins with name");
    scratch.run(&["import", "none.yaml"]).exits(2).prints_nothing().says("E0601");
    assert!(!scratch.path().join("task-definitions").exists());
}

#[test]
fn a_flaw_costs_its_operation() {
    let scratch = Scratch::new();
    scratch.file("api.yaml", API.replace("  /contacts/{id}:\n", "  /gone: {$ref: gone.yaml}\n  /contacts/{id}:\n"));
    let ran = scratch.run(&["import", "api.yaml"]).exits(0).prints("2 of 3 operations");
    ran.says("E0802").says("`/gone` cannot be imported").says("api.yaml:");
    scratch.file("odd.yaml", API.replace("  /contacts/{id}:\n", "  /odd: {get: 7}\n  /contacts/{id}:\n"));
    let ran = scratch.run(&["import", "odd.yaml", "--into", "odd"]).exits(0).prints("2 of 3 operations");
    ran.says("E0802").says("GET /odd cannot be imported: it is no object");
    scratch.file("none.yaml", "openapi: 3.0.3\npaths: {/gone: {$ref: gone.yaml}}\n");
    scratch.run(&["import", "none.yaml"]).exits(2).prints_nothing().says("E0801").says("E0802");
}

#[test]
fn what_is_left_out_is_told() {
    let scratch = Scratch::new();
    scratch.file("api.yaml", API.replace("{name: id, in: path,", "{name: id, in: path, x: 1}, {in: query,"));
    scratch.run(&["import", "api.yaml", "--name", "own"]).exits(0).says("E0803").says("`name` and `in`");
    assert!(scratch.path().join("task-definitions/own/contacts.get.yaml").exists());
}

#[test]
fn a_reference_that_leads_nowhere_is_told_at_its_place() {
    let scratch = Scratch::new();
    scratch.file(
        "api.yaml",
        API.replace("parent: {$ref: '#/components/schemas/Contact'}", "parent: {$ref: '#/components/schemas/Contakt'}"),
    );
    let ran = scratch.run(&["import", "api.yaml", "--output", "json"]).exits(0);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let first = &told["diagnostics"][0];
    assert_eq!(
        (&first["code"], &first["pointer"]),
        (&"E0804".into(), &"/components/schemas/Contact/properties/parent".into())
    );
    assert_eq!(first["line"], 30, "{first}");
}

#[test]
fn a_changed_file_is_kept() {
    let scratch = imported();
    let path = scratch.path().join("task-definitions/crm/contacts.get.yaml");
    let text = std::fs::read_to_string(&path).expect("the file").replace("retryCount: 3", "retryCount: 7");
    std::fs::write(&path, &text).expect("the file");
    scratch.run(&["import", "api.yaml"]).exits(0).prints("0 files written").prints("1 kept").says("E0805");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
    scratch.run(&["import", "api.yaml", "--force", "--dry-run"]).exits(0).prints("1 file would be written");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
    scratch.run(&["import", "api.yaml", "--force"]).exits(0).prints("1 file written");
    assert_ne!(std::fs::read_to_string(&path).expect("the file"), text);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told() {
    let scratch = Scratch::new();
    scratch.file("api.yaml", API);
    scratch.file("task-definitions", "a file, not a folder");
    scratch.run(&["import", "api.yaml"]).exits(2).prints_nothing().says("E0806").says("cannot be written");
}
