//! JSON (RFC 8259) with spans. What is not JSON but plainly meant (a comment, a comma too many or too few, single
//! quotes) is reported and read on, so that one pass shows everything.

mod reader;
mod text;

pub(super) use reader::read;

#[cfg(test)]
mod tests {
    use super::super::{Parsed, ProblemKind};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(text: &str, expected: &Value, problems: &[(ProblemKind, &str)]) {
        let Parsed { value, problems: found, .. } = super::read(text);
        let found: Vec<_> = found.iter().map(|it| (it.kind, &text[it.span.start..it.span.end])).collect();
        assert_eq!((&value, found.as_slice()), (expected, problems), "{text}");
    }

    #[test]
    fn json_is_read_as_it_is() {
        check(
            r#"{"b": 1, "a": [true, null, "x\n\u00e9\ud83d\ude00"]}"#,
            &json!({"b": 1, "a": [true, null, "x\né😀"]}),
            &[],
        );
        check("\u{feff} 12\r\n", &json!(12), &[]);
        check(r#"{"": {}, "~/": []}"#, &json!({"": {}, "~/": []}), &[]);
    }

    #[test]
    fn what_is_meant_is_read_and_reported() {
        use ProblemKind::Syntax;
        check("[1, 2,]", &json!([1, 2]), &[(Syntax, ",")]);
        check("[1 2]", &json!([1, 2]), &[(Syntax, "2")]);
        check(
            "{'a': 1 b: True}",
            &json!({"a": 1, "b": true}),
            &[(Syntax, "'a'"), (Syntax, "b"), (Syntax, "b"), (Syntax, "True")],
        );
        check("{\"a\" 1}", &json!({"a": 1}), &[(Syntax, "1")]);
        check("{\"a\":, \"b\": 2}", &json!({"a": null, "b": 2}), &[(Syntax, ",")]);
        check("// x\n[1] /* y */", &json!([1]), &[(Syntax, "// x"), (Syntax, "/* y */")]);
        check(
            "[01, +1, .5, 1.]",
            &json!(["01", "+1", ".5", "1."]),
            &[(Syntax, "01"), (Syntax, "+1"), (Syntax, ".5"), (Syntax, "1.")],
        );
        check("[1}", &json!([1]), &[(Syntax, "}")]);
        check("[\"a\\q\", \"b\\ud800\"]", &json!(["aq", "b\u{fffd}"]), &[(Syntax, "\\q"), (Syntax, "\\ud800")]);
        check("{\"a\": \"b\n}", &json!({"a": "b"}), &[(Syntax, "\"b")]);
        check("{\"a\": {\"b\": 1", &json!({"a": {"b": 1}}), &[(Syntax, "{")]);
        check("{\"a\":", &json!({"a": null}), &[(Syntax, "")]);
        check("[\"a\u{1}b\"]", &json!(["a\u{1}b"]), &[(ProblemKind::ControlCharacter, "\u{1}")]);
    }

    #[test]
    fn keys_documents_and_emptiness() {
        check("{\"a\": 1, \"a\": 2}", &json!({"a": 2}), &[(ProblemKind::DuplicateKey, "\"a\"")]);
        check("{} {}", &json!({}), &[(ProblemKind::ManyDocuments, "{}")]);
        check(" \n", &Value::Null, &[(ProblemKind::Empty, "")]);
    }

    #[test]
    fn depth_ends_quickly_with_one_problem() {
        let parsed = super::read(&"[".repeat(1_000_000));
        assert_eq!(parsed.problems.iter().map(|it| it.kind).collect::<Vec<_>>(), [ProblemKind::TooLarge]);
    }

    #[test]
    fn spans_stand_where_the_text_stands() {
        let text = r#"{"a": [10, {"b c": "x"}]}"#;
        let parsed = super::read(text);
        let located = parsed.spans.locate(&super::super::Pointer::parse("/a/1/b c"));
        let key = located.key.map(|span| &text[span.start..span.end]);
        assert_eq!((key, &text[located.value.start..located.value.end]), (Some("\"b c\""), "\"x\""));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_value(text in "[\\[\\]{}\",:'/*\\\\ \nu0-9a-eé.+-]{0,60}") {
            let parsed = super::read(&text);
            for problem in parsed.problems {
                prop_assert!(text.get(problem.span.start..problem.span.end).is_some());
            }
        }

        #[test]
        fn without_problems_exactly_when_serde_json_reads_it(text in "(\\[|\\]|\\{|\\}|\"a\"|\"b\"|,|:|1|-|0|\\.|e| |true|null|\"\\\\u00e9\"){0,12}") {
            let parsed = super::read(&text);
            match serde_json::from_str::<Value>(&text) {
                Ok(value) => prop_assert_eq!(value, parsed.value),
                Err(_) => prop_assert!(!parsed.problems.is_empty()),
            }
        }
    }
}
