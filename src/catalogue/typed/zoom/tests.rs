//! Every rule of `POST /users`, with its accepted and refused neighbours.

use super::*;
use crate::diagnostic::Severity;
use crate::schema::{Schema, Violation};
use serde_json::{Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::compile(&create_user_schema()).expect("the schema compiles"));

/// The same schema as the program itself compiles it.
static KNOWN: LazyLock<Schema> =
    LazyLock::new(|| Schema::compile_known(create_user_schema()).expect("the schema compiles"));

/// The errors of a body as `code pointer`, in no special order.
fn errors(body: &Value) -> Vec<Violation> {
    SCHEMA.validate(body).into_iter().filter(|violation| violation.severity == Severity::Error).collect()
}

/// `expected` holds one `E0401 /pointer` for each error, separated by commas; nothing when the body is accepted.
fn check(body: &Value, expected: &str) {
    let mut found: Vec<_> = errors(body).iter().map(|one| format!("{} {}", one.code, one.pointer)).collect();
    found.sort();
    assert_eq!(found.join(", "), expected, "{body}");
    assert_eq!(SCHEMA.is_valid(body), expected.is_empty(), "{body}");
    assert_eq!(KNOWN.validate(body), SCHEMA.validate(body), "{body}");
}

/// A body with the required fields and these on top of them.
fn user(action: &str, more: &Value) -> Value {
    let mut body = json!({"action": action, "user_info": {"email": "jane@example.com", "type": 1}});
    for (key, value) in more.as_object().into_iter().flatten() {
        body["user_info"][key] = value.clone();
    }
    body
}

fn check_info(action: &str, table: &[(Value, &str)]) {
    for (more, expected) in table {
        check(&user(action, more), expected);
    }
}

#[test]
fn the_body_is_an_object_with_an_action_and_a_user() {
    check(&json!({}), "E0401 /action, E0401 /user_info");
    check(&json!([]), "E0402 ");
    check(&json!(null), "E0402 ");
    check(&json!("create"), "E0402 ");
    check(&json!({"action": "create"}), "E0401 /user_info");
    check(&json!({"action": "create", "user_info": null}), "E0402 /user_info");
    check(&json!({"action": "create", "user_info": []}), "E0402 /user_info");
    check(&json!({"action": "create", "user_info": "jane@example.com"}), "E0402 /user_info");
    check(&json!({"action": "create", "user_info": {}}), "E0401 /user_info/email, E0401 /user_info/type");
    check(&json!({"user_info": {"email": "jane@example.com", "type": 1}}), "E0401 /action");
    check(&json!({"action": "create", "user_info": {"email": "jane@example.com"}}), "E0401 /user_info/type");
    check(&json!({"action": "create", "user_info": {"type": 1}}), "E0401 /user_info/email");
}

#[test]
fn the_action_is_one_of_four_and_case_matters() {
    for action in ["create", "autoCreate", "custCreate", "ssoCreate"] {
        check(&user(action, &json!({})), "");
    }
    for action in ["Create", "CREATE", "autocreate", "AutoCreate", "custcreate", "SSOCreate", "create ", "delete", ""] {
        check(&user(action, &json!({})), "E0403 /action");
    }
    for action in [json!(null), json!(1), json!(true), json!(["create"]), json!({"create": true})] {
        let mut body = user("create", &json!({}));
        body["action"] = action;
        check(&body, "E0402 /action");
    }
}

#[test]
fn the_email_is_an_ascii_mailbox_of_at_most_128_characters() {
    let long = |length: usize| json!({"email": format!("{}@example.com", "a".repeat(length - "@example.com".len()))});
    check_info(
        "create",
        &[
            (long(127), ""),
            (long(128), ""),
            (long(129), "E0404 /user_info/email"),
            (json!({"email": "jane.o'neil+zoom@sub.example.co.uk"}), ""),
            (json!({"email": "7@ISV.example.com"}), ""),
            (json!({"email": ""}), "E0406 /user_info/email"),
            (json!({"email": "jane"}), "E0406 /user_info/email"),
            (json!({"email": "jane@"}), "E0406 /user_info/email"),
            (json!({"email": "@example.com"}), "E0406 /user_info/email"),
            (json!({"email": "jane doe@example.com"}), "E0406 /user_info/email"),
            (json!({"email": "jane@@example.com"}), "E0406 /user_info/email"),
            (json!({"email": "jane@example..com"}), "E0406 /user_info/email"),
            (json!({"email": ".jane@example.com"}), "E0406 /user_info/email"),
            (json!({"email": "jürgen@example.com"}), "E0406 /user_info/email"),
            (json!({"email": "jane@bücher.example"}), "E0406 /user_info/email"),
            (json!({"email": "Jane <jane@example.com>"}), "E0406 /user_info/email"),
            (json!({"email": " jane@example.com"}), "E0406 /user_info/email"),
            (json!({"email": "jane@example.com\n"}), "E0406 /user_info/email"),
            (json!({"email": null}), "E0402 /user_info/email"),
            (json!({"email": 7}), "E0402 /user_info/email"),
            (json!({"email": ["jane@example.com"]}), "E0402 /user_info/email"),
        ],
    );
}

#[test]
fn the_type_is_a_number_and_99_goes_only_with_sso() {
    for action in ["create", "autoCreate", "custCreate", "ssoCreate"] {
        let none = if action == "ssoCreate" { "" } else { "E0408 /user_info/type" };
        check_info(
            action,
            &[
                (json!({"type": 1}), ""),
                (json!({"type": 2}), ""),
                (json!({"type": 3}), ""),
                (json!({"type": 99}), none),
                (json!({"type": 4}), "E0403 /user_info/type"),
                (json!({"type": 0}), "E0403 /user_info/type"),
                (json!({"type": -1}), "E0403 /user_info/type"),
                (json!({"type": 98}), "E0403 /user_info/type"),
                (json!({"type": 100}), "E0403 /user_info/type"),
            ],
        );
    }
    check_info(
        "create",
        &[
            (json!({"type": 1.0}), ""),
            (json!({"type": 1.5}), "E0402 /user_info/type"),
            (json!({"type": "1"}), "E0402 /user_info/type"),
            (json!({"type": "Basic"}), "E0402 /user_info/type"),
            (json!({"type": true}), "E0402 /user_info/type"),
            (json!({"type": null}), "E0402 /user_info/type"),
            (json!({"type": [1]}), "E0402 /user_info/type"),
            (json!({"type": {"id": 1}}), "E0402 /user_info/type"),
            (json!({"type": 18_446_744_073_709_551_615_u64}), "E0403 /user_info/type"),
        ],
    );
    // What decides is not known: one error, about the action.
    check(&user("Create", &json!({"type": 99})), "E0403 /action");
    check(&json!({"user_info": {"email": "jane@example.com", "type": 99}}), "E0401 /action");
}

#[test]
fn a_name_has_at_most_64_characters_and_5_han_characters() {
    for field in ["first_name", "last_name"] {
        let place = format!("/user_info/{field}");
        for (name, code) in [
            ("", ""),
            ("Jane", ""),
            ("李小龍", ""),
            ("一二三四五", ""),
            ("一二三四五六", "E0407"),
            ("一 二 三 四 五", ""),
            ("一 二 三 四 五 六", "E0407"),
            ("Anna 一b二c三d四e五 Bell", ""),
            ("Anna 一b二c三d四e五f六 Bell", "E0407"),
            ("一二三\n四五六", "E0407"),
            ("𠀀𠀁𠀂𠀃𠀄", ""),
            ("𠀀𠀁𠀂𠀃𠀄𠀅", "E0407"),
            ("々〇一二三四", "E0407"),
            ("さくらももこです", ""),
            ("김이박최정강", ""),
            ("ЖЖЖЖЖЖЖ", ""),
        ] {
            let expected = if code.is_empty() { String::new() } else { format!("{code} {place}") };
            check(&user("create", &json!({field: name})), &expected);
        }
        check(&user("create", &json!({field: "a".repeat(64)})), "");
        check(&user("create", &json!({field: "é".repeat(64)})), "");
        check(&user("create", &json!({field: "😀".repeat(64)})), "");
        check(&user("create", &json!({field: "a".repeat(65)})), &format!("E0404 {place}"));
        check(&user("create", &json!({field: "一".repeat(65)})), &format!("E0404 {place}, E0407 {place}"));
        for wrong in [json!(null), json!(1), json!(["Jane"]), json!({}), json!(false)] {
            check(&user("create", &json!({field: wrong})), &format!("E0402 {place}"));
        }
    }
    check_info(
        "create",
        &[
            (json!({"display_name": "一二三四五六七"}), ""),
            (json!({"display_name": "a".repeat(65)}), ""),
            (json!({"display_name": 5}), "E0402 /user_info/display_name"),
            (json!({"display_name": null}), "E0402 /user_info/display_name"),
        ],
    );
}

#[test]
fn a_password_goes_only_with_auto_create() {
    let password = json!({"password": "Pa55word"});
    check(&user("autoCreate", &password), "");
    check(&user("autoCreate", &json!({})), "");
    for action in ["create", "custCreate", "ssoCreate"] {
        check(&user(action, &password), "E0408 /user_info/password");
        check(&user(action, &json!({"password": "short"})), "E0408 /user_info/password");
        check(&user(action, &json!({"password": null})), "E0408 /user_info/password");
        check(&user(action, &json!({"password": ""})), "E0408 /user_info/password");
    }
    check(&user("autocreate", &password), "E0403 /action");
}

#[test]
fn a_password_is_long_mixed_and_without_runs() {
    let sized = |length: usize| format!("Pa5x{}", "Qz7w".repeat(8)).chars().take(length).collect::<String>();
    let place = "/user_info/password";
    let table: &[(&str, &[&str])] = &[
        (&sized(7), &["E0404"]),
        (&sized(8), &[]),
        (&sized(9), &[]),
        (&sized(31), &[]),
        (&sized(32), &[]),
        (&sized(33), &["E0404"]),
        ("", &["E0404", "E0407", "E0407"]),
        // One letter, one number, both cases.
        ("Pa55word", &[]),
        ("97531864", &["E0407"]),
        ("!?-_/()=", &["E0407", "E0407"]),
        ("Password", &["E0407"]),
        ("pa55word", &["E0407"]),
        ("PA55WORD", &["E0407"]),
        ("pässwörd5", &["E0407"]),
        ("PASSWÖRDä5", &["E0407"]),
        ("Ä5ä5ä5ä5", &["E0407"]),
        ("Passwörd٣", &["E0407"]),
        ("Pa5 wörd", &[]),
        // One character and nothing else.
        ("11111111", &["E0407", "E0407"]),
        ("aaaaaaaa", &["E0407", "E0407", "E0407"]),
        ("AAAAAAAA", &["E0407", "E0407", "E0407"]),
        ("éééééééé", &["E0407", "E0407", "E0407"]),
        ("1111111aA", &[]),
        ("aaaaaaaA1", &[]),
        // Runs of four, up and down, in any case, anywhere.
        ("abcX5wxq", &[]),
        ("abcdX5wq", &["E0407"]),
        ("X5wqabcd", &["E0407"]),
        ("X5wabcdq", &["E0407"]),
        ("aBcDx5wq", &["E0407"]),
        ("ABCDx5wq", &["E0407"]),
        ("dcbX5wxq", &[]),
        ("dcbaX5wq", &["E0407"]),
        ("X5wqDcBa", &["E0407"]),
        ("wxyzA5qm", &["E0407"]),
        ("zyxwA5qm", &["E0407"]),
        ("xyzaA5qm", &[]),
        ("yzabA5qm", &[]),
        ("Ax123qmw", &[]),
        ("Ax1234qm", &["E0407"]),
        ("1234Axqm", &["E0407"]),
        ("Axqm1234", &["E0407"]),
        ("Axqm4321", &["E0407"]),
        ("Axqm321w", &[]),
        ("Axqm0123", &["E0407"]),
        ("Axqm6789", &["E0407"]),
        ("Axqm7890", &[]),
        ("Axqm8901", &[]),
        ("Axqm9876", &["E0407"]),
        ("Axqm0987", &[]),
        ("Axqm3210", &["E0407"]),
        ("Axqm12a34", &[]),
        ("Axqm1357", &[]),
        ("Axqmaabbccdd5", &[]),
        ("Axqm1122334", &[]),
        ("Axqm5@ABC", &[]),
        ("12345678", &["E0407", "E0407"]),
        ("abcdefgh", &["E0407", "E0407", "E0407"]),
        ("Abcdefgh1", &["E0407"]),
        ("абвгA5qm", &[]),
    ];
    for (password, codes) in table {
        let expected: Vec<_> = codes.iter().map(|code| format!("{code} {place}")).collect();
        check(&user("autoCreate", &json!({"password": password})), &expected.join(", "));
    }
    for wrong in [json!(null), json!(12_345_678), json!(["Pa55word"]), json!(true), json!({})] {
        check(&user("autoCreate", &json!({"password": wrong})), "E0402 /user_info/password");
    }
}

#[test]
fn feature_and_plan_have_their_values() {
    check_info(
        "create",
        &[
            (json!({"feature": {}}), ""),
            (json!({"feature": {"zoom_phone": true}}), ""),
            (json!({"feature": {"zoom_phone": false, "zoom_one_type": 16}}), ""),
            (json!({"feature": {"zoom_one_type": 32}}), ""),
            (json!({"feature": {"zoom_one_type": 64}}), ""),
            (json!({"feature": {"zoom_one_type": 128}}), ""),
            (json!({"feature": {"zoom_phone": "true"}}), "E0402 /user_info/feature/zoom_phone"),
            (json!({"feature": {"zoom_phone": 1}}), "E0402 /user_info/feature/zoom_phone"),
            (json!({"feature": {"zoom_phone": null}}), "E0402 /user_info/feature/zoom_phone"),
            (json!({"feature": {"zoom_one_type": 0}}), "E0403 /user_info/feature/zoom_one_type"),
            (json!({"feature": {"zoom_one_type": 8}}), "E0403 /user_info/feature/zoom_one_type"),
            (json!({"feature": {"zoom_one_type": 256}}), "E0403 /user_info/feature/zoom_one_type"),
            (json!({"feature": {"zoom_one_type": "16"}}), "E0402 /user_info/feature/zoom_one_type"),
            (json!({"feature": null}), "E0402 /user_info/feature"),
            (json!({"feature": []}), "E0402 /user_info/feature"),
            (json!({"plan_united_type": 1}), "E0402 /user_info/plan_united_type"),
            (json!({"plan_united_type": null}), "E0402 /user_info/plan_united_type"),
            (json!({"plan_united_type": "0"}), "E0403 /user_info/plan_united_type"),
            (json!({"plan_united_type": "3"}), "E0403 /user_info/plan_united_type"),
            (json!({"plan_united_type": "01"}), "E0403 /user_info/plan_united_type"),
            (json!({"plan_united_type": "262144"}), "E0403 /user_info/plan_united_type"),
            (json!({"plan_united_type": "none"}), "E0403 /user_info/plan_united_type"),
        ],
    );
    for exponent in 0..18 {
        check(&user("create", &json!({"plan_united_type": (1_u32 << exponent).to_string()})), "");
    }
}

#[test]
fn every_rule_has_a_sentence_of_its_own() {
    let mut sentences: Vec<(String, String)> = Vec::new();
    let long = "a".repeat(200);
    let bodies = [
        json!({}),
        json!({"action": 1, "user_info": 1}),
        json!({"action": "x", "user_info": {}}),
        user("create", &json!({"email": "x", "type": 5, "first_name": "一".repeat(65), "last_name": 1})),
        user(
            "create",
            &json!({"email": format!("{long}@example.com"), "type": "1", "first_name": 1, "last_name": "一".repeat(65)}),
        ),
        user(
            "create",
            &json!({"email": 1, "type": 4, "password": "x", "display_name": 1, "feature": 1, "plan_united_type": 1}),
        ),
        user("create", &json!({"type": 99, "feature": {"zoom_phone": 1, "zoom_one_type": 1}, "plan_united_type": "x"})),
        user("autoCreate", &json!({"password": "a", "feature": {"zoom_one_type": "x"}})),
        user("autoCreate", &json!({"password": 1})),
        user("autoCreate", &json!({"password": "1".repeat(33)})),
        user("autoCreate", &json!({"password": "abcdefgh"})),
        user("autoCreate", &json!({"password": "ABCDEFGH"})),
    ];
    for violation in bodies.iter().flat_map(errors) {
        let rule = (violation.message.clone(), format!("{} {}", violation.pointer, violation.keyword));
        assert!(violation.message.contains('`') && violation.message.len() > 20, "{violation:?}");
        if !sentences.contains(&rule) {
            sentences.push(rule);
        }
    }
    let mut messages: Vec<_> = sentences.iter().map(|(message, _)| message).collect();
    messages.sort();
    messages.dedup();
    assert_eq!(messages.len(), sentences.len(), "a sentence speaks for two rules: {sentences:#?}");
    assert!(messages.len() >= 35, "{}: {messages:#?}", messages.len());
}

#[test]
fn a_sentence_never_holds_the_password() {
    for password in ["hunter22", "abcd7777", "x", "Zq9", &"Zq9w".repeat(9)] {
        for action in ["create", "autoCreate", "Create"] {
            for violation in SCHEMA.validate(&user(action, &json!({"password": password, "email": password}))) {
                let told = format!("{} {:?}", violation.message, violation.help);
                assert!(password.len() < 3 || !told.contains(password), "{told}");
            }
        }
    }
}

#[test]
fn help_says_what_to_do() {
    let check = |body: Value, expected: &str| {
        let helps: Vec<_> = errors(&body).into_iter().filter_map(|violation| violation.help).collect();
        assert_eq!(helps.join(" | "), expected, "{body}");
    };
    check(user("Create", &json!({})), "did you mean `create`? (case matters)");
    check(user("crate", &json!({})), "did you mean `create`?");
    check(
        user("create", &json!({"type": "1"})),
        "it is text: write it without quotes, or with `:=` on the command line (`-i type:=...`)",
    );
    check(
        user("create", &json!({"plan_united_type": 2})),
        "it must be text: write it in quotes, or with `=` on the command line",
    );
    check(user("create", &json!({"first_name": null})), "leave the key out when there is no value");
    check(
        user("create", &json!({"feature": {"zoom_phone": "true"}})),
        "it is text: write it without quotes, or with `:=` on the command line (`-i zoom_phone:=...`)",
    );
    check(
        user("create", &json!({"type": 99})),
        "use 1 (Basic), 2 (Licensed) or 3 (On-prem), or change `action` to ssoCreate",
    );
}

/// What never stops anything: `code pointer` of each.
fn check_warnings(body: &Value, expected: &str) {
    let violations = SCHEMA.validate(body);
    let warnings = violations.iter().filter(|one| one.severity != Severity::Error);
    let found: Vec<_> = warnings.map(|one| format!("{} {}", one.code, one.pointer)).collect();
    assert_eq!(found.join(", "), expected, "{body}");
}

#[test]
fn unknown_keys_are_warnings_that_name_the_nearest() {
    let mut body =
        user("ssoCreate", &json!({"firstname": "Jane", "feature": {"zoomPhone": true}, "custom": {"deep": 1}}));
    body["actoin"] = json!("create");
    check_warnings(
        &body,
        "E0413 /user_info/firstname, E0413 /user_info/feature/zoomPhone, E0413 /user_info/custom, E0413 /actoin",
    );
    check(&body, "");
    let helps: Vec<_> = SCHEMA.validate(&body).into_iter().filter_map(|one| one.help).collect();
    assert!(
        helps[0].contains("`first_name`") && helps[1].contains("`zoom_phone`") && helps[3].contains("`action`"),
        "{helps:?}"
    );
}

#[test]
fn what_zoom_asks_for_first_is_a_warning() {
    let of = |action: &str, email: &str, user_type: u8| user(action, &json!({"email": email, "type": user_type}));
    check_warnings(&of("create", "jane@example.com", 1), "E0414 /action");
    check_warnings(&of("autoCreate", "jane@example.com", 1), "E0414 /user_info/email");
    check_warnings(&of("ssoCreate", "jane@example.com", 1), "");
    check_warnings(&of("custCreate", "7@ISV.example.com", 2), "");
    check_warnings(&of("custCreate", "7@isv.example.com", 2), "");
    check_warnings(&of("custCreate", "7@example.com", 2), "E0414 /user_info/email");
    check_warnings(&of("custCreate", "7@ISV.example.com", 1), "E0414 /user_info/type");
    check_warnings(&of("custCreate", "isv@example.com", 3), "E0414 /user_info/email, E0414 /user_info/type");
}

#[test]
fn the_types_and_the_schema_say_the_same() {
    let round_trip = |body: Value| {
        let typed: CreateUser = serde_json::from_value(body.clone()).expect("the types read it");
        assert_eq!(serde_json::to_value(&typed).expect("the types write it"), body);
        check(&body, "");
        assert!(!format!("{typed:?}").contains("Pa55word"));
    };
    round_trip(user("create", &json!({"first_name": "Jane", "last_name": "Doe"})));
    round_trip(user(
        "autoCreate",
        &json!({"password": "Pa55word", "feature": {"zoom_phone": true, "zoom_one_type": 16}}),
    ));
    round_trip(user("ssoCreate", &json!({"type": 99, "plan_united_type": "131072"})));
    for bad in [
        json!({"type": 4}),
        json!({"plan_united_type": "3"}),
        json!({"plan_united_type": "+1"}),
        json!({"feature": {"zoom_one_type": 1}}),
    ] {
        assert!(serde_json::from_value::<CreateUser>(user("create", &bad)).is_err(), "{bad}");
    }
}

#[test]
fn an_update_changes_one_plan_at_a_time() {
    let schema = Schema::compile(&update_user_schema()).expect("the schema compiles");
    let check = |body: Value, expected: bool| {
        assert_eq!(schema.is_valid(&body), expected, "{body}: {:?}", schema.validate(&body));
    };
    check(json!({}), true);
    check(json!({"first_name": "Jane", "type": 4}), true);
    check(json!({"type": 1, "feature": {"zoom_phone": true}}), true);
    check(json!({"plan_united_type": "none"}), true);
    check(json!({"feature": {"zoom_one_type": 0}}), true);
    check(json!({"type": 1, "plan_united_type": "1"}), false);
    check(json!({"type": 1, "feature": {"zoom_one_type": 16}}), false);
    check(json!({"plan_united_type": "1", "feature": {"zoom_one_type": 16}}), false);
    check(json!({"type": 5}), false);
    check(json!({"first_name": "一二三四五六"}), false);
}
