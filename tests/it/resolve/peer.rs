//! The part of the dialect that RFC 9535 has too, beside an implementation of that standard.

use super::shared;
use legwork::resolve::{Expression, Scope};
use serde_json::Value;
use serde_json_path::JsonPath;
use std::borrow::Cow;

/// What the two dialects read differently, by words in the names of the suite's cases.
const DIFFERENT: &[&str] = &[
    // A missing value is null there, a number equals its text, and lists exist even when they are empty.
    "absent from data",
    "numeric string",
    "equals number",
    "greater than number",
    "greater than or equal to number",
    "different type",
    "non-singular",
    "empty node list",
    "absent from index selector",
    "without segments",
    // Only texts and numbers have an order; numbers are written without a plus.
    "equal to null",
    "equal to true",
    "equal to false",
    "positive exponent",
    "exponent +0",
    // Several selectors in one pair of brackets, and filters over the members of an object.
    "multiple selectors",
    "object data",
    "object",
    "primitive",
    "followed by",
    "with and without",
    // Only blanks separate, an operator after a bare path needs one before it, and filters in filters need brackets.
    "whitespace",
    "data false",
    "nested",
];

/// The selector as this dialect writes it; `None` when the two cannot mean the same.
fn translate(name: &str, selector: &str) -> Option<String> {
    if let Some(condition) = selector.strip_prefix("$[?@").and_then(|rest| rest.strip_suffix(']')) {
        let same = !DIFFERENT.iter().any(|different| name.contains(different));
        return same.then(|| format!("workflow.input[?(@{condition})]"));
    }
    let is_plain =
        |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '$' | '.' | '[' | ']' | '\'' | '*' | ':' | '_');
    let is_small = !selector.split(|ch: char| !ch.is_ascii_digit()).any(|digits| digits.len() > 9);
    // A step, a scan and a slice without ends are read differently or not at all.
    let same = !selector.contains("..") && !selector.contains("[:]") && selector.matches(':').count() < 2;
    let same = same && is_small && selector.chars().all(is_plain);
    selector.strip_prefix('$').filter(|_| same).map(|rest| format!("workflow.input{rest}"))
}

#[test]
#[expect(clippy::print_stderr, reason = "a comparison that is skipped says so")]
fn common_selectors_give_what_the_standard_gives() {
    let Some(file) = shared("corpus/jsonpath-cts/cts.json") else {
        eprintln!("skipped: the JSONPath compliance suite is not here");
        return;
    };
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("a file")).expect("JSON");
    let (mut compared, mut wrong) = (0, Vec::new());
    for case in suite["tests"].as_array().expect("a list") {
        let (name, selector) =
            (case["name"].as_str().unwrap_or_default(), case["selector"].as_str().unwrap_or_default());
        let (Ok(standard), Some(document)) = (JsonPath::parse(selector), case.get("document")) else { continue };
        let Some(translated) = translate(name, selector) else { continue };
        let Ok(expression) = Expression::parse(&translated) else {
            wrong.push(format!("{name}: {translated} is refused"));
            continue;
        };
        let nodes = standard.query(document).all();
        let expected: Vec<Value> = nodes.into_iter().cloned().collect();
        let mut scope = Scope::default();
        scope.workflow.input = document.clone().into();
        // What may lead to many values is a list here, even of one; what may not is the value itself.
        let is_list = translated.contains(['*', ':', '?']);
        let found = match expression.evaluate(&scope).map(Cow::into_owned) {
            Some(Value::Array(list)) if is_list => list,
            found => found.into_iter().collect(),
        };
        if found != expected {
            wrong.push(format!("{name}: {translated} gives {found:?} instead of {expected:?}"));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 70, "only {compared} selectors are common");
}
