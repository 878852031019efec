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

#[test]
fn what_stands_in_a_path_is_sent_as_it_is_written() {
    let draft = imported(
        "openapi: 3.0.3\ninfo: {title: CRM}\nservers: [{url: 'https://crm.example.com'}]\npaths:\n\
         \x20 '/find?view=full&id={user}': {get: {parameters: [{name: user, in: path, required: true, schema: {type: string}}], responses: {}}}\n\
         \x20 '/a b/{m}/{l}': {get: {parameters: [{name: m, in: path, required: true, style: matrix, schema: {type: array, items: {type: string}}}, \
         {name: l, in: path, required: true, style: label, schema: {type: string}}], responses: {}}}\n\
         \x20 'pets': {get: {parameters: [{name: where, in: query, content: {application/json: {schema: {type: object}}}}], responses: {}}}\n\
         \x20 '': {get: {responses: {}}}\n",
    );
    let request =
        |at: usize| draft.operations.get(at).map(|one| (one.uri.as_str(), json!(one.query), json!(one.query_styles)));
    let expected = |uri: &'static str, query: Value, styles: Value| Some((uri, query, styles));
    assert_eq!(request(0), expected("{{server}}/find", json!({"view": "full", "id": "{{id}}"}), json!({})));
    assert_eq!(request(1), expected("{{server}}/a%20b/;m={{m}}/.{{l}}", json!({}), json!({})));
    assert_eq!(request(2), expected("{{server}}/pets", json!({"where": "{{where}}"}), json!({"where": "json"})));
    assert_eq!(request(3), expected("{{server}}", json!({}), json!({})));
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let draft = imported(
        "openapi: 3.0.3\ninfo: {title: CRM}\nservers: [{url: 'https://crm.example.com'}]\npaths:\n\
         \x20 /a: {get: {tags: [a_b], operationId: c, responses: {}}, put: {tags: [a], operationId: b_c, responses: {}}}\n\
         \x20 /b: {get: {tags: [aux], operationId: get, responses: {}}, put: {tags: [Aux], operationId: GET, responses: {}}}\n\
         \x20 /c: {get: {tags: [ツール], operationId: 操作, responses: {}}}\n",
    );
    let names: Vec<_> = draft.operations.iter().map(|one| format!("{}.{}", one.resource, one.verb)).collect();
    assert_eq!(names, ["a_b.c", "a.b_c_2", "aux_api.get", "aux_api.get_2", "c.list"]);
}

#[test]
fn a_part_that_is_no_scalar_is_a_file_or_a_value() {
    let draft = imported(
        "openapi: 3.0.3\ninfo: {title: CRM}\nservers: [{url: 'https://crm.example.com'}]\n\
         components: {schemas: {Meta: {type: object, required: [n], properties: {n: {type: string}}}}}\n\
         paths: {/up: {post: {operationId: up, requestBody: {required: true, content: {multipart/form-data: {schema: {type: object, \
         required: [meta, file], properties: {meta: {$ref: '#/components/schemas/Meta'}, file: {type: string, format: binary}, \
         tags: {type: array, items: {type: string}}}}}}}, responses: {}}}}\n",
    );
    let operation = first(&draft);
    let (_, example) = operation.examples.first().expect("an example");
    assert_eq!(json!(example), json!({"meta": {"value": {"n": "text"}}, "file": "text"}));
    assert_eq!(draft.schemas["up.up.body"]["properties"]["tags"]["items"], json!({"type": "string"}));
}
