use super::*;
use serde_json::json;

fn schema(document: &Value) -> Schema {
    Schema::compile(document).expect("the schema compiles")
}

/// `code pointer: message (help)` of every violation.
fn told(violations: &[Violation]) -> Vec<String> {
    let line = |one: &Violation| {
        let help = one.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{} {}: {}{help}", one.code, one.pointer, one.message)
    };
    violations.iter().map(line).collect()
}

fn check(document: &Value, value: &Value, expected: &[&str]) {
    assert_eq!(told(&schema(document).validate(value)), expected, "{document} {value}");
}

#[test]
fn every_kind_of_rule_has_a_sentence() {
    let age = |rule: Value| json!({"properties": {"age": rule}});
    let table: &[(Value, Value, &str)] = &[
        (json!({"required": ["age"]}), json!({}), "E0401 /age: `age` is missing"),
        (
            age(json!({"type": "integer"})),
            json!({"age": []}),
            "E0402 /age: `age` must be a whole number, but is a list",
        ),
        (
            age(json!({"type": ["string", "null"]})),
            json!({"age": {}}),
            "E0402 /age: `age` must be null or text, but is an object",
        ),
        (age(json!({"enum": [1, "a"]})), json!({"age": 2}), "E0403 /age: `age` must be one of `1` or `a`"),
        (age(json!({"const": 7})), json!({"age": 2}), "E0403 /age: `age` must be `7`"),
        (age(json!({"minLength": 1})), json!({"age": ""}), "E0404 /age: `age` must have at least 1 character"),
        (age(json!({"maxLength": 2})), json!({"age": "äöü"}), "E0404 /age: `age` must have at most 2 characters"),
        (age(json!({"minimum": 3})), json!({"age": 2}), "E0405 /age: `age` must be 3 or more"),
        (age(json!({"exclusiveMaximum": 3})), json!({"age": 3}), "E0405 /age: `age` must be less than 3"),
        (age(json!({"multipleOf": 3})), json!({"age": 4}), "E0405 /age: `age` must be a multiple of 3"),
        (age(json!({"format": "date"})), json!({"age": "old"}), "E0406 /age: `age` must be a date such as 2026-01-31"),
        (age(json!({"pattern": "^a"})), json!({"age": "b"}), "E0407 /age: `age` must match `^a`"),
        (age(json!({"not": {"pattern": "^a"}})), json!({"age": "a"}), "E0407 /age: `age` has a value that is refused"),
        (age(json!({"minItems": 2})), json!({"age": [1]}), "E0409 /age: `age` must have at least 2 items"),
        (age(json!({"maxItems": 0})), json!({"age": [1]}), "E0409 /age: `age` must have at most 0 items"),
        (
            age(json!({"uniqueItems": true})),
            json!({"age": [1, 1]}),
            "E0409 /age: `age` must not have the same item twice",
        ),
        (
            age(json!({"contains": {"const": 1}})),
            json!({"age": [2]}),
            "E0409 /age: `age` lacks an item that must be there",
        ),
        (age(json!({"minProperties": 1})), json!({"age": {}}), "E0410 /age: `age` must have at least 1 key"),
        (age(json!({"not": {}})), json!({"age": 1}), "E0412 /age: `age` must not be there"),
        (age(json!(false)), json!({"age": 1}), "E0412 /age: `age` must not be there"),
        (json!({"type": "object"}), json!(1), "E0402 : the value must be an object, but is a number"),
    ];
    for (document, value, expected) in table {
        check(document, value, &[expected]);
    }
}

#[test]
fn the_sentences_of_the_schema_go_first() {
    let document = json!({
        "required": ["a"],
        "properties": {
            "a": {
                "type": "string", "maxLength": 2, "pattern": "^a",
                "x-message": {"required": "give an a", "maxLength": "a short a", "pattern": "an a with a"},
                "x-help": {"required": "add it"}
            },
            "b": {"enum": [1, 2], "x-message": "1 or 2", "x-refused": {"3": "3 is out of print"}, "x-help": "ask"}
        }
    });
    check(&document, &json!({}), &["E0401 /a: give an a (add it)"]);
    check(&document, &json!({"a": "bcd"}), &["E0404 /a: a short a", "E0407 /a: an a with a"]);
    check(&document, &json!({"a": "a", "b": 4}), &["E0403 /b: 1 or 2 (ask)"]);
    check(&document, &json!({"a": "a", "b": 3}), &["E0403 /b: 3 is out of print (ask)"]);
}

#[test]
fn a_broken_rule_is_told_once_and_from_the_inside() {
    let conditional = json!({
        "properties": {"kind": {"type": "string"}, "size": {"type": "integer"}},
        "if": {"properties": {"kind": {"const": "big"}}, "required": ["kind"]},
        "then": {"properties": {"size": {"minimum": 10}}, "required": ["size"]},
        "else": {"properties": {"size": {"maximum": 9}}}
    });
    check(&conditional, &json!({"kind": "big", "size": 9}), &["E0408 /size: `size` must be 10 or more"]);
    check(&conditional, &json!({"kind": "big"}), &["E0401 /size: `size` is missing"]);
    check(&conditional, &json!({"kind": "small", "size": 10}), &["E0408 /size: `size` must be 9 or less"]);
    let twice = json!({"allOf": [{"properties": {"a": {"maxLength": 1}}}, {"properties": {"a": {"maxLength": 1}}}]});
    check(&twice, &json!({"a": "bb"}), &["E0404 /a: `a` must have at most 1 character"]);
    let typed = json!({"properties": {"a": {"type": "integer", "enum": [1]}}});
    check(&typed, &json!({"a": true}), &["E0402 /a: `a` must be a whole number, but is a boolean"]);
    let dependent = json!({"dependentRequired": {"a": ["b"]}, "properties": {"a": {}, "b": {}}});
    check(&dependent, &json!({"a": 1}), &["E0401 /b: `b` is missing"]);
}

#[test]
fn of_several_alternatives_the_one_that_was_meant_is_told() {
    let by_kind = json!({"oneOf": [
        {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}},
        {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}, "barks": {"type": "boolean"}}}
    ]});
    check(
        &by_kind,
        &json!({"kind": "dog", "barks": "loud"}),
        &["E0402 /barks: `barks` must be true or false, but is text"],
    );
    check(&by_kind, &json!({"kind": "cow"}), &["E0411 : the value fits none of the 2 alternatives"]);
    let by_type = json!({"anyOf": [{"type": "string"}, {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}]});
    check(&by_type, &json!({"id": "x"}), &["E0402 /id: `id` must be a whole number, but is text"]);
    check(&by_type, &json!(1), &["E0411 : the value fits none of the 2 alternatives"]);
    check(
        &json!({"oneOf": [{"type": "number"}, {"type": "integer"}]}),
        &json!(1),
        &["E0411 : the value fits more than one of the alternatives, and must fit exactly one"],
    );
}

#[test]
fn help_is_told_from_the_value() {
    let of = |rule: Value| json!({"properties": {"age": rule}});
    let check = |rule: Value, value: Value, expected: Option<&str>| {
        let found = schema(&of(rule)).validate(&json!({"age": value}));
        assert_eq!(found.first().and_then(|one| one.help.as_deref()), expected);
    };
    let unquote = Some("it is text: write it without quotes, or with `:=` on the command line (`-i age:=...`)");
    let quote = Some("it must be text: write it in quotes, or with `=` on the command line");
    check(json!({"type": "integer"}), json!("7"), unquote);
    check(json!({"type": "integer"}), json!("7.5"), None);
    check(json!({"type": "number"}), json!("7.5"), unquote);
    check(json!({"type": "boolean"}), json!("true"), unquote);
    check(json!({"type": "array"}), json!("[1]"), unquote);
    check(json!({"type": "integer"}), json!("old"), None);
    check(json!({"type": "string"}), json!(7), quote);
    check(json!({"enum": ["1", "2"]}), json!(2), quote);
    check(json!({"enum": ["red", "green"]}), json!("gren"), Some("did you mean `green`?"));
    check(json!({"enum": ["red", "green"]}), json!("RED"), Some("did you mean `red`? (case matters)"));
    check(json!({"type": "string"}), json!(null), Some("leave the key out when there is no value"));
    check(json!({"type": "integer"}), json!([7]), Some("take it out of the list"));
}

#[test]
fn a_sentence_never_holds_the_value() {
    let document = json!({"properties": {"secret": {"type": "string", "minLength": 30, "pattern": "^x", "enum": ["a"], "format": "uuid"}}});
    for value in [json!("hunter22"), json!({"hunter22": "hunter22"}), json!(["hunter22"])] {
        let found = told(&schema(&document).validate(&json!({"secret": value})));
        assert!(!found.is_empty() && !found.join("").contains("hunter22"), "{found:?}");
    }
}

#[test]
fn an_unknown_key_is_a_warning_unless_the_schema_forbids_it() {
    let check = |document: Value, value: Value, expected: &[(&str, &str)]| {
        let found = schema(&document).validate(&value);
        let found: Vec<_> =
            found.iter().map(|one| (format!("{} {:?}", one.code, one.severity), one.pointer.to_string())).collect();
        let expected: Vec<_> = expected.iter().map(|(code, place)| ((*code).to_owned(), (*place).to_owned())).collect();
        assert_eq!(found, expected, "{document} {value}");
    };
    let ab = json!({"properties": {"a": {}, "b": {"properties": {"c": {}}}}});
    check(ab.clone(), json!({"a": 1, "b": {"c": 1}}), &[]);
    check(ab.clone(), json!({"d": 1, "b": {"e": 1}}), &[("E0413 Warning", "/d"), ("E0413 Warning", "/b/e")]);
    check(json!({}), json!({"a": {"b": 1}}), &[]);
    check(json!({"properties": {"a": {}}, "additionalProperties": true}), json!({"b": 1}), &[]);
    check(
        json!({"properties": {"a": {}}, "additionalProperties": {"properties": {"x": {}}}}),
        json!({"b": {"y": 1}}),
        &[("E0413 Warning", "/b/y")],
    );
    check(json!({"properties": {"a": {}}, "additionalProperties": false}), json!({"b": 1}), &[("E0413 Error", "/b")]);
    check(json!({"properties": {"a": {}}, "patternProperties": {"^x": {}}}), json!({"b": 1}), &[]);
    check(json!({"items": {"properties": {"a": {}}}}), json!([{"a": 1}, {"b": 1}]), &[("E0413 Warning", "/1/b")]);
    check(
        json!({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}),
        json!({"a": 1, "b": 1, "c": 1}),
        &[("E0413 Warning", "/c")],
    );
    let tree = json!({"$ref": "#/$defs/node", "$defs": {"node": {"properties": {"next": {"$ref": "#/$defs/node"}}}}});
    check(tree, json!({"next": {"next": {"nxt": 1}}}), &[("E0413 Warning", "/next/next/nxt")]);
    check(
        json!({"if": {"properties": {"a": {"const": 1}}}, "then": {"properties": {"b": {}}}}),
        json!({"a": 2, "b": 1, "c": 1}),
        &[("E0413 Warning", "/c")],
    );
}

#[test]
fn what_a_hole_could_mend_is_not_told() {
    let document = json!({
        "required": ["a", "kind"],
        "properties": {"a": {"type": "integer", "minimum": 5}, "kind": {"enum": ["x", "y"]}, "n": {"type": "object", "required": ["m"], "properties": {"m": {"type": "string"}}}},
        "if": {"properties": {"kind": {"const": "x"}}, "required": ["kind"]},
        "then": {"properties": {"a": {"maximum": 9}}}
    });
    let check = |value: Value, holes: &[&str], expected: &[&str]| {
        let holes: Vec<_> = holes.iter().map(|hole| Pointer::parse(hole)).collect();
        let found = schema(&document).validate_with_holes(&value, &holes);
        let found: Vec<_> = found.iter().map(|one| format!("{} {}", one.code, one.pointer)).collect();
        assert_eq!(found, expected, "{value} {holes:?}");
    };
    check(json!({"a": "${x}", "kind": "z"}), &["/a"], &["E0403 /kind"]);
    check(json!({"a": 10, "kind": "x"}), &[], &["E0408 /a"]);
    check(json!({"a": 10, "kind": "x"}), &["/kind"], &[]);
    check(json!({"a": 1, "kind": "${k}"}), &["/kind"], &["E0405 /a"]);
    check(json!({"a": 5, "kind": "y", "n": {}}), &[], &["E0401 /n/m"]);
    check(json!({"a": 5, "kind": "y", "n": "${n}"}), &["/n"], &[]);
    check(json!({"a": 5, "kind": "y", "n": {"m": "t", "o": "${n}"}}), &["/n/o"], &["E0413 /n/o"]);
    check(json!({"kind": "y", "b": 1}), &["/kind"], &["E0401 /a", "E0413 /b"]);
}

#[test]
fn drafts_formats_and_references() {
    let draft4 = json!({"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"minimum": 3, "exclusiveMinimum": true}}});
    check(&draft4, &json!({"a": 3}), &["E0405 /a: `a` must be more than 3"]);
    let email = json!({"format": "email"});
    assert!(!schema(&email).is_valid(&json!("jane")));
    assert!(
        Schema::compile_with(&email, &Reading { formats: Formats::Annotate, ..Reading::default() })
            .is_ok_and(|schema| schema.is_valid(&json!("jane")))
    );
    for bad in [
        json!({"type": "objekt"}),
        json!({"pattern": "("}),
        json!({"$ref": "#/$defs/gone"}),
        json!({"$ref": "https://example.com/other.json"}),
        json!({"$ref": "file:///etc/hosts"}),
        json!(7),
    ] {
        assert!(Schema::compile(&bad).is_err(), "{bad}");
    }
    let recursive = json!({"$ref": "#/$defs/node", "$defs": {"node": {"properties": {"next": {"$ref": "#/$defs/node"}, "id": {"type": "integer", "x-message": "an id"}}}}});
    check(&recursive, &json!({"next": {"next": {"id": "x"}}}), &["E0402 /next/next/id: an id"]);
}
