//! Request templates over an input.

use crate::resolve::{Context, Encoding, RequestTemplate, Resolved, Scope, Template};
use crate::source::Pointer;
use serde_json::{Value, json};

fn render(template: &Value, input: &Resolved) -> Result<Resolved, String> {
    let (template, problems) = RequestTemplate::parse(template, &[Pointer::parse("/uri")]);
    assert!(problems.is_empty(), "{problems:?}");
    let extra = json!({"server": "https://api.example.com/v2"});
    let rendered = template.render(input, extra.as_object().expect("an object"));
    rendered.map_err(|missing| missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}

#[test]
fn a_request_stays_a_tree() {
    let check = |template: Value, input: Value, expected: Result<Value, &str>| {
        let rendered = render(&template, &Resolved::plain(input)).map(|resolved| (*resolved.value).clone());
        assert_eq!(rendered, expected.map_err(str::to_owned), "{template}");
    };
    check(json!({"type": "{{type}}", "n": null}), json!({"type": 2}), Ok(json!({"type": 2, "n": null})));
    check(json!({"a": {"b": "{{b}}"}, "c": 1}), json!({}), Ok(json!({"a": {}, "c": 1})));
    check(json!({"a": "{{a}}"}), json!({"a": null}), Ok(json!({"a": null})));
    check(
        json!({"a": "{{user.first}} {{user/last}}"}),
        json!({"user": {"first": "A", "last": "B"}}),
        Ok(json!({"a": "A B"})),
    );
    check(json!({"a": "{{items.[0].id}}"}), json!({"items": [{"id": 7}]}), Ok(json!({"a": 7})));
    check(json!({"a": "x{{! note }}y \\{{z}} $${q}"}), json!({}), Ok(json!({"a": "xy {{z}} ${q}"})));
    check(json!({"a": "Hi {{name}}"}), json!({"name": "\"}, {\"<&"}), Ok(json!({"a": "Hi \"}, {\"<&"})));
    check(json!({"a": "Hi {{name}}"}), json!({"nam": 1}), Err("name is missing"));
    check(json!({"a": "Hi {{name}}"}), json!({"name": null}), Err("name is null"));
    check(json!({"a": ["{{name}}"]}), json!({}), Err("name is missing"));
    check(json!("{{this}}"), json!({"a": 1}), Ok(json!({"a": 1})));
}

#[test]
fn values_in_a_uri_are_encoded_but_for_the_base() {
    let check = |uri: &str, input: Value, expected: &str| {
        let rendered = render(&json!({"uri": uri}), &Resolved::plain(input)).expect("a request");
        assert_eq!(*rendered.value, json!({"uri": expected}), "{uri}");
    };
    check("{{server}}/users", json!({}), "https://api.example.com/v2/users");
    check("{{server}}/users/{{id}}", json!({"id": "a/b?c@d.e"}), "https://api.example.com/v2/users/a%2Fb%3Fc%40d.e");
    check(
        "{{server}}/users?q={{q}}&n={{n}}",
        json!({"q": "a&b=c +", "n": 5}),
        "https://api.example.com/v2/users?q=a%26b%3Dc%20%2B&n=5",
    );
    check("{{server}}/{{{path}}}", json!({"path": "a/b?c=d"}), "https://api.example.com/v2/a/b?c=d");
    check("https://{{host}}/x", json!({"host": "h:8080"}), "https://h:8080/x");
    check("https://{{host}}/x", json!({"host": "h/y@z"}), "https://h%2Fy%40z/x");
}

#[test]
fn secrets_move_with_their_values() {
    let input = json!({"token": "${workflow.secrets.t}", "text": "a ${workflow.secrets.t.k} b", "look": "${nope}"});
    let (template, _) = Template::parse(&input, &[]);
    let input = template.resolve(&Scope::default(), &Context::default()).expect("a value");
    let request = json!({"whole": ["{{token}}"], "part": "<{{text}}>", "uri": "{{server}}/{{text}}", "own": "Bearer ${workflow.secrets.o}"});
    let rendered = render(&request, &input).expect("a request");
    assert_eq!(
        *rendered.value,
        json!({
            "whole": ["${workflow.secrets.t}"],
            "part": "<a ${workflow.secrets.t.k} b>",
            "uri": "https://api.example.com/v2/a%20${workflow.secrets.t.k}%20b",
            "own": "Bearer ${workflow.secrets.o}"
        })
    );
    let slots: Vec<_> = rendered
        .secrets
        .iter()
        .map(|slot| (slot.pointer.as_str(), slot.range.start, slot.path.as_deref(), slot.whole, slot.encoding))
        .collect();
    assert_eq!(
        slots,
        [
            ("/whole/0", 0, None, true, Encoding::Raw),
            ("/part", 3, Some("k"), false, Encoding::Raw),
            ("/uri", 31, Some("k"), false, Encoding::UriComponent),
            ("/own", 7, None, false, Encoding::Raw),
        ]
    );
}

#[test]
fn what_is_no_plain_tag_is_a_problem() {
    let check = |text: &str, expected: usize| {
        let (_, problems) = RequestTemplate::parse(&json!({ "a": text }), &[]);
        assert_eq!(problems.len(), expected, "{text}: {problems:?}");
    };
    check("{{a}} {{{b.c}}} {{~d~}}", 0);
    check("{{#if a}}{{a}}{{/if}}", 1);
    check("{{upper a}}", 1);
    check("{{../a}}", 1);
    check("{{> part}}", 1);
    check("{{a", 1);
    check("${workflow.input.a}", 1);
    check("${workflow.secrets.a}", 0);
}

#[test]
fn parameters_are_the_first_names() {
    let request = json!({"uri": "{{server}}/{{id}}", "body": {"a": "{{user.name}}", "b": ["{{id}}"]}});
    let (template, _) = RequestTemplate::parse(&request, &[]);
    assert_eq!(template.parameters(), ["server", "id", "user"]);
}
