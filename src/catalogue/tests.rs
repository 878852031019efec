use super::*;
use crate::diagnostic::Severity;
use serde_json::json;

#[test]
fn the_list_of_built_in_entries_says_what_their_files_say() {
    let catalogue = Catalogue::builtin();
    for own in builtin::ENTRIES {
        let entry = catalogue.get(own.name).expect("a built-in entry");
        assert_eq!(entry.name, own.name, "{}", own.file);
        assert_eq!(entry.method.as_deref(), Some(own.method), "{}", own.file);
        assert_eq!(entry.uri_template.as_deref(), Some(own.uri), "{}", own.file);
        assert_eq!(entry.servers, own.servers(None), "{}", own.file);
    }
}

#[test]
fn the_built_in_files_load_without_a_word_and_pass_lint() {
    let mut catalogue = Catalogue::empty();
    let files = builtin::FILES.iter().copied().chain(builtin::ENTRIES.iter().map(|own| (own.file, own.text)));
    for (name, text) in files {
        let diagnostics = catalogue.add(SourceFile::new(name, text));
        assert!(diagnostics.is_empty(), "{name}: {diagnostics:#?}");
    }
    assert_eq!(catalogue.names().count(), builtin::ENTRIES.len());
    let found = catalogue.lint();
    assert!(found.is_empty(), "{found:#?}");
    for entry in catalogue.entries() {
        assert!(entry.operation.sandbox.is_some(), "{} cannot be played", entry.name);
        assert!(entry.first_example().is_some(), "{} has no example", entry.name);
        assert!(entry.body_schema.as_ref().is_none_or(|schema| schema.get().is_some()), "{}", entry.name);
    }
}

#[test]
fn the_prepared_files_are_fresh() {
    let provider = builtin::file("task-definitions/zoom/_provider.yaml").expect("a file inside the program");
    let provider = ("task-definitions/zoom/_provider.yaml", provider, builtin::ZOOM_PROVIDER);
    let entries = builtin::ENTRIES.iter().map(|own| (own.file, own.text, own.prepared));
    for (file, text, prepared) in entries.chain([provider]) {
        let expected = format!("{}\n", load::plain(&SourceFile::new(file, text)).0);
        let path = file.replace("task-definitions/", "src/catalogue/prepared/") + ".json";
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(format!("{}/{path}", env!("CARGO_MANIFEST_DIR")), expected).expect("written");
        } else {
            assert!(prepared == expected, "{path} is stale: UPDATE_GENERATED=1 cargo test --lib fresh");
        }
    }
}

#[test]
fn one_entry_is_read_without_the_others() {
    let catalogue = Catalogue::builtin();
    let clone = catalogue.clone();
    catalogue.get("zoom_users_get").expect("a built-in entry");
    assert_eq!(clone.builtin.iter().filter(|cell| cell.get().is_some()).count(), 1);
    assert!(clone.match_request("GET", "https://example.com/").is_none());
    assert_eq!(clone.builtin.iter().filter(|cell| cell.get().is_some()).count(), 1);
}

#[test]
fn a_request_belongs_to_the_entry_of_its_method_host_and_path() {
    let check = |method: &str, uri: &str, expected: Option<&str>| {
        let found = Catalogue::builtin().match_request(method, uri).map(|entry| entry.name.clone());
        assert_eq!(found.as_deref(), expected, "{method} {uri}");
    };
    check("POST", "https://api.zoom.us/v2/users", Some("zoom_users_create"));
    check("get", "https://api.zoom.us/v2/users?status=active", Some("zoom_users_list"));
    check("GET", "https://api.zoom.us/v2/users/jane@example.com", Some("zoom_users_get"));
    check("PATCH", "https://api.zoom.us/v2/users/${get.output.response.body.id}", Some("zoom_users_update"));
    check("DELETE", "https://api.zoom.us/v2/users/7", Some("zoom_users_delete"));
    check("POST", "https://zoom.us/oauth/token", Some("zoom_oauth_token"));
    check("POST", "https://api.zoom.us/oauth/token", None);
    check("PUT", "https://api.zoom.us/v2/users/7", None);
    check("POST", "https://example.com/v2/users", None);
    check("POST", "${workflow.input.base}/v2/users", None);
}

#[test]
fn an_answer_is_judged_by_status_code_and_message() {
    let check = |name: &str, status: u16, body: Value, expected: Option<(ErrorKind, Resend)>| {
        let entry = Catalogue::builtin().get(name).expect("a built-in entry");
        let found = entry.classify(status, &entry.api_error(&body)).map(|rule| (rule.kind, rule.resend));
        assert_eq!(found, expected, "{name} {status} {body}");
    };
    let create = "zoom_users_create";
    check(create, 409, json!({"code": 1005, "message": "x"}), Some((ErrorKind::Conflict, Resend::Never)));
    check(create, 409, json!({"code": "1005"}), Some((ErrorKind::Conflict, Resend::Never)));
    check(create, 400, json!({"code": 1009}), Some((ErrorKind::TakenElsewhere, Resend::Never)));
    check(create, 400, json!({"code": 300}), Some((ErrorKind::FixInput, Resend::Never)));
    check(create, 400, json!({"code": 200}), Some((ErrorKind::Permission, Resend::Never)));
    check(create, 401, json!({"code": 200}), Some((ErrorKind::Credentials, Resend::Never)));
    check(create, 401, json!({"code": 124}), Some((ErrorKind::Credentials, Resend::Safe)));
    check(create, 429, json!({"code": 200, "message": "per-second"}), Some((ErrorKind::RateLimit, Resend::Safe)));
    check(
        create,
        429,
        json!({"message": "You have reached the daily limit"}),
        Some((ErrorKind::DailyLimit, Resend::Safe)),
    );
    check(
        create,
        429,
        json!({"message": "Invite limit; resume at GMT 00:00:00"}),
        Some((ErrorKind::DailyInvites, Resend::Safe)),
    );
    check(create, 429, json!({"message": "Too many concurrent requests."}), Some((ErrorKind::Busy, Resend::Safe)));
    check(create, 400, json!({"code": 1110}), None);
    check(create, 500, json!(null), None);
    check("zoom_users_get", 404, json!({"code": 1001}), Some((ErrorKind::NotFound, Resend::Never)));
    check("zoom_oauth_token", 401, json!({"reason": "x"}), Some((ErrorKind::Credentials, Resend::Never)));
}

#[test]
fn every_create_error_of_the_reference_is_known() {
    let entry = Catalogue::builtin().get("zoom_users_create").expect("a built-in entry");
    for (status, codes) in [
        (
            400,
            &[
                300, 200, 1000, 1009, 1107, 1116, 11321, 1108, 2002, 2032, 2033, 2034, 2038, 3412, 2035, 2036, 2037,
                4711,
            ][..],
        ),
        (401, &[124]),
        (404, &[4130, 1102]),
        (409, &[1005]),
    ] {
        for code in codes {
            let rule = entry.classify(status, &entry.api_error(&json!({"code": code})));
            assert!(rule.is_some_and(|rule| rule.say.len() > 20), "{status} {code}");
        }
    }
}

/// Loads files after one another; gives the codes that they raise.
fn load(files: &[(&str, &str)]) -> (Catalogue, String) {
    let mut catalogue = Catalogue::builtin();
    let mut codes = Vec::new();
    for (name, text) in files {
        for diagnostic in catalogue.add(SourceFile::new(*name, *text)) {
            let place =
                diagnostic.labels.first().map(|label| label.file.position(label.span.start).0).unwrap_or_default();
            assert!(
                diagnostic.severity != Severity::Error || diagnostic.help.is_some() || diagnostic.code == codes::E0502,
                "{diagnostic:?}"
            );
            codes.push(format!("{}:{place}", diagnostic.code));
        }
    }
    (catalogue, codes.join(" "))
}

#[test]
fn what_is_wrong_with_a_definition_is_told_with_its_place() {
    let check = |text: &str, expected: &str| assert_eq!(load(&[("crm/a.yaml", text)]).1, expected, "{text}");
    let head = "name: crm_contacts_create\nretryCount: 1\nx-legwork:\n";
    check(&format!("{head}  request: {{method: POST, uri: \"https://crm.example.com/contacts\"}}\n"), "");
    check(&format!("{head}  request: {{methd: POST, uri: \"https://crm.example.com/contacts\"}}\n"), "E0502:4 E0502:4");
    check(
        &format!("{head}  title: 7\n  request: {{method: POST, uri: \"https://crm.example.com/contacts\"}}\n"),
        "E0502:4",
    );
    check(&format!("{head}  title: x\n"), "E0502:3");
    check(&format!("{head}  request: {{method: POST, uri: \"{{{{server}}}}/contacts\"}}\n"), "E0510:4");
    check(&format!("{head}  request: {{method: POST, uri: \"https://crm.example.com\", auth: nobody}}\n"), "E0510:4");
    check(
        &format!(
            "{head}  request: {{method: POST, uri: \"https://crm.example.com\"}}\n  body_schema: {{type: objekt}}\n"
        ),
        "E0503:5",
    );
    check(
        &format!(
            "{head}  request: {{method: POST, uri: \"https://crm.example.com\"}}\n  body_schema: gone.schema.json\n"
        ),
        "E0510:5",
    );
    check(
        &format!("{head}  provider: nobody\n  request: {{method: POST, uri: \"https://crm.example.com\"}}\n"),
        "E0509:4",
    );
    check(
        &format!(
            "{head}  provider: zoom\n  rate_label: light\n  request: {{method: POST, uri: \"{{{{server}}}}/x\"}}\n"
        ),
        "E0510:5",
    );
    check(&format!("{head}  request: {{method: POST, uri: \"https://crm.example.com/{{{{id\"}}\n"), "E0307:4");
    check("name: w\ntasks:\n  - {name: a, taskReferenceName: a, type: NOOP}\n", "E0501:1");
    check("- {name: a, retryCount: 1}\n- {name: a, retryCount: 2}\n", "E0508:2");
}

#[test]
fn a_folder_holds_a_provider_a_schema_and_definitions() {
    let (catalogue, codes) = load(&[
        (
            "crm/_provider.yaml",
            "provider: crm\nservers: [https://crm.example.com/api]\nauth: {key: {type: bearer, token: crm_key}}\n",
        ),
        ("crm/contacts.schema.json", "{\"type\": \"object\", \"required\": [\"name\"]}"),
        (
            "crm/contacts.yaml",
            "name: crm_contacts_create\nretryCount: 1\nx-legwork:\n  request: {method: POST, uri: \"{{server}}/contacts\", auth: key}\n  body_schema: contacts.schema.json\n",
        ),
    ]);
    assert_eq!(codes, "");
    let entry = catalogue.match_request("POST", "https://crm.example.com/api/contacts").expect("the new entry");
    assert_eq!(entry.name, "crm_contacts_create");
    assert_eq!(entry.authorization(), Some(&Auth::Bearer(Bearer { token: "crm_key".to_owned() })));
    assert_eq!(entry.body_schema.as_ref().map(|schema| schema.validate(&json!({})).len()), Some(1));
    assert!(entry.trusts("crm.example.com") && !entry.trusts("evil.example.com"));
    assert!(
        catalogue.is_registered_by_user("crm_contacts_create") && !catalogue.is_registered_by_user("zoom_users_create")
    );
}

#[test]
fn a_plain_definition_of_a_known_name_keeps_the_request() {
    let (catalogue, codes) = load(&[(
        "mine.json",
        "[{\"name\": \"zoom_users_create\", \"retryCount\": 0}, {\"name\": \"other\", \"retryCount\": 7}]",
    )]);
    assert_eq!(codes, "");
    let entry = catalogue.get("zoom_users_create").expect("the entry");
    assert_eq!((entry.task_def.retry_count, entry.method.as_deref()), (0, Some("POST")));
    assert!(catalogue.is_registered_by_user("zoom_users_create"));
    let other = catalogue.get("other").expect("the plain definition");
    assert_eq!((other.task_def.retry_count, other.method.as_deref()), (7, None));
    assert_eq!(catalogue.names().count(), builtin::ENTRIES.len() + 1);
    assert_eq!(catalogue.entries().count(), builtin::ENTRIES.len());
}

#[test]
fn the_reference_tells_every_field() {
    let reference = Catalogue::builtin().get("zoom_users_create").expect("a built-in entry").reference();
    assert_eq!((reference.method.as_str(), reference.url.as_str()), ("POST", "https://api.zoom.us/v2/users"));
    assert_eq!(reference.rate_label.as_deref(), Some("Light"));
    let field = |path: &str| reference.fields.iter().find(|row| row.path == path).cloned().expect("a field");
    assert!(
        field("user_info.email").required
            && field("user_info.email").rules.contains(&"at most 128 characters".to_owned())
    );
    assert_eq!(field("user_info.type").allowed.first(), Some(&("1".to_owned(), Some("Basic".to_owned()))));
    assert_eq!(field("user_info.password").when.as_deref(), Some("only with action autoCreate"));
    assert_eq!(reference.headers.first().and_then(|header| header.default.as_deref()), Some("application/json"));
    assert!(reference.errors.iter().any(|row| row.status == Some(409) && row.code.as_deref() == Some("1005")));
    let get = Catalogue::builtin().get("zoom_users_get").expect("a built-in entry").reference();
    assert_eq!(get.url, "https://api.zoom.us/v2/users/{user_id}");
    assert_eq!(get.parameters.len(), 4);
}

#[test]
fn an_example_must_do_what_it_says() {
    let check = |input: &str, fails: &str, expected: &str| {
        let schema = "{name: in, version: 1, type: JSON, data: {type: object, properties: {age: {type: integer}, id: {type: string}}}}";
        let text = format!(
            "name: crm_contacts_update\nretryCount: 1\ninputSchema: {schema}\nx-legwork:\n  request: {{method: PUT, uri: \"https://crm.example.com/{{{{id}}}}\", body: {{age: \"{{{{age}}}}\"}}}}\n  body_schema: {{type: object, required: [age], properties: {{age: {{type: integer}}}}}}\n  examples:\n    - {{name: x, input: {input}{fails}}}\n"
        );
        let (catalogue, told) = load(&[("crm/a.yaml", &text)]);
        assert_eq!(told, "");
        let found: Vec<_> = catalogue.lint().iter().map(|one| format!("{}", one.code)).collect();
        assert_eq!(found.join(" "), expected, "{input}{fails}");
    };
    check("{id: a, age: 7}", "", "");
    check("{id: a, age: old}", "", "E0505");
    check("{age: 7}", "", "E0505");
    check("{id: a, age: old}", ", fails: E0402, at: /age", "");
    check("{id: a}", ", fails: E0401", "");
    check("{id: a, age: old}", ", fails: E0402, at: /id", "E0505");
    check("{id: a, age: 7}", ", fails: E0402", "E0505");
}

#[test]
fn a_parameter_is_declared_and_used() {
    let text = "name: crm_contacts_get\nretryCount: 1\ninputSchema: {name: in, version: 1, type: JSON, data: {type: object, properties: {contact: {type: string}}}}\nx-legwork:\n  request: {method: GET, uri: \"https://crm.example.com/{{id}}\"}\n  ensure: {key: /id, lookup: zoom_users_gte, on: [conflict]}\n";
    let (catalogue, told) = load(&[("crm/a.yaml", text)]);
    assert_eq!(told, "");
    let found: Vec<_> = catalogue
        .lint()
        .iter()
        .map(|one| format!("{} {}", one.code, one.help.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        [
            "E0511 add `id` to the properties of `inputSchema`",
            "E0511 use it in the request, or leave it out",
            "E0510 did you mean `zoom_users_get`?"
        ]
    );
}

#[test]
fn an_environment_moves_the_operations_of_a_provider() {
    let catalogue = Catalogue::builtin().at_server("http://127.0.0.1:9000/zoom/");
    let create = catalogue.match_request("POST", "http://127.0.0.1:9000/zoom/users").expect("the moved entry");
    assert_eq!(
        (create.name.as_str(), &create.constants()["server"]),
        ("zoom_users_create", &json!("http://127.0.0.1:9000/zoom"))
    );
    assert!(create.trusts("127.0.0.1") && !create.trusts("api.zoom.us"));
    assert!(catalogue.match_request("POST", "https://api.zoom.us/v2/users").is_none());
    assert!(catalogue.match_request("POST", "https://zoom.us/oauth/token").is_some());
}
