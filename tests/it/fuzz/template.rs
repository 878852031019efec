//! Templates of requests.

use super::{run, text};
use legwork::resolve::{RequestTemplate, Resolved};
use legwork::source::Pointer;
use serde_json::{Map, json};

const WORDS: &[&str] = &[
    "{{",
    "}}",
    "{{{",
    "}}}",
    "{{server}}",
    "{{a.b}}",
    "{{#if a}}",
    "{{/if}}",
    "{{else}}",
    "{{> x}}",
    "{{!",
    "${",
    "a",
    "b.0",
    "../",
    "@root",
    "%",
    "/",
    "?",
    "&",
    "\\{{",
    "~",
    "é",
];

#[test]
fn no_template_is_too_odd() {
    run("template", WORDS, |input| Ok(text(input).map(behaviour).unwrap_or_default()));
}

/// What comes of a template; it must only not panic.
fn behaviour(text: &str) -> String {
    let request =
        json!({"method": "POST", "uri": text, "headers": {"X-A": text}, "body": {"a": [text], text: "{{a}}"}});
    let (template, problems) = RequestTemplate::parse(&request, &[Pointer::parse("/uri")]);
    let input = Resolved::plain(json!({"a": {"b": [1, "x y"]}, "b": "<{{c}}&\"", "c": null}));
    let extra = Map::from_iter([("server".to_owned(), json!("https://api.example.com"))]);
    let rendered = template.render(&input, &extra);
    let names = template.parameters();
    format!(
        "{:?} {} {}",
        problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        rendered.is_ok(),
        names.len()
    )
}
