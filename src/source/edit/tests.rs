//! Edits, each as the text before and after it.

use super::super::{Pointer, SourceFile, parse};
use super::{Draft, EditError, apply};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Appends to a list, or puts a member into a mapping.
#[track_caller]
fn check(name: &str, before: &str, pointer: &str, what: (Option<&str>, Value), after: &str) {
    assert_eq!(edited(name, before, pointer, what).as_deref(), Ok(after), "{before}");
}

fn edited(name: &str, before: &str, pointer: &str, (key, value): (Option<&str>, Value)) -> Result<String, EditError> {
    let file = SourceFile::new(name, before);
    let parsed = parse(&file);
    let mut draft = Draft::new(&file, &parsed.value, &parsed.spans);
    match key {
        Some(key) => draft.put(&Pointer::parse(pointer), None, key, &value)?,
        None => draft.append(&Pointer::parse(pointer), None, &[value])?,
    }
    Ok(apply(before, &draft.finish()?))
}

fn item(value: Value) -> (Option<&'static str>, Value) {
    (None, value)
}

#[test]
fn a_block_list_grows_in_its_own_column_and_style() {
    let task = || item(json!({"name": "b", "in": {"uri": "${x}/y", "list": [1, "two"]}}));
    check(
        "a.yaml",
        "t:\n  - name: a\n",
        "/t",
        task(),
        "t:\n  - name: a\n  - name: b\n    in:\n      uri: ${x}/y\n      list: [1, two]\n",
    );
    check(
        "a.yaml",
        "t:\n- name: a # note\n# end\nz: 1",
        "/t",
        item(json!("b")),
        "t:\n- name: a # note\n- b\n# end\nz: 1",
    );
    check(
        "a.yaml",
        "t:\n  -   name: a\n      x:\n          y: 1\n",
        "/t",
        task(),
        "t:\n  -   name: a\n      x:\n          y: 1\n  -   name: b\n      in:\n          uri: ${x}/y\n          list: [1, two]\n",
    );
    check(
        "a.yaml",
        "t:\n  - a: \"1\"\n    # b: 2\n\n  # next\nz: 1\n",
        "/t",
        item(json!({"a": "true"})),
        "t:\n  - a: \"1\"\n    # b: 2\n  - a: \"true\"\n\n  # next\nz: 1\n",
    );
    check(
        "a.yaml",
        "t:\r\n  - a: '${b}'\r\n",
        "/t",
        item(json!({"a": "${c}"})),
        "t:\r\n  - a: '${b}'\r\n  - a: '${c}'\r\n",
    );
    check("a.yaml", "t:\n  - - a\n    - b\n", "/t/0", item(json!("c")), "t:\n  - - a\n    - b\n    - c\n");
    check("a.yaml", "t:\n  - a", "/t", item(json!("b")), "t:\n  - a\n  - b");
}

#[test]
fn a_list_that_is_empty_or_has_no_value_begins_below_its_key() {
    check("a.yaml", "t: []  # none yet\nz: 1\n", "/t", item(json!("a")), "t:  # none yet\n  - a\nz: 1\n");
    check("a.yaml", "t:\nz: 1\n", "/t", item(json!("a")), "t:\n  - a\nz: 1\n");
    check("a.yaml", "t: null", "/t", item(json!("a")), "t:\n  - a");
    check("a.yaml", "s:\n- x: {}\n", "/s/0/x", (Some("k"), json!([{"a": 1}])), "s:\n- x:\n    k:\n    - a: 1\n");
}

#[test]
fn brackets_stay_brackets() {
    check("a.yaml", "t: [a, b] # c\n", "/t", item(json!("c, d")), "t: [a, b, \"c, d\"] # c\n");
    check("a.yaml", "t: [{a: 1}]\n", "/t", item(json!({"a": "${x}"})), "t: [{a: 1}, {a: \"${x}\"}]\n");
    check("a.yaml", "{\"t\": [\"a\"]}\n", "/t", item(json!("b")), "{\"t\": [\"a\", \"b\"]}\n");
    check("a.yaml", "t: {a: 1}\n", "/t", (Some("b"), json!(null)), "t: {a: 1, b: null}\n");
}

#[test]
fn json_keeps_its_indentation() {
    let task = || item(json!({"n": "b", "l": [1, 2], "m": {"x": {}}}));
    check(
        "a.json",
        "{\"t\":[{\"n\":1}]}",
        "/t",
        task(),
        "{\"t\":[{\"n\":1},{\"n\":\"b\",\"l\":[1,2],\"m\":{\"x\":{}}}]}",
    );
    check(
        "a.json",
        "{\n\t\"t\": [\n\t\t{\n\t\t\t\"n\": 1\n\t\t}\n\t]\n}\n",
        "/t",
        task(),
        "{\n\t\"t\": [\n\t\t{\n\t\t\t\"n\": 1\n\t\t},\n\t\t{\n\t\t\t\"n\": \"b\",\n\t\t\t\"l\": [1, 2],\n\t\t\t\"m\": {\n\t\t\t\t\"x\": {}\n\t\t\t}\n\t\t}\n\t]\n}\n",
    );
    check(
        "a.json",
        "{\n    \"t\": []\n}",
        "/t",
        item(json!({"n": 1})),
        "{\n    \"t\": [\n        {\n            \"n\": 1\n        }\n    ]\n}",
    );
    check(
        "a.json",
        "{\n  \"t\": [{\n    \"n\": 1\n  }, {\n    \"n\": 2\n  }]\n}",
        "/t",
        item(json!({"n": 3})),
        "{\n  \"t\": [{\n    \"n\": 1\n  }, {\n    \"n\": 2\n  }, {\n    \"n\": 3\n  }]\n}",
    );
    check("a.json", "{\r\n  \"a\": 1\r\n}", "", (Some("b"), json!(["x"])), "{\r\n  \"a\": 1,\r\n  \"b\": [\"x\"]\r\n}");
}

#[test]
fn comments_and_trailing_commas_in_json_stay() {
    check("a.json", "[\n  1, // one\n  2 // two\n]", "", item(json!(3)), "[\n  1, // one\n  2, // two\n  3\n]");
    check("a.json", "[\n  1,\n  2, // two\n]", "", item(json!(3)), "[\n  1,\n  2, // two\n  3,\n]");
    check("a.json", "[1 /* one */]", "", item(json!(2)), "[1, /* one */ 2]");
}

#[test]
fn what_stands_elsewhere_is_not_touched() {
    let found = edited("a.yaml", "a: &a [1]\nb: *a\n", "/b", item(json!(2)));
    assert_eq!(found, Err(EditError::Shared(Pointer::parse("/b"))));
    let found = edited("a.yaml", "a: &a [1]\nb: *a\n", "/a", item(json!(2)));
    assert!(matches!(found, Err(EditError::Unknown(_))), "{found:?}");
    let found = edited("a.yaml", "a: 1\n", "/b", item(json!(2)));
    assert_eq!(found, Err(EditError::NoContainer(Pointer::parse("/b"))));
}

#[test]
fn texts_are_quoted_where_they_must_be() {
    for text in [
        "a: b",
        "- a",
        "#a",
        "a #b",
        "yes",
        "1e3",
        "007",
        "",
        " a",
        "a ",
        "*a",
        "@a",
        "é",
        "2024-01-01",
        "a\tb",
        "null",
        "<<",
        "a'b\"c",
        "${a.b}",
        "{{x}}",
        "a:",
        "---",
    ] {
        for before in ["t:\n  - x\n", "t: [x]\n", "t:\n  - 'x'\n", "t: ['x']\n", "{\"t\": [\"x\"]}\n"] {
            let after = edited("a.yaml", before, "/t", item(json!({"k": text, "l": [text]})));
            let after = after.unwrap_or_else(|error| panic!("{text:?} in {before:?}: {error}"));
            let read = parse(&SourceFile::new("a.yaml", after.as_str())).value;
            assert_eq!(read, json!({"t": ["x", {"k": text, "l": [text]}]}), "{after}");
        }
    }
    check(
        "a.yaml",
        "t:\n  - x\n",
        "/t",
        item(json!({"k": "one\n\ntwo\n", "l": "a\n"})),
        "t:\n  - x\n  - k: |\n      one\n\n      two\n    l: \"a\\n\"\n",
    );
}

proptest! {
    #[test]
    fn any_value_can_be_put_anywhere(texts in prop::collection::vec("\\PC{0,8}", 1..4), shape in 0..6_usize) {
        const SHAPES: &[(&str, &str)] = &[
            ("a.yaml", "t:\n  - x\n"), ("a.yaml", "t: [x]\n"), ("a.yaml", "t: []\n"), ("a.json", "{\"t\": [1]}"),
            ("a.json", "{\n  \"t\": [\n    {\n      \"a\": 1\n    }\n  ]\n}"), ("a.yaml", "t:\n- a: \"x\"\n"),
        ];
        let (name, before) = SHAPES[shape];
        let value: Value = json!({"k": texts.clone(), "m": {texts[0].clone(): texts, "n": [[], {}, [1]]}});
        let after = edited(name, before, "/t", item(value.clone())).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let read = parse(&SourceFile::new(name, after.as_str()));
        prop_assert!(read.problems.is_empty());
        prop_assert_eq!(read.value["t"].as_array().and_then(|items| items.last()), Some(&value));
    }
}
