//! Sandboxes of definitions that do not say how they are played.

use super::*;
use crate::source::SourceFile;

/// Task definitions as an import writes them, in short: name, method, path, schema of the body, of the answer, further keys.
fn api(definitions: &[(&str, &str, &str, Value, Value, Value)]) -> Sandbox {
    let mut catalogue = Catalogue::empty();
    catalogue.add(SourceFile::new("crm/_provider.yaml", "provider: crm\nservers: ['https://crm.example.com']\n"));
    for (name, method, path, body, answer, more) in definitions {
        let uri = format!("{{{{server}}}}{}", path.replace('{', "{{").replace('}', "}}"));
        let mut own = json!({"request": {"method": method, "uri": uri}});
        if let (Value::Object(own), Value::Object(more)) = (&mut own, more) {
            own.extend(more.clone());
            own.extend(Some(body).filter(|body| !body.is_null()).map(|body| ("body_schema".to_owned(), body.clone())));
        }
        let mut output =
            json!({"type": "object", "properties": {"response": {"type": "object", "properties": {"body": answer}}}});
        if answer.is_null() {
            output = json!({"type": "object"});
        }
        let schema = |data: Value| json!({"name": "s", "version": 1, "type": "JSON", "data": data});
        let def = json!({"name": format!("crm_{name}"), "retryCount": 1, "x-legwork": own,
            "inputSchema": schema(json!({"type": "object", "properties": {}})), "outputSchema": schema(output)});
        let told = catalogue.add(SourceFile::new(format!("crm/{name}.json"), def.to_string()));
        assert!(told.iter().all(|one| !one.is_error()), "{told:?}");
    }
    Sandbox::new(&catalogue, 7)
}

fn call(sandbox: &mut Sandbox, request: &str, body: &Value) -> (u16, Value) {
    let (method, target) = request.split_once(' ').expect("a method and a target");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let asked = SandboxRequest { method, host: "localhost", path, query, headers: &[], body: &body };
    match sandbox.answer(&asked, 0) {
        SandboxAnswer::Reply(reply) => (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default()),
        other => panic!("{request}: {other:?}"),
    }
}

/// Plays calls, each with its body, status and answer; `@` is the id that the first one gave.
fn check(sandbox: &mut Sandbox, calls: &[(&str, Value, u16, Value)]) {
    let mut first = String::new();
    for (request, body, status, expected) in calls {
        let (got, mut answer) = call(sandbox, &request.replace('@', &first), body);
        let ids = answer.pointer("/id").or(answer.pointer("/data/id")).map(kept::text);
        if let Some(id) = ids.filter(|_| first.is_empty()) {
            first = id;
        }
        if !first.is_empty() {
            answer = serde_json::from_str(&answer.to_string().replace(&first, "@")).unwrap_or_default();
        }
        assert_eq!((got, &answer), (*status, expected), "{request}");
    }
}

fn contact() -> Value {
    json!({"type": "object", "required": ["id", "email"], "properties": {
        "id": {"type": "string", "readOnly": true}, "email": {"type": "string"}, "name": {"type": "string"}}})
}

fn contact_body() -> Value {
    json!({"type": "object", "required": ["email"], "properties": {
        "email": {"type": "string"}, "name": {"type": "string"}, "password": {"type": "string"}}})
}

fn contacts() -> Sandbox {
    let list = json!({"type": "object", "required": ["contacts", "total"], "properties": {
        "contacts": {"type": "array", "items": contact()}, "total": {"type": "integer"}}});
    let conflict = json!({"accepted": [201], "errors": [{"status": 409, "kind": "conflict", "resend": "never", "say": "It is there."}]});
    let gone = json!({"accepted": [204]});
    api(&[
        ("create", "POST", "/contacts", contact_body(), contact(), conflict),
        ("list", "GET", "/contacts", Value::Null, list, json!({})),
        ("get", "GET", "/contacts/{contact_id}", Value::Null, contact(), json!({})),
        (
            "update",
            "PATCH",
            "/contacts/{contact_id}",
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            contact(),
            json!({}),
        ),
        ("delete", "DELETE", "/contacts/{contact_id}", Value::Null, Value::Null, gone),
    ])
}

#[test]
fn what_is_made_is_given_listed_changed_and_taken_away() {
    let jane = json!({"id": "@", "email": "jane@example.com"});
    let janet = json!({"id": "@", "email": "jane@example.com", "name": "Janet"});
    let nothing = Value::Null;
    check(
        &mut contacts(),
        &[
            ("POST /contacts", json!({"email": "jane@example.com", "password": "s"}), 201, jane.clone()),
            ("GET /contacts/@", nothing.clone(), 200, jane.clone()),
            ("GET /contacts", nothing.clone(), 200, json!({"contacts": [jane], "total": 1})),
            ("PATCH /contacts/@", json!({"name": "Janet"}), 200, janet.clone()),
            ("GET /contacts/@", nothing.clone(), 200, janet.clone()),
            ("GET /contacts?email=other@example.com", nothing.clone(), 200, json!({"contacts": [], "total": 0})),
            (
                "POST /contacts",
                json!({"email": "JANE@example.com"}),
                409,
                json!({"message": "There is such a thing already: JANE@example.com."}),
            ),
            ("GET /contacts/other", nothing.clone(), 404, json!({"message": "There is no other."})),
            ("DELETE /contacts/@", nothing.clone(), 204, nothing.clone()),
            ("GET /contacts/@", nothing.clone(), 404, json!({"message": "There is no @."})),
            ("DELETE /contacts/@", nothing.clone(), 404, json!({"message": "There is no @."})),
            ("GET /contacts", nothing, 200, json!({"contacts": [], "total": 0})),
        ],
    );
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let make = || call(&mut contacts(), "POST /contacts", &json!({"email": "a"})).1;
    assert_eq!(make(), make());
    let mut api = contacts();
    let first = call(&mut api, "POST /contacts", &json!({"email": "a"})).1;
    let second = call(&mut api, "POST /contacts", &json!({"email": "b"})).1;
    assert_ne!(first["id"], second["id"]);
    api.reset();
    assert_eq!(call(&mut api, "POST /contacts", &json!({"email": "a"})).1, first);
}

#[test]
fn nothing_made_is_answered_typically() {
    let mut api = contacts();
    let (status, answer) = call(&mut api, "GET /contacts/7", &Value::Null);
    assert_eq!((status, &answer["id"]), (200, &json!("7")));
    let (status, answer) = call(&mut api, "GET /contacts", &Value::Null);
    assert_eq!((status, answer["contacts"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(call(&mut api, "PATCH /contacts/7", &json!({"name": "Jim"})).1["name"], "Jim");
    assert_eq!(call(&mut api, "GET /contacts/7", &Value::Null).1["name"], "Jim");
}

#[test]
fn a_body_is_judged_in_the_schema_s_own_words() {
    let (status, answer) = call(&mut contacts(), "POST /contacts", &json!({"name": "Jane"}));
    assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("email")));
    assert!(answer["message"].as_str().is_some_and(|told| told.contains("email")), "{answer}");
}

#[test]
fn each_parent_has_its_own_children() {
    let repo = json!({"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}});
    let list = json!({"type": "array", "items": repo});
    let body = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
    let mut api = api(&[
        ("repos_create", "POST", "/orgs/{org}/repos", body.clone(), repo.clone(), json!({"accepted": [201]})),
        ("repos_list", "GET", "/orgs/{org}/repos", Value::Null, list, json!({})),
        ("repos_get", "GET", "/orgs/{org}/repos/{repo}", Value::Null, repo, json!({})),
        (
            "orgs_create",
            "POST",
            "/orgs",
            body,
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            json!({}),
        ),
        ("orgs_delete", "DELETE", "/orgs/{org}", Value::Null, Value::Null, json!({})),
    ]);
    let (status, made) = call(&mut api, "POST /orgs/acme/repos", &json!({"name": "tools"}));
    assert!(status == 201 && made["id"].is_i64(), "{status} {made}");
    assert_eq!(call(&mut api, "GET /orgs/acme/repos", &Value::Null).1, json!([made]));
    assert_eq!(call(&mut api, "GET /orgs/acme/repos/tools", &Value::Null), (200, made.clone()));
    assert_ne!(call(&mut api, "GET /orgs/other/repos", &Value::Null).1, json!([made]));
    assert_eq!(call(&mut api, "POST /orgs", &json!({"name": "new"})).0, 201);
    assert_eq!(call(&mut api, "GET /orgs/new/repos", &Value::Null).0, 200);
    assert_eq!(call(&mut api, "GET /orgs/unknown/repos", &Value::Null).0, 404);
    assert_eq!(call(&mut api, "DELETE /orgs/new", &Value::Null).0, 200);
    assert_eq!(call(&mut api, "POST /orgs/new/repos", &json!({"name": "late"})).0, 404);
}

#[test]
fn lists_are_cut_into_pages() {
    let mut api = contacts();
    for index in 0..5 {
        call(&mut api, "POST /contacts", &json!({"email": format!("{index}@example.com")}));
    }
    let check = |api: &mut Sandbox, query: &str, expected: &[&str]| {
        let (_, answer) = call(api, &format!("GET /contacts?{query}"), &Value::Null);
        let mails = answer["contacts"].as_array().into_iter().flatten();
        let mails: Vec<_> = mails.filter_map(|one| one["email"].as_str()?.strip_suffix("@example.com")).collect();
        assert_eq!((mails.as_slice(), &answer["total"]), (expected, &json!(5)), "{query}");
    };
    check(&mut api, "per_page=2&page=2", &["2", "3"]);
    check(&mut api, "limit=2&offset=4", &["4"]);
    check(&mut api, "page=2", &[]);
    check(&mut api, "sort=email", &["0", "1", "2", "3", "4"]);
}

#[test]
fn a_body_may_name_what_it_changes_and_a_path_below_may_list_it() {
    let pet = json!({"type": "object", "required": ["name"], "properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "status": {"type": "string"}}});
    let mut catalogue = Catalogue::empty();
    catalogue.add(SourceFile::new("pets/_provider.yaml", "provider: pets\nservers: ['https://pets.example.com']\n"));
    catalogue.add(SourceFile::new("pets/_shared.schema.json", json!({"$defs": {"Pet": pet}}).to_string()));
    let one = json!({"$ref": "_shared.schema.json#/$defs/Pet"});
    let definitions = [
        ("add", "POST", "/pet", true, one.clone()),
        ("update", "PUT", "/pet", true, one.clone()),
        ("get", "GET", "/pet/{{petId}}", false, one.clone()),
        ("find", "GET", "/pet/findByStatus", false, json!({"type": "array", "items": one})),
    ];
    for (name, method, path, has_body, answer) in definitions {
        let mut own = json!({"request": {"method": method, "uri": format!("{{{{server}}}}{path}")}});
        if has_body {
            own["body_schema"] = one.clone();
        }
        let data =
            json!({"type": "object", "properties": {"response": {"type": "object", "properties": {"body": answer}}}});
        let def = json!({"name": format!("pets_{name}"), "retryCount": 1, "x-legwork": own,
            "outputSchema": {"name": "o", "version": 1, "type": "JSON", "data": data}});
        catalogue.add(SourceFile::new(format!("pets/{name}.json"), def.to_string()));
    }
    let sold = json!({"id": 5, "name": "Leo", "status": "sold"});
    let mut api = Sandbox::new(&catalogue, 7);
    call(&mut api, "POST /pet", &json!({"id": 5, "name": "Leo", "status": "new"}));
    assert_eq!(call(&mut api, "PUT /pet", &sold), (200, sold.clone()));
    assert_eq!(call(&mut api, "GET /pet/5", &Value::Null), (200, sold.clone()));
    assert_eq!(call(&mut api, "GET /pet/findByStatus?status=sold", &Value::Null), (200, json!([sold])));
    assert_eq!(call(&mut api, "GET /pet/findByStatus?status=new", &Value::Null), (200, json!([])));
    assert_eq!(call(&mut api, "PUT /pet", &json!({"id": 6, "name": "Max"})).0, 404);
}
