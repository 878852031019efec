//! Documents as task definitions.

use super::*;
use crate::catalogue::Auth;
use crate::draft::{OperationDraft, shared};

fn imported(text: &str) -> Draft {
    let file = SourceFile::new("api.yaml", text);
    let value = crate::source::parse(&file).value;
    let draft = import(&file, value, &Options::default(), &mut |name| Err(format!("no {name}")));
    assert_eq!(draft.found, draft.operations.len(), "{:?}", draft.diagnostics);
    draft
}

fn first(draft: &Draft) -> &OperationDraft {
    draft.operations.first().expect("an operation")
}

#[test]
fn a_swagger_document_is_read_as_well() {
    let draft = imported(
        "swagger: '2.0'\ninfo: {title: The CRM API}\nhost: crm.example.com\nbasePath: /v1\nschemes: [https]\n\
         securityDefinitions: {key: {type: apiKey, in: header, name: X-Key}}\nsecurity: [{key: []}]\n\
         definitions: {Contact: {type: object, required: [email], properties: {email: {type: string, x-nullable: true}}}}\n\
         paths: {/contacts: {post: {operationId: addContact, tags: [contacts], parameters: [\
         {in: body, name: body, required: true, schema: {$ref: '#/definitions/Contact'}},\
         {in: query, name: tags, type: array, items: {type: string}}], responses: {'200': {description: OK}}}}}\n",
    );
    assert_eq!(
        (draft.provider.name.as_str(), draft.provider.servers.as_slice()),
        ("crm", &["https://crm.example.com/v1".to_owned()][..])
    );
    assert!(matches!(draft.provider.auth.get("key"), Some(Auth::ApiKey(key)) if key.name == "X-Key"));
    let operation = first(&draft);
    assert_eq!(operation.body, Some(json!({"email": "{{email}}"})));
    assert_eq!(operation.body_schema, Some(json!({"$ref": shared("Contact")})));
    assert_eq!(operation.query_styles, json!({"tags": "comma"}).as_object().cloned().unwrap_or_default());
    assert_eq!(draft.schemas["Contact"]["properties"]["email"]["type"], json!(["string", "null"]));
    assert_eq!((operation.required.as_slice(), operation.auth.as_deref()), (&["email".to_owned()][..], Some("key")));
}

#[test]
fn a_rule_over_several_fields_is_for_the_body_as_a_whole() {
    let draft = imported(
        "openapi: 3.1.0\ninfo: {title: CRM}\npaths: {/find: {post: {requestBody: {required: true, content: {application/json: {schema: \
         {type: object, properties: {email: {type: string}, phone: {type: string}}, anyOf: [{required: [email]}, {required: [phone]}]}}}}, \
         responses: {'429': {description: Too many calls.}}}}}\n",
    );
    let operation = first(&draft);
    assert_eq!(operation.body, Some(json!("{{body}}")));
    assert_eq!(operation.more["errors"][0]["kind"], "rate_limit");
    assert_eq!(operation.examples.first().map(|(name, _)| name.as_str()), Some("typical"));
}
