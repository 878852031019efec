use super::*;

/// A sandbox at a standing clock.
struct Api {
    sandbox: Sandbox,
    now_ms: i64,
}

impl Api {
    fn new() -> Self {
        Self { sandbox: Sandbox::new(&Catalogue::builtin(), 7), now_ms: 1_769_860_800_000 }
    }

    fn send(&mut self, request: &str, body: &Value) -> SandboxAnswer {
        self.send_with(request, body, &[("Authorization", &format!("Bearer {TOKEN}"))])
    }

    fn send_with(&mut self, request: &str, body: &Value, headers: &[(&str, &str)]) -> SandboxAnswer {
        let (method, target) = request.split_once(' ').expect("a method and a target");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let request = SandboxRequest { method, host: "localhost", path, query, headers: &headers, body: &body };
        self.sandbox.answer(&request, self.now_ms)
    }

    /// Status and body of an answer.
    fn call(&mut self, request: &str, body: &Value) -> (u16, Value) {
        read(&self.send(request, body))
    }
}

fn read(answer: &SandboxAnswer) -> (u16, Value) {
    let SandboxAnswer::Reply(reply) = answer else { panic!("no reply: {answer:?}") };
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

fn header<'a>(answer: &'a SandboxAnswer, name: &str) -> Option<&'a str> {
    let SandboxAnswer::Reply(reply) = answer else { return None };
    reply.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn user(action: &str, email: &str) -> Value {
    json!({"action": action, "user_info": {"email": email, "type": 1, "first_name": "Jane"}})
}

#[test]
fn a_created_user_can_be_fetched_and_not_created_again() {
    let mut api = Api::new();
    let (status, made) = api.call("POST /v2/users", &user("ssoCreate", "Jane@example.com"));
    assert_eq!(
        (status, &made["email"], &made["first_name"], &made["type"]),
        (201, &json!("Jane@example.com"), &json!("Jane"), &json!(1))
    );
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(id.len(), 22);
    for wanted in [id.as_str(), "Jane@example.com", "jane%40EXAMPLE.com"] {
        let (status, found) = api.call(&format!("GET /v2/users/{wanted}"), &Value::Null);
        assert_eq!((status, &found["id"], &found["status"]), (200, &made["id"], &json!("active")), "{wanted}");
    }
    let (status, body) = api.call("POST /v2/users", &user("create", "jane@EXAMPLE.com"));
    assert_eq!((status, &body["code"]), (409, &json!(1005)));
    let (status, body) = api.call("GET /v2/users/nobody@example.com", &Value::Null);
    assert_eq!(
        (status, &body["code"], &body["message"]),
        (404, &json!(1001), &json!("User does not exist: nobody@example.com."))
    );
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let id = |seed: u64| {
        let mut api = Api { sandbox: Sandbox::new(&Catalogue::builtin(), seed), ..Api::new() };
        api.call("POST /v2/users", &user("create", "jane@example.com")).1["id"].clone()
    };
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
}

#[test]
fn an_invalid_body_is_refused_with_its_fields() {
    let mut api = Api::new();
    let body = json!({"action": "create", "user_info": {"email": "jane", "type": "1"}});
    let (status, answer) = api.call("POST /v2/users", &body);
    let fields: Vec<_> = answer["errors"].as_array().into_iter().flatten().map(|one| one["field"].as_str()).collect();
    assert_eq!((status, &answer["code"], &answer["message"]), (400, &json!(300), &json!("Validation Failed.")));
    assert_eq!(fields, [Some("user_info.email"), Some("user_info.type")]);
    assert_eq!(api.call("POST /v2/users", &Value::Null).0, 400);
    assert_eq!(api.call("POST /v2/users", &json!("text")).0, 400);
}

#[test]
fn only_the_sandbox_token_is_accepted() {
    let mut api = Api::new();
    for wrong in
        [&[][..], &[("Authorization", "Bearer wrong")], &[("Authorization", TOKEN)], &[("Authorization", "Basic eDp5")]]
    {
        let answer = api.send_with("GET /v2/users", &Value::Null, wrong);
        let (status, body) = read(&answer);
        assert_eq!((status, &body["code"]), (401, &json!(124)), "{wrong:?}");
        assert!(header(&answer, "x-legwork-hint").is_some());
    }
    assert_eq!(api.call("GET /v2/users", &Value::Null).0, 200);
    api.sandbox.accept_token("other");
    assert_eq!(read(&api.send_with("GET /v2/users", &Value::Null, &[("authorization", "bearer other")])).0, 200);
}

#[test]
fn a_token_is_given_for_the_app_credentials() {
    let mut api = Api::new();
    let basic = ("Authorization", "Basic aWQ6c2VjcmV0");
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let mut check = |body: &[u8], headers: &[(&str, &str)], expected: (u16, Value)| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = SandboxRequest {
            method: "POST",
            host: "zoom.us",
            path: "/oauth/token",
            query: "",
            headers: &headers,
            body,
        };
        let (status, answer) = read(&api.sandbox.answer(&request, 0));
        let told = if status == 200 { &answer["access_token"] } else { &answer["error"] };
        assert_eq!((status, told), (expected.0, &expected.1));
    };
    check(b"grant_type=account_credentials&account_id=a", &[basic, form], (200, json!(TOKEN)));
    check(b"grant_type=client_credentials&account_id=a", &[basic, form], (400, json!("invalid_request")));
    check(b"grant_type=account_credentials", &[basic, form], (400, json!("invalid_request")));
    check(b"grant_type=account_credentials&account_id=a", &[form], (401, json!("invalid_client")));
    check(
        b"grant_type=account_credentials&account_id=a",
        &[("Authorization", "Basic aWQ6"), form],
        (401, json!("invalid_client")),
    );
}

#[test]
fn a_password_is_never_kept() {
    let mut api = Api::new();
    let mut body = user("autoCreate", "jane@example.com");
    body["user_info"]["password"] = json!("Tr4vel-Light");
    let made = api.send("POST /v2/users", &body);
    let found = api.send("GET /v2/users/jane@example.com", &Value::Null);
    assert_eq!((read(&made).0, read(&found).0), (201, 200));
    assert!(!format!("{}{}{:?}", read(&made).1, read(&found).1, api.sandbox.store).contains("Tr4vel"));
}

#[test]
fn a_pending_user_has_no_id_in_lists() {
    let mut api = Api::new();
    api.call("POST /v2/users", &user("create", "pending@example.com"));
    api.call("POST /v2/users", &user("custCreate", "7@ISV.example.com"));
    let (_, active) = api.call("GET /v2/users", &Value::Null);
    assert_eq!((&active["users"][0]["email"], &active["total_records"]), (&json!("7@ISV.example.com"), &json!(1)));
    assert!(active["users"][0]["id"].is_string());
    let (_, pending) = api.call("GET /v2/users?status=pending", &Value::Null);
    assert_eq!(pending["users"][0]["email"], json!("pending@example.com"));
    assert!(pending["users"][0].get("id").is_none());
}

#[test]
fn a_list_comes_page_by_page() {
    let mut api = Api::new();
    for index in 0..7 {
        api.call("POST /v2/users", &user("ssoCreate", &format!("u{index}@example.com")));
    }
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let (status, page) = api.call(&format!("GET /v2/users?page_size=3&next_page_token={token}"), &Value::Null);
        assert_eq!((status, &page["page_count"], &page["page_size"]), (200, &json!(3), &json!(3)));
        seen.extend(page["users"].as_array().into_iter().flatten().map(|one| one["email"].clone()));
        token = page["next_page_token"].as_str().unwrap_or_default().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    let (_, first) = api.call("GET /v2/users?page_size=3", &Value::Null);
    let token = first["next_page_token"].as_str().unwrap_or_default().to_owned();
    api.now_ms += 901_000;
    assert_eq!(api.call(&format!("GET /v2/users?next_page_token={token}"), &Value::Null).0, 400);
    assert_eq!(api.call("GET /v2/users?next_page_token=nonsense", &Value::Null).0, 400);
    assert_eq!(api.call("GET /v2/users", &Value::Null).1["page_size"], json!(30));
    assert_eq!(api.call("GET /v2/users?page_size=999", &Value::Null).1["page_size"], json!(300));
}

#[test]
fn a_user_is_updated_and_deleted() {
    let mut api = Api::new();
    api.call("POST /v2/users", &user("ssoCreate", "jane@example.com"));
    let update = json!({"first_name": "Janet", "feature": {"zoom_phone": true}});
    assert_eq!(api.call("PATCH /v2/users/jane@example.com", &update), (204, Value::Null));
    let (_, found) = api.call("GET /v2/users/jane@example.com", &Value::Null);
    assert_eq!((&found["first_name"], &found["feature"]["zoom_phone"]), (&json!("Janet"), &json!(true)));
    assert_eq!(api.call("PATCH /v2/users/jane@example.com", &json!({"type": 5})).0, 400);
    assert_eq!(api.call("PATCH /v2/users/nobody@example.com", &update).0, 404);
    assert_eq!(api.call("DELETE /v2/users/jane@example.com", &Value::Null), (204, Value::Null));
    assert_eq!(api.call("DELETE /v2/users/jane@example.com", &Value::Null).0, 404);
    let (status, again) = api.call("POST /v2/users", &user("ssoCreate", "jane@example.com"));
    assert_eq!(status, 201);
    assert_ne!(again["id"], found["id"]);
}

#[test]
fn an_api_user_cannot_be_unlinked() {
    let mut api = Api::new();
    api.call("POST /v2/users", &user("custCreate", "7@ISV.example.com"));
    for query in ["", "?action=disassociate"] {
        let (status, body) = api.call(&format!("DELETE /v2/users/7@ISV.example.com{query}"), &Value::Null);
        assert_eq!((status, &body["code"]), (400, &json!(300)), "{query}");
    }
    assert_eq!(api.call("DELETE /v2/users/7@ISV.example.com?action=delete", &Value::Null).0, 204);
}

#[test]
fn a_request_without_an_entry_is_not_answered() {
    let check = |request: &str| {
        let answer = Api::new().send(request, &Value::Null);
        assert!(matches!(answer, SandboxAnswer::NoEntry { .. }), "{request}: {answer:?}");
    };
    check("POST /users");
    check("PUT /v2/users/7");
    check("GET /v2/meetings");
    check("GET /v3/users");
    check("GET /");
}

#[test]
fn it_fails_when_it_is_told_to() {
    let mut api = Api::new();
    let fault = |text: &str| Fault::parse(text).expect("a fault");
    api.sandbox.fail(fault("429; retry-after=2; times=2; entry=zoom_users_create"));
    let body = user("ssoCreate", "jane@example.com");
    assert_eq!(api.call("GET /v2/users", &Value::Null).0, 200);
    for _ in 0..2 {
        let answer = api.send("POST /v2/users", &body);
        assert_eq!(
            (read(&answer).0, header(&answer, "retry-after"), header(&answer, "x-ratelimit-remaining")),
            (429, Some("2"), Some("0"))
        );
    }
    assert_eq!(api.call("POST /v2/users", &body).0, 201);
    api.sandbox.fail(fault("close; once; delay=5"));
    assert_eq!(api.send("GET /v2/users", &Value::Null), SandboxAnswer::Close { delay_ms: 5 });
    api.sandbox.fail(fault("delay=250; once"));
    assert!(matches!(
        api.send("GET /v2/users", &Value::Null),
        SandboxAnswer::Reply(SandboxReply { status: 200, delay_ms: 250, .. })
    ));
    api.sandbox.fail(fault("400; code=1009; once"));
    let (status, answer) = api.call("POST /v2/users", &user("ssoCreate", "other@example.com"));
    assert_eq!((status, &answer["code"]), (400, &json!(1009)));
    api.sandbox.fail(fault("503"));
    assert_eq!(api.call("GET /v2/users", &Value::Null).0, 503);
    assert_eq!(api.call("GET /v2/users", &Value::Null).0, 503);
}

#[test]
fn a_header_makes_its_own_request_fail() {
    let mut api = Api::new();
    let token = format!("Bearer {TOKEN}");
    let headers = [("authorization", token.as_str()), ("X-Legwork-Fault", "500; times=1")];
    assert_eq!(read(&api.send_with("GET /v2/users", &Value::Null, &headers)).0, 500);
    assert_eq!(read(&api.send_with("GET /v2/users", &Value::Null, &headers)).0, 200);
    assert_eq!(read(&api.send_with("GET /v2/users/x", &Value::Null, &headers)).0, 500);
    assert_eq!(api.call("GET /v2/users", &Value::Null).0, 200);
}

#[test]
fn headers_tell_what_is_left_of_the_limit() {
    let mut api = Api::new();
    let first = api.send("POST /v2/users", &user("ssoCreate", "a@example.com"));
    assert_eq!(header(&first, "X-RateLimit-Category"), Some("Light"));
    assert_eq!(
        (header(&first, "X-RateLimit-Limit"), header(&first, "X-RateLimit-Remaining")),
        (Some("30"), Some("29"))
    );
    let second = api.send("GET /v2/users/a@example.com", &Value::Null);
    assert_eq!(header(&second, "X-RateLimit-Remaining"), Some("28"));
    let other = api.send("GET /v2/users", &Value::Null);
    assert_eq!(
        (header(&other, "X-RateLimit-Category"), header(&other, "X-RateLimit-Remaining")),
        (Some("Medium"), Some("19"))
    );
    api.now_ms += 1000;
    assert_eq!(header(&api.send("GET /v2/users/a@example.com", &Value::Null), "X-RateLimit-Remaining"), Some("29"));
}

#[test]
fn a_user_definition_without_a_play_answers_a_sample() {
    let mut catalogue = Catalogue::builtin();
    let text = "name: crm_contacts_create\nretryCount: 1\noutputSchema: {name: o, version: 1, type: JSON, data: {properties: {response: {properties: {body: {type: object, required: [id], properties: {id: {type: integer, minimum: 5}}}}}}}}\nx-legwork:\n  request: {method: POST, uri: \"https://crm.example.com/api/contacts\"}\n  accepted: [202]\n  body_schema: {type: object, required: [name]}\n";
    let told = catalogue.add(crate::source::SourceFile::new("crm.yaml", text));
    assert!(told.is_empty(), "{told:?}");
    let mut api = Api { sandbox: Sandbox::new(&catalogue, 1), ..Api::new() };
    assert_eq!(api.call("POST /api/contacts", &json!({"name": "x"})), (202, json!({"id": 5})));
    assert_eq!(api.call("POST /api/contacts", &json!({})).0, 400);
}

/// A request that an entry renders for an input, sent to a sandbox.
fn play(api: &mut Api, entry: &Entry, input: &Map<String, Value>) -> (u16, Value) {
    let request =
        entry.render(&crate::resolve::Resolved::plain(Value::Object(input.clone()))).expect("a request").value;
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let (uri, method) = (text("uri"), text("method"));
    let (host, path) = crate::catalogue::authority_and_path(&uri).expect("an absolute URI");
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let scheme = if entry.auth.as_deref() == Some("zoom_app") {
        "Basic aWQ6c2VjcmV0".to_owned()
    } else {
        format!("Bearer {TOKEN}")
    };
    let headers = [("authorization".to_owned(), scheme), ("content-type".to_owned(), "application/json".to_owned())];
    let body = request.get("body").map(|body| body.to_string().into_bytes()).unwrap_or_default();
    read(
        &api.sandbox
            .answer(&SandboxRequest { method: &method, host, path, query, headers: &headers, body: &body }, api.now_ms),
    )
}

#[test]
fn every_example_goes_through_the_sandbox_and_back() {
    let catalogue = Catalogue::builtin();
    let create = catalogue.get("zoom_users_create").expect("a built-in entry");
    for entry in catalogue.entries() {
        for example in &entry.operation.examples {
            let mut api = Api::new();
            if entry.name != create.name {
                play(&mut api, &create, create.first_example().expect("an example"));
            }
            let (status, body) = play(&mut api, &entry, &example.input);
            assert_eq!(
                entry.accepts(status),
                example.fails.is_none(),
                "{} {}: {status} {body}",
                entry.name,
                example.name
            );
            if let Some(schema) = entry.answer_schema().filter(|_| example.fails.is_none()) {
                let broken = Schema::compile(schema).expect("the answer's schema compiles").validate(&body);
                assert!(
                    broken.iter().all(|one| one.severity != Severity::Error),
                    "{} {}: {broken:?}",
                    entry.name,
                    example.name
                );
            }
        }
    }
}
