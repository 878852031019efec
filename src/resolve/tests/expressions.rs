//! Whole texts, in both dialects.

use super::{input, scope};
use crate::definition::Dialect;
use crate::resolve::{Context, Template};
use crate::source::Pointer;
use serde_json::{Value, json};

fn resolve(value: &Value, dialect: Dialect) -> Result<Value, Vec<String>> {
    let (template, _) = Template::parse(value, &[Pointer::parse("/uri")]);
    let context = Context { dialect, task_id: Some("t1") };
    let resolved = template.resolve(&scope(input()), &context);
    resolved
        .map(|resolved| (*resolved.value).clone())
        .map_err(|missing| missing.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn conductor(text: &str, expected: Value) {
    assert_eq!(resolve(&json!({ "k": text }), Dialect::Conductor), Ok(json!({ "k": expected })), "{text}");
}

#[track_caller]
fn both(text: &str, expected: Value) {
    conductor(text, expected.clone());
    assert_eq!(resolve(&json!({ "k": text }), Dialect::Legwork), Ok(json!({ "k": expected })), "{text}");
}

#[test]
fn a_text_that_is_one_expression_keeps_the_type() {
    both("${workflow.input.n}", json!(42));
    both("${workflow.input.nil}", Value::Null);
    both("${workflow.input.o}", json!({"a": 1, "b": [1, "x", null], "c": {"d": "deep"}}));
    both("${workflow.input.bigger}", json!(12_345_678_901_234_567_890_u64));
    both("${workflow.input.tmpl}", json!("${workflow.input.s}"));
    both("${workflow.input.users[?(@.id==9)]}", json!([]));
    both(" ${workflow.input.n} ", json!(" 42 "));
    both("${CPEWF_TASK_ID}", json!("t1"));
    both("${NETFLIX_STACK}", json!("${NETFLIX_STACK}"));
    both("${workflow.env.conf.retries}", json!(3));
    both("${workflow.env.plain}", json!("pv"));
    conductor("${workflow.input.nope}", Value::Null);
    conductor("${workflow.env.plain.x}", Value::Null);
    conductor("${ workflow.input.n}", Value::Null);
}

#[test]
fn inside_a_text_values_print_as_in_java() {
    both("<${workflow.input.o}>", json!("<{a=1, b=[1, x, null], c={d=deep}}>"));
    both("<${workflow.input.exp} ${workflow.input.small} ${workflow.input.one}>", json!("<1.0E21 1.0E-7 1.0>"));
    both("${workflow.input.n}${workflow.input.t}", json!("42true"));
    both("<${workflow.input.a[*]}>", json!("<[1,2,3]>"));
    both("<${workflow.input.users[*].tags}>", json!("<[[\"x\",\"y\"],[],[\"z\"]]>"));
    both("x${workflow.env.conf.list}${workflow.env.conf.o}", json!("x[\"a\\/b\"]{k=[1]}"));
    both(
        "{\"x\":\"${workflow.input.s}\",\"y\":{\"z\":${workflow.input.n}}}",
        json!("{\"x\":\"text\",\"y\":{\"z\":42}}"),
    );
    conductor("x${workflow.input.nope}y${workflow.input.nil}", json!("xnullynull"));
    conductor("<${workflow.env.none}>", json!("<null>"));
}

#[test]
fn escapes_blanks_and_braces() {
    both("$${x}", json!("${x}"));
    both("$$${x}", json!("$${x}"));
    both("a $${x} ${workflow.input.n}", json!("a ${x} 42"));
    both("$${${workflow.input.n}}", json!("${42}"));
    both("$5 #{x} $workflow", json!("$5 #{x} $workflow"));
    both("${}", json!(""));
    both("x${ }y", json!("xy"));
    both("{${workflow.input.n}}", json!("{42}"));
    both("${workflow.input.n", json!("${workflow.input.n"));
    both("${workflow.input.n} ${workflow.input.n", json!("42 ${workflow.input.n"));
    both("${workflow.input.escape}", json!("$${x}"));
    conductor("<${workflow.input.escape}>", json!("<${x}>"));
    assert_eq!(resolve(&json!("<${workflow.input.escape}>"), Dialect::Legwork), Ok(json!("<$${x}>")));
}

#[test]
fn nested_expressions_resolve_from_the_inside() {
    both("${workflow.input.${workflow.input.key}}", json!(42));
    both("x=${workflow.input['${workflow.input.key}']}", json!("x=42"));
    both("${workflow.input.users[${workflow.input.idx}].name}", json!("bob"));
    conductor("${workflow.input.${workflow.input.nope}}", Value::Null);
    conductor("${workflow.input.${workflow.secrets.UPPER}}", Value::Null);
}

#[test]
fn keys_stay_and_trees_are_walked() {
    let value = json!({"k_${workflow.input.n}": ["${workflow.input.n}", ["x${workflow.input.n}"], {"z": null}]});
    let expected = json!({"k_${workflow.input.n}": [42, ["x42"], {"z": null}]});
    assert_eq!(resolve(&value, Dialect::Legwork), Ok(expected));
}

#[test]
fn a_missing_value_is_left_out_or_is_an_error() {
    let check = |value: Value, expected: Result<Value, &[&str]>| {
        let expected = expected.map_err(|all| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(resolve(&value, Dialect::Legwork), expected, "{value}");
    };
    check(json!({"a": "${workflow.input.nope}", "b": 1}), Ok(json!({"b": 1})));
    check(json!({"a": {"b": "${workflow.input.nope}"}}), Ok(json!({"a": {}})));
    check(json!({"a": "${workflow.input.nil}"}), Ok(json!({"a": null})));
    check(json!(["${workflow.input.nope}"]), Err(&["workflow.input.nope is missing"]));
    check(
        json!({"a": "x ${workflow.input.nope}", "b": "${two.output.x}y"}),
        Err(&["workflow.input.nope is missing", "two.output.x is missing"]),
    );
    check(json!({"a": "x ${workflow.input.nil}"}), Err(&["workflow.input.nil is null"]));
    check(json!({"a": "${workflow.env.none}"}), Err(&["workflow.env.none is missing"]));
    check(json!({"a": "${workflow.input.x y}"}), Err(&["workflow.input.x y is missing"]));
}

#[test]
fn a_missing_value_names_its_nearest_neighbour() {
    let check = |text: &str, expected: Option<&str>| {
        let (template, _) = Template::parse(&json!(format!("<{text}>")), &[]);
        let missing = template.resolve(&scope(input()), &Context::default()).expect_err("a missing value");
        assert_eq!(missing[0].nearest.as_deref(), expected, "{text}");
        assert_eq!(missing[0].range, 1..text.len() + 1);
    };
    check("${workflow.input.user}", Some("workflow.input.users"));
    check("${workflow.inputs.s}", Some("workflow.input.s"));
    check("${workflow.input.user[0].name}", Some("workflow.input.users[0].name"));
    check("${workflow.input.users[0].nam}", Some("workflow.input.users[0].name"));
    check("${workflow.input.dotted-key}", Some("workflow.input['dotted.key']"));
    check("${on.output.id}", None);
    check("${onee.output.id}", Some("one.output.id"));
    check("${workflow.env.plian}", Some("workflow.env.plain"));
    check("${workflow.input.completely}", None);
}

#[test]
fn values_in_a_uri_are_encoded_but_for_the_base() {
    let check = |uri: &str, expected: &str| {
        let value = json!({ "uri": uri });
        assert_eq!(resolve(&value, Dialect::Legwork), Ok(json!({ "uri": expected })), "{uri}");
    };
    check("${workflow.input.path}", "/a b?c");
    check("${workflow.input.path}/x/${workflow.input.path}", "/a b?c/x/%2Fa%20b%3Fc");
    check("https://h/x/${workflow.input.path}?q=${workflow.input.path}", "https://h/x/%2Fa%20b%3Fc?q=%2Fa%20b%3Fc");
    let conductor = resolve(&json!({"uri": "https://h/${workflow.input.path}"}), Dialect::Conductor);
    assert_eq!(conductor, Ok(json!({"uri": "https://h//a b?c"})));
}

#[test]
fn texts_that_hold_unresolved_syntax_are_problems() {
    let check = |text: &str, expected: &[(&str, std::ops::Range<usize>)]| {
        let (_, problems) = Template::parse(&json!({ "k": text }), &[]);
        let found: Vec<_> = problems.iter().map(|problem| (problem.code.id(), problem.range.clone())).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("$${x} $5 #{x} {x} ${workflow.input.n}", &[]);
    check("a ${workflow.input.n", &[("E0302", 2..20)]);
    check("a ${}", &[("E0303", 2..5)]);
    check("a {{x}} b", &[("E0304", 2..4)]);
    check("${workflow.input.a b}", &[("E0301", 0..21)]);
    check("${workflow.input.${}}", &[("E0303", 0..21)]);
}

#[test]
fn a_trace_tells_where_values_come_from() {
    let (template, _) = Template::parse(
        &json!({"a": ["${workflow.input.${workflow.input.key}}"], "b": "x ${workflow.input.user}"}),
        &[],
    );
    let origins = template.trace(&scope(input()), &Context::default());
    let seen: Vec<_> = origins
        .iter()
        .map(|origin| {
            (
                origin.pointer.as_str(),
                origin.source.as_str(),
                origin.whole,
                origin.value.clone(),
                origin.nearest.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("/a/0", "workflow.input.n", true, Some(json!(42)), None),
            ("/b", "workflow.input.user", false, None, Some("workflow.input.users")),
        ]
    );
}

#[test]
fn an_explanation_goes_step_by_step() {
    let explain = |text: &str| crate::resolve::explain(text, &scope(input()), &Context::default());
    let found = explain("${workflow.input.o.b[1]}").expect("a path");
    let paths: Vec<_> = found.steps.iter().map(|step| step.path.as_str()).collect();
    assert_eq!(
        paths,
        ["workflow", "workflow.input", "workflow.input.o", "workflow.input.o.b", "workflow.input.o.b[1]"]
    );
    assert_eq!(found.value, Some(json!("x")));
    let missing = explain("one.output.idd.x").expect("a path");
    let last = missing.steps.last().expect("a step");
    assert_eq!((last.path.as_str(), last.nearest.as_deref(), last.names.len()), ("one.output.idd", Some("id"), 1));
    assert!(explain("${}").is_err() && explain("a b").is_err());
}
