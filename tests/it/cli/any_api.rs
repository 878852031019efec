//! The sandbox of an API that is only described: what is made is kept.

use super::Served;
use crate::command::Scratch;

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: A shop somewhere, version: '1'}
servers: [{url: https://shop.example.com/v1}]
paths:
  /orders:
    get:
      responses:
        '200': {description: All orders., content: {application/json: {schema: {$ref: '#/components/schemas/Orders'}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}}
      responses:
        '201': {description: The new order., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        '409': {description: There is such an order., content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
        '422': {description: It is wrong., content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /orders/{order_id}:
    parameters: [{name: order_id, in: path, required: true, schema: {type: integer}}]
    get:
      responses:
        '200': {description: The order., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
        '404': {description: No such order., content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
    delete:
      responses:
        '204': {description: It is gone.}
components:
  schemas:
    NewOrder: {type: object, required: [code], properties: {code: {type: string, maxLength: 5}, note: {type: string}}}
    Order:
      allOf:
        - {$ref: '#/components/schemas/NewOrder'}
        - {type: object, required: [id], properties: {id: {type: integer}}}
    Orders: {type: object, required: [orders], properties: {orders: {type: array, items: {$ref: '#/components/schemas/Order'}}}}
    Problem: {type: object, required: [detail, status], properties: {detail: {type: string}, status: {type: integer}}}
";

fn workflow(tasks: &str) -> String {
    format!(
        "name: w\nversion: 1\nschemaVersion: 2\nownerEmail: owner@example.com\ntasks:\n{tasks}outputParameters:\n  id: ${{create.output.response.body.id}}\n"
    )
}

fn task(name: &str, reference: &str, parameters: &str) -> String {
    format!(
        "  - {{name: shop_orders_{name}, taskReferenceName: {reference}, type: SIMPLE, inputParameters: {{{parameters}}}}}\n"
    )
}

#[test]
fn what_a_workflow_makes_is_given_listed_and_taken_away() {
    let scratch = Scratch::new();
    scratch.file("shop.yaml", DOCUMENT);
    let made = "order_id: '${create.output.response.body.id}'";
    let tasks = [
        task("create", "create", "code: tea"),
        task("get", "found", made),
        task("list", "all", ""),
        task("delete", "gone", made),
        task("get", "again", made),
    ];
    scratch.file("w.yaml", workflow(&tasks.concat()));
    let ran = scratch.run(&["run", "w.yaml", "--sandbox", "--task-definitions", "shop.yaml", "--output", "execution"]);
    let execution = ran.exits(1).json();
    let answer = |index: usize| &execution["tasks"][index]["outputData"]["response"];
    let order = &answer(0)["body"];
    assert!(order["id"].is_i64() && order["code"] == "tea" && answer(0)["statusCode"] == 201, "{execution:#}");
    assert_eq!(&answer(1)["body"], order);
    assert_eq!(answer(2)["body"]["orders"].as_array().map(Vec::len), Some(1));
    assert_eq!(&answer(2)["body"]["orders"][0], order);
    assert_eq!(answer(3)["statusCode"], 204);
    assert_eq!(answer(4)["statusCode"], 404);
    assert_eq!(answer(4)["body"], serde_json::json!({"detail": "No such order.", "status": 404}));
}

#[test]
fn a_served_sandbox_plays_a_whole_document() {
    let scratch = Scratch::new();
    scratch.file("shop.yaml", DOCUMENT);
    scratch.file("w.yaml", workflow(&task("create", "create", "code: '${workflow.input.code}'")));
    let served = Served::start(&scratch, &["--task-definitions", "shop.yaml"]);
    let sandbox = format!("--sandbox={}", served.url());
    let test = |code: &str| scratch.run(&["test", "w.yaml", "--task-definitions", "shop.yaml", &sandbox, "-i", code]);
    test("code=tea").exits(0).prints("201 Created");
    test("code=tea").exits(1).prints("409").prints("There is such an order.");
    test("code=milk").exits(0).prints("201 Created");
    test("code=coffee").exits(2).says("code");
}

#[test]
fn every_way_to_authorize_goes_through_the_sandbox_without_a_secret() {
    let schemes = [
        ("basic", "{type: http, scheme: basic}"),
        ("bearer", "{type: http, scheme: bearer}"),
        ("header", "{type: apiKey, in: header, name: X-Key}"),
        ("query", "{type: apiKey, in: query, name: key}"),
        ("cookie", "{type: apiKey, in: cookie, name: session}"),
    ];
    let mut text =
        "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\nservers: [{url: 'https://shop.example.com'}]\n".to_owned();
    text.push_str("components:\n  securitySchemes:\n");
    text.extend(schemes.map(|(name, scheme)| format!("    {name}: {scheme}\n")));
    text.push_str("paths:\n");
    text.extend(schemes.map(|(name, _)| {
        let security = format!("security: [{{{name}: []}}]");
        format!(
            "  /{name}s: {{get: {{operationId: by_{name}, {security}, responses: {{'200': {{description: OK.}}}}}}}}\n"
        )
    }));
    let scratch = Scratch::new();
    scratch.file("task-definitions/shop.yaml", text);
    scratch.run(&["new", "w.yaml"]).exits(0);
    for (name, _) in schemes {
        let (own, by_reference) = (format!("by_{name}"), format!("{name}_2"));
        let task = format!("shop_{name}s_by_{name}");
        scratch.run(&["add", &task, "--to", "w.yaml", "--ref", &own]).exits(0);
        scratch.run(&["add", &task, "--to", "w.yaml", "--ref", &by_reference, "--by-reference"]).exits(0);
        scratch.run(&["test", "w.yaml", "--task", &own, "--sandbox"]).exits(0);
        scratch.run(&["test", "w.yaml", "--task", &by_reference, "--sandbox"]).exits(0);
    }
}
