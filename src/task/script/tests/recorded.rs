//! Scripts as a Conductor server answers them, recorded from its own evaluators (3.32.3).
//!
//! The files hold one record a line: `{"text", "gives"}` or `{"text", "fails"}`, all over the input of `input.json`.

use super::*;

/// Compares with every record of a file. A query reads itself in its input, as on the server.
fn check(kind: ScriptKind, records: &str) {
    let mut input: Value = serde_json::from_str(include_str!("input.json")).expect("well-formed");
    let mut differences = Vec::new();
    for record in records.lines() {
        let record: Value = serde_json::from_str(record).expect("well-formed");
        let text = record["text"].as_str().expect("a text");
        if kind == ScriptKind::Jq {
            input["queryExpression"] = Value::from(text);
        }
        let given = run(kind, text, input.clone(), Dialect::Conductor);
        let same = match (&given, record.get("gives"), record.get("fails")) {
            (Ok(value), Some(expected), None) => same(value, expected),
            (Err(error), None, Some(expected)) => expected.as_str() == Some(&error.to_string()),
            _ => false,
        };
        if !same {
            differences.push(format!("{text}\n  got {given:?}\n  not {record}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Equality of JSON values, `1` and `1.0` being the same number.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

#[test]
fn javascript_gives_what_the_server_gives() {
    check(ScriptKind::Javascript, include_str!("javascript.jsonl"));
}

#[test]
fn jq_gives_what_the_server_gives() {
    check(ScriptKind::Jq, include_str!("jq.jsonl"));
}
