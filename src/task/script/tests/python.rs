//! Python scripts, with what the server gives for them.

use super::*;
use serde_json::json;

fn check(text: &str, expected: Value) {
    let input = json!({"a": 42, "f": 1.5, "s": "text", "b": true, "l": [1, 2], "o": {"k": "v"}});
    assert_eq!(run(ScriptKind::Python, text, input, Dialect::Conductor), Ok(expected), "{text}");
}

fn check_fails(text: &str, expected: &str) {
    let failed = run(ScriptKind::Python, text, json!({"a": 42, "s": "text", "l": [1, 2]}), Dialect::Conductor);
    let message = failed.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains(expected), "{text}: {message}");
}

#[test]
fn statements_that_compute_a_value_are_evaluated() {
    check("x = a * 2\nreturn x + len(s)", json!(88));
    check("return 'x'", json!("x"));
    check("return None", json!(null));
    check("return True", json!(true));
    check("return l", json!([1, 2]));
    check("return o", json!({"k": "v"}));
    check("return a / 2", json!(21.0));
    check("return a // 2", json!(21));
    check("return -7 // 2", json!(-4));
    check("return -7 % 3", json!(2));
    check("return a * 1.0", json!(42.0));
    check("x = 1", json!(null));
    check("return str(a)", json!("42"));
    check("if a > 2:\n  return 'big'\nelse:\n  return 'small'", json!("big"));
    check("if a > 50:\n  x = 1\nelif a > 40:\n  x = 2\nelse:\n  x = 3\nx += 1\nreturn x", json!(3));
    check("return a > 2 and s == 'text'", json!(true));
    check("return not a", json!(false));
    check("return 'yes' if a else 'no'", json!("yes"));
    check("return int('5') + int(a / 4)", json!(15));
    check("return 'ex' in s", json!(true));
    check("return 2 ** 10", json!(1024));
}

#[test]
fn what_fails_there_fails_here() {
    check_fails("return nope", "NameError: name 'nope' is not defined");
    check_fails("return 1/0", "ZeroDivisionError: division by zero");
    check_fails("return s + a", "TypeError: can only concatenate str (not \"int\") to str");
    check_fails("return len(l)", "TypeError: object of type 'polyglot.ForeignObject' has no len()");
}

#[test]
fn more_of_python_is_refused_by_name() {
    check_fails("for x in l:\n  a = x\nreturn a", "`for x in l:` is more of Python than can be evaluated here");
    check_fails("import os\nreturn os.getcwd()", "is more of Python than can be evaluated here");
    check_fails("return s.upper()", "is more of Python than can be evaluated here");
    check_fails(&format!("return {}1", "-".repeat(9000)), "RecursionError");
    check_fails(&format!("return {}1", "(".repeat(9000)), "RecursionError");
}
