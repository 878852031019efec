//! Descriptions as workflow definitions.

use super::*;
use crate::definition::Document;

const ARAZZO: &str = "\
arazzo: 1.0.0
sourceDescriptions: [{name: crm, url: crm.yaml, type: openapi}]
workflows:
  - workflowId: addContact
    inputs: {type: object, properties: {email: {type: string}, size: {type: integer, default: 3}}}
    steps:
      - stepId: create
        operationId: createContact
        parameters: [{name: trace, in: query, value: $inputs.size}]
        requestBody: {payload: {email: $inputs.email, note: 'for {$inputs.email}'}}
        successCriteria: [{condition: $statusCode == 201}]
        outputs: {id: $response.body#/data/0/id}
        onFailure: [{name: again, type: retry, retryAfter: 2, retryLimit: 5}]
      - stepId: read
        operationPath: '{$sourceDescriptions.crm.url}#/paths/~1contacts~1{id}/get'
        parameters: [{name: id, in: path, value: $steps.create.outputs.id}]
        outputs: {tag: $response.header.ETag}
      - stepId: lost
        operationId: nobody.knows
        parameters: [{name: m, in: query, value: $message.payload}]
    outputs: {id: $steps.create.outputs.id, tag: $steps.read.outputs.tag}
";

const CRM: &str = "\
openapi: 3.0.0
info: {title: CRM API}
servers: [{url: 'https://crm.example.com/v1'}]
paths:
  /contacts: {post: {operationId: createContact, tags: [contacts], requestBody: {content: {application/json: {}}}}}
  /contacts/{id}: {get: {operationId: getContact, tags: [contacts]}}
";

#[test]
fn steps_become_tasks_and_what_is_lost_is_told() {
    let file = SourceFile::new("a.yaml", ARAZZO);
    let value = crate::source::parse(&file).value;
    let draft = import(&file, &value, &mut |name| Ok(SourceFile::new(name, CRM)));
    let definition = &draft.workflows.first().expect("a workflow").definition;
    let tasks = definition["tasks"].as_array().expect("tasks");
    let names: Vec<_> = tasks.iter().map(|task| format!("{} {}", task["type"], task["taskReferenceName"])).collect();
    assert_eq!(
        names,
        [r#""HTTP" "create""#, r#""SWITCH" "create_succeeded""#, r#""HTTP" "read""#, r#""SIMPLE" "lost""#]
    );
    let input = json!({"uri": "https://crm.example.com/v1/contacts?trace=${workflow.input.size}", "method": "POST",
        "body": {"email": "${workflow.input.email}", "note": "for ${workflow.input.email}"}});
    assert_eq!(tasks[0]["inputParameters"], input);
    assert_eq!(tasks[0]["taskDefinition"]["retryCount"], 5);
    assert_eq!(tasks[1]["expression"], "(($.value1 == 201)) ? 'yes' : 'no'");
    let uri = "https://crm.example.com/v1/contacts/${create.output.response.body.data[0].id}";
    assert_eq!(tasks[2]["inputParameters"]["uri"], uri);
    let outputs =
        json!({"id": "${create.output.response.body.data[0].id}", "tag": "${read.output.response.headers['ETag'][0]}"});
    assert_eq!(definition["outputParameters"], outputs);
    assert_eq!(definition["inputTemplate"], json!({"size": 3}));
    let lost: Vec<_> =
        draft.diagnostics.iter().map(|one| one.pointer.clone().unwrap_or_default().to_string()).collect();
    assert_eq!(lost, ["/workflows/0/steps/2", "/workflows/0/steps/2/parameters/0/value"]);
    let document = Document::parse(SourceFile::new("w.json", definition.to_string()));
    assert!(document.workflow().is_some(), "{:?}", document.diagnostics);
}
