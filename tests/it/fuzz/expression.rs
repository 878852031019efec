//! Conductor's expressions, and the texts they stand in.

use super::{Verdict, run, text};
use legwork::definition::Dialect;
use legwork::resolve::{Context, Expression, Scope, Template};
use serde_json::json;

const WORDS: &[&str] = &[
    "${",
    "}",
    "$${",
    "workflow",
    ".input",
    ".output",
    ".secrets",
    ".env",
    "[0]",
    "[-1:]",
    "[*]",
    "..",
    "['a']",
    "[?(@.a == 1)]",
    "&&",
    "||",
    "=~ /a/i",
    ".length()",
    ".min()",
    ".concat(",
    "$",
    "@",
    "!",
    "<=",
    "in [1,2]",
    "{\"a\":1}",
    "null",
    "\\u0041",
    "é",
    "1e9",
];

#[test]
fn no_expression_is_too_odd() {
    run("expression", WORDS, |input| text(input).map_or(Ok(String::new()), check));
}

fn check(text: &str) -> Verdict {
    let value = json!({"a": text, text: [text]});
    let mut behaviour = match Expression::parse(text) {
        Ok(expression) => {
            if expression.text() != text {
                return Err(format!("it is another text: {}", expression.text()));
            }
            format!("{:?}", expression.evaluate(&Scope::default()).map(|value| value.is_null()))
        }
        Err(error) => error.to_string().chars().filter(char::is_ascii_lowercase).collect(),
    };
    for dialect in [Dialect::Legwork, Dialect::Conductor] {
        let (template, problems) = Template::parse(&value, &[]);
        for problem in &problems {
            let source = value.pointer(problem.pointer.as_str()).and_then(serde_json::Value::as_str);
            let source = source.unwrap_or(text);
            if source.get(problem.range.clone()).is_none() {
                return Err(format!("{:?} is no place in {source:?}", problem.range));
            }
        }
        let resolved = template.resolve(&Scope::default(), &Context { dialect, task_id: None });
        behaviour = format!("{behaviour} {} {}", problems.len(), resolved.is_ok());
    }
    Ok(behaviour)
}
