//! What holds for any text.

use super::{input, scope};
use crate::definition::Dialect;
use crate::resolve::node::Node;
use crate::resolve::path::Path;
use crate::resolve::{Context, RequestTemplate, Template, refusals};
use crate::source::Pointer;
use proptest::prelude::*;
use serde_json::{Value, json};

const TOKENS: &[&str] = &[
    "workflow",
    ".",
    "..",
    "input",
    "users",
    "a",
    "[",
    "]",
    "[?(",
    ")]",
    "@.age",
    ">",
    "==",
    "'x'",
    "\"",
    "'",
    "0",
    "-1",
    ":",
    ",",
    "*",
    "${",
    "}",
    "$",
    "{{",
    "}}",
    "{",
    " ",
    "(",
    ")",
    "sum",
    "length()",
    "in",
    "empty",
    "/a/i",
    "=~",
    "!",
    "&&",
    "||",
    "\\",
    "true",
    "null",
    "é",
    "😀",
    "\n",
    "workflow.secrets.t",
    "workflow.env.conf",
    "$${",
];

/// Texts made of what the readers look at.
fn syntax() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(TOKENS), 0..24).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn no_path_panics(path in syntax()) {
        let scope = scope(input());
        if let Ok(path) = Path::compile(&path) {
            let value = path.read(Node::Root(&scope));
            prop_assert!(path.is_definite() || value.is_none_or(|value| value.is_array()));
        }
    }

    #[test]
    fn no_template_panics(text in syntax(), any in ".*") {
        let scope = scope(json!({"users": [{"age": 1}], "any": any}));
        let value = json!({"uri": text, "k": [format!("{text}${{workflow.input.any}}")]});
        let (template, _) = Template::parse(&value, &[Pointer::parse("/uri")]);
        for dialect in [Dialect::Legwork, Dialect::Conductor] {
            let context = Context { dialect, task_id: None };
            let resolved = template.resolve(&scope, &context);
            prop_assert!(resolved.is_ok() || dialect == Dialect::Legwork);
            prop_assert_eq!(template.trace(&scope, &context).len(), template.expressions().count());
            if let Ok(resolved) = resolved {
                for slot in &*resolved.secrets {
                    let text = resolved.value.pointer(slot.pointer.as_str()).and_then(Value::as_str).unwrap_or_default();
                    let is_reference = text.get(slot.range.clone()).is_some_and(|text| text.starts_with("${workflow.secrets."));
                    prop_assert!(is_reference);
                }
            }
        }
        prop_assert!(refusals(&json!(1), &|_| false).is_empty() && refusals(&value, &|_| true).len() < 100);
        let (request, _) = RequestTemplate::parse(&value, &[Pointer::parse("/uri")]);
        let _ = request.render(&crate::resolve::Resolved::plain(json!({"a": 1})), &serde_json::Map::new());
    }

    #[test]
    fn text_without_dollar_stays_as_it_is(text in "[^$]*") {
        let (template, _) = Template::parse(&json!({"uri": text}), &[Pointer::parse("/uri")]);
        let resolved = template.resolve(&scope(input()), &Context::default());
        prop_assert_eq!(resolved.map(|resolved| (*resolved.value).clone()), Ok(json!({"uri": text})));
    }

    #[test]
    fn a_value_passes_unchanged(text in ".*") {
        let (template, _) = Template::parse(&json!({"k": "${workflow.input.v}", "t": "<${workflow.input.v}>"}), &[]);
        let resolved = template.resolve(&scope(json!({"v": text})), &Context::default());
        prop_assert_eq!(resolved.map(|resolved| (*resolved.value).clone()), Ok(json!({"k": text, "t": format!("<{text}>")})));
    }
}
