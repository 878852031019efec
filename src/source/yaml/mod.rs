//! YAML 1.2 with spans: the parser's events become a value, its span tree and problems.

mod anchors;
mod builder;

use super::{Parsed, Problem, ProblemKind, Span};
use builder::{Builder, Flow};
use granit_parser::{ErrorKind, Parser, ScanError};

/// Reads a YAML text: the first document, as far as it can be read.
pub(super) fn read(text: &str) -> Parsed {
    let mut options = granit_parser::options! { emit_unresolved_aliases: true };
    options.set_emit_comments(false);
    let mut builder = Builder::new(text);
    for event in Parser::new_from_str_with_options(text, options) {
        let flow = match event {
            Ok((event, span)) => builder.event(event, byte_span(&span)),
            Err(error) => {
                builder.report(syntax(&error, text));
                Flow::Stop
            }
        };
        if matches!(flow, Flow::Stop) {
            break;
        }
    }
    builder.finish()
}

fn byte_span(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().unwrap_or_default();
    Span::new(range.start, range.end.max(range.start))
}

fn syntax(error: &ScanError, text: &str) -> Problem {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let len = text[at..].chars().next().filter(|ch| !ch.is_whitespace()).map_or(0, char::len_utf8);
    let span = Span::new(at, at + len);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            Problem::new(ProblemKind::TooLarge, span, "lists and mappings are nested too deeply")
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            let code = u32::from(*character);
            let problem = Problem::new(
                ProblemKind::ControlCharacter,
                span,
                format!("the file holds the control character U+{code:04X}"),
            );
            problem.help("remove it, or write it as an escape in double quotes")
        }
        kind => {
            let problem = Problem::new(ProblemKind::Syntax, span, format!("this is not YAML: {kind}"));
            match hint(kind, line_at(text, at)) {
                Some(help) => problem.help(help),
                None => problem,
            }
        }
    }
}

fn line_at(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    text[start..].lines().next().unwrap_or_default()
}

/// What most often lies behind an error.
fn hint(kind: &ErrorKind, line: &str) -> Option<&'static str> {
    let value = line.split_once(": ").map_or(line, |(_, value)| value).trim_start_matches(['-', ' ']);
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => Some("indent with spaces; YAML allows no tabs there"),
        _ if value.starts_with("{{") => Some("a value that starts with `{{` must stand in quotes"),
        _ if value.starts_with(['@', '`', '%', '*', '&', '!']) => {
            Some("a value that starts with this character must stand in quotes")
        }
        _ if line.trim_start().starts_with('\t') => Some("indent with spaces; YAML allows no tabs there"),
        ErrorKind::UnclosedQuotedScalar => Some("close the quotes"),
        ErrorKind::MappingValueNotAllowed => {
            Some("a text that holds `: ` must stand in quotes; else check the indentation")
        }
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            Some("check that the entries of one level start in the same column")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pointer, ProblemKind, SpanNode};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::fmt::Write as _;

    #[track_caller]
    fn check(text: &str, expected: &Value, problems: &[(ProblemKind, &str)]) {
        let parsed = super::read(text);
        let found: Vec<_> = parsed.problems.iter().map(|it| (it.kind, &text[it.span.start..it.span.end])).collect();
        assert_eq!((&parsed.value, found.as_slice()), (expected, problems), "{text}\n{:?}", parsed.problems);
        same_shape(&parsed.value, &parsed.spans.root);
    }

    #[track_caller]
    fn same_shape(value: &Value, node: &SpanNode) {
        let children: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(map) => {
                assert!(map.keys().eq(node.children.iter().map(|(key, _)| &**key)));
                map.values().collect()
            }
            _ => Vec::new(),
        };
        assert_eq!(children.len(), node.children.len(), "{value}");
        children.iter().zip(&node.children).for_each(|(value, (_, node))| same_shape(value, node));
    }

    /// The source of a pointer's value.
    fn source<'t>(text: &'t str, pointer: &str) -> &'t str {
        let span = super::read(text).spans.locate(&Pointer::parse(pointer)).value;
        &text[span.start..span.end]
    }

    #[test]
    fn values_follow_the_core_schema() {
        check(
            "on: off\nnone: ~\nn: 12\nb: true\n200: x\n",
            &json!({"on": "off", "none": null, "n": 12, "b": true, "200": "x"}),
            &[],
        );
        check("- !!str 12\n- !!int \"12\"\n- ! 12\n- '12'\n", &json!(["12", 12, "12", "12"]), &[]);
        check("\u{feff}a: |\r\n  x\r\n  y\r\nb: >-\r\n  x\r\n  y\r\n", &json!({"a": "x\ny\n", "b": "x y"}), &[]);
        check("a: !Ref x\n", &json!({"a": "x"}), &[(ProblemKind::UnknownTag, "x")]);
        check("a: !!int x\n", &json!({"a": "x"}), &[(ProblemKind::Syntax, "x")]);
        check("{\"a\": [1, {b: c}]}", &json!({"a": [1, {"b": "c"}]}), &[]);
    }

    #[test]
    fn merges_fill_what_is_absent() {
        let text = "a: &a {x: 1, y: 2}\nb: &b {x: 9, z: 3}\nc:\n  <<: [*a, *b]\n  y: 7\n";
        check(text, &json!({"a": {"x": 1, "y": 2}, "b": {"x": 9, "z": 3}, "c": {"y": 7, "x": 1, "z": 3}}), &[]);
        check("<<: 1\n", &json!({"<<": 1}), &[(ProblemKind::Syntax, "<<")]);
        check("'<<': 1\n", &json!({"<<": 1}), &[]);
    }

    #[test]
    fn problems_name_their_place_and_the_rest_is_read() {
        check("a: 1\nb: 2\na: 3\n", &json!({"a": 3, "b": 2}), &[(ProblemKind::DuplicateKey, "a")]);
        check("a: *no\nb: 1\n", &json!({"a": null, "b": 1}), &[(ProblemKind::BadAlias, "*no")]);
        check("a: &a [*a]\n", &json!({"a": [null]}), &[(ProblemKind::BadAlias, "*a")]);
        check("a: 1\n---\nb: 1\n", &json!({"a": 1}), &[(ProblemKind::ManyDocuments, "---")]);
        check("---\na: 1\n...\n", &json!({"a": 1}), &[]);
        check("", &Value::Null, &[(ProblemKind::Empty, "")]);
        check("# only a comment\n", &Value::Null, &[(ProblemKind::Empty, "")]);
        check("~\n", &Value::Null, &[]);
        check("a: .inf\n", &json!({"a": ".inf"}), &[(ProblemKind::Number, ".inf")]);
    }

    #[test]
    fn a_syntax_error_keeps_what_stood_before_it() {
        let parsed = super::read("a: 1\nb:\n  - x\n  - uri: {{server}}/users\nc: 2\n");
        assert_eq!(parsed.value["a"], 1);
        assert_eq!(parsed.problems.len(), 2, "{:?}", parsed.problems);
        assert!(
            parsed.problems.iter().all(|it| it.help.as_deref().is_some_and(|help| help.contains("quotes"))),
            "{:?}",
            parsed.problems
        );
        let parsed = super::read("a: 1\n\tb: 2\n");
        assert!(parsed.problems[0].help.as_deref().is_some_and(|help| help.contains("tabs")), "{:?}", parsed.problems);
        assert_eq!(super::read("a: \"x\n").problems.len(), 1);
    }

    #[test]
    fn spans_cover_what_is_written() {
        let text = "a:\n  b: [1, 'x y']\n  c: |\n    text\n\nd: &x {e: 1}\nf: *x\ng:\nh: ö\n";
        for (pointer, expected) in [
            ("/a", "b: [1, 'x y']\n  c: |\n    text"),
            ("/a/b", "[1, 'x y']"),
            ("/a/b/1", "'x y'"),
            ("/d", "{e: 1}"),
            ("/f", "*x"),
            ("/f/e", "1"),
            ("/g", ""),
            ("/h", "ö"),
        ] {
            assert_eq!(source(text, pointer), expected, "{pointer}");
        }
    }

    #[test]
    fn keys_inside_keys_do_not_multiply() {
        let parsed = super::read(&"? ".repeat(150));
        assert!(parsed.value.to_string().len() < 10_000, "{}", parsed.value.to_string().len());
        assert!(parsed.problems.iter().all(|it| it.kind == ProblemKind::Syntax));
    }

    #[test]
    fn bombs_end_quickly_with_one_problem() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            writeln!(laughs, "a{level}: &a{level} [{}]", vec![format!("*a{before}"); 9].join(", ")).unwrap_or_default();
        }
        let mut deep = "a0: &a0 [x]\n".to_owned();
        for level in 1..300 {
            writeln!(deep, "a{level}: &a{level} [[*a{}]]", level - 1).unwrap_or_default();
        }
        let blocks = (0..300).map(|level| " ".repeat(level) + "a:").collect::<Vec<_>>().join("\n");
        for text in [laughs, deep, "[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), blocks] {
            let kinds: Vec<_> = super::read(&text).problems.iter().map(|it| it.kind).collect();
            assert_eq!(kinds, [ProblemKind::TooLarge], "{}", &text[..20]);
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_value_of_the_shape_of_its_spans(text in "(a|b: |- |\\[|\\]|\\{|\\}|, |\n|\n  |\n    |: |\\? |'|\"|&a |\\*a|<<: |!!int |!x |\\||>|#|---\n|\\.\\.\\.|\t|é|1|~|%|@|\r\n){0,24}") {
            let parsed = super::read(&text);
            same_shape(&parsed.value, &parsed.spans.root);
            for problem in parsed.problems {
                prop_assert!(text.get(problem.span.start..problem.span.end).is_some());
            }
        }

        #[test]
        fn any_characters_give_a_value(text in "\\PC{0,80}") {
            let parsed = super::read(&text);
            same_shape(&parsed.value, &parsed.spans.root);
        }
    }
}
