//! Writes a value as YAML that people like to read: blocks, long texts as they stand, short lists of scalars in one line.

use crate::source::plain_scalar_is_text;
use serde_json::{Map, Value};
use std::fmt::Write;

/// A list of scalars up to this many bytes stands in one line.
const LINE: usize = 100;

/// The value as a YAML document.
pub(super) fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(map, 0, &mut text),
        Value::Array(items) if !items.is_empty() => sequence(items, 0, &mut text),
        other => {
            inline(other, &mut text);
            text.push('\n');
        }
    }
    text
}

fn mapping(map: &Map<String, Value>, indent: usize, text: &mut String) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || indent == 0 {
            pad(indent, text);
        }
        scalar(key, text);
        text.push(':');
        member(value, indent, text);
    }
}

/// What stands behind `key:`.
fn member(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            pad(indent + 2, text);
            mapping(map, indent + 2, text);
        }
        Value::Array(items) if !items.is_empty() && !fits_line(items) => {
            text.push('\n');
            sequence(items, indent + 2, text);
        }
        Value::String(long) if is_block(long) => block(long, indent + 2, text),
        other => {
            text.push(' ');
            inline(other, text);
            text.push('\n');
        }
    }
}

fn sequence(items: &[Value], indent: usize, text: &mut String) {
    for item in items {
        pad(indent, text);
        text.push('-');
        match item {
            Value::Object(map) if !map.is_empty() => {
                text.push(' ');
                mapping(map, indent + 2, text);
            }
            other => member(other, indent, text),
        }
    }
}

fn pad(indent: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', indent));
}

fn fits_line(items: &[Value]) -> bool {
    let size = |item: &Value| match item {
        Value::String(text) => text.len() + 4,
        Value::Object(_) | Value::Array(_) => LINE,
        _ => 8,
    };
    items.iter().map(size).sum::<usize>() < LINE
}

/// A scalar, or what stands in one line.
fn inline(value: &Value, text: &mut String) {
    match value {
        Value::String(own) => scalar(own, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                inline(item, text);
            }
            text.push(']');
        }
        // JSON is YAML.
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

/// A text in one line: plain when it cannot be taken for anything else, else as in JSON.
fn scalar(own: &str, text: &mut String) {
    if is_plain(own) {
        return text.push_str(own);
    }
    text.push('"');
    for ch in own.chars() {
        match ch {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            ch if ch.is_control() || matches!(ch, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(text, "\\u{:04x}", u32::from(ch));
            }
            ch => text.push(ch),
        }
    }
    text.push('"');
}

fn is_plain(own: &str) -> bool {
    let starts = |ch: char| ch.is_alphanumeric() || matches!(ch, '/' | '$' | '_' | '(');
    let inside = |ch: char| ch.is_alphanumeric() || " /$_().+-=;<>^~%*&!?@'|".contains(ch);
    own.starts_with(starts)
        && own.len() <= 120
        && !own.ends_with(' ')
        && own.chars().all(|ch| inside(ch) || ch == ':' || ch == ',')
        && !own.contains([',', '[', ']', '{', '}', '#'])
        && !own.contains(": ")
        && !own.ends_with(':')
        && plain_scalar_is_text(own)
}

/// Whether a text stands as a literal block: several lines, none of which a block would change.
fn is_block(own: &str) -> bool {
    let body = own.strip_suffix('\n').unwrap_or(own);
    own.contains('\n')
        && !own.starts_with([' ', '\t', '\n'])
        && !body.ends_with(['\n', ' ', '\t'])
        && !body.is_empty()
        && own.chars().all(|ch| {
            ch == '\n'
                || (!ch.is_control()
                    && !matches!(ch, '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
        })
}

fn block(own: &str, indent: usize, text: &mut String) {
    text.push_str(if own.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in own.lines() {
        if !line.is_empty() {
            pad(indent, text);
            text.push_str(line);
        }
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, parse};
    use proptest::prelude::*;
    use serde_json::json;

    fn check(value: &Value, expected: &str) {
        assert_eq!(write(value), expected);
        read_again(value);
    }

    fn read_again(value: &Value) {
        let text = write(value);
        let parsed = parse(&SourceFile::new("a.yaml", text.as_str()));
        assert!(parsed.problems.is_empty() && parsed.value == *value, "{value}\n{text}\n{:?}", parsed.problems);
    }

    #[test]
    fn it_reads_well() {
        check(
            &json!({"a": 1, "b": {"c": "x y", "d": []}, "e": [{"f": true, "g": [1, "two"]}, "h"], "i": {}}),
            "a: 1\nb:\n  c: x y\n  d: []\ne:\n  - f: true\n    g: [1, two]\n  - h\ni: {}\n",
        );
        check(&json!({"t": "one\n\ntwo\n", "u": "one\ntwo"}), "t: |\n  one\n\n  two\nu: |-\n  one\n  two\n");
        check(
            &json!({"l": ["yes", "true", "1", "null", "~", "", "- a", "a: b", "{{a}}", "#", "a #b"]}),
            "l: [\"yes\", \"true\", \"1\", \"null\", \"~\", \"\", \"- a\", \"a: b\", \"{{a}}\", \"#\", \"a #b\"]\n",
        );
        check(&json!([[1, [2]], [["a\nb"]]]), "-\n  - 1\n  - [2]\n-\n  - [\"a\\nb\"]\n");
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[a-z0-9 :#{}\\[\\],&*!|>'\"%@`~?=<./\\\\-]{0,12}",
            "[ab \n\t:#-]{0,14}",
            "\\PC{0,6}",
            Just("0x1F".to_owned()),
            Just("1e3".to_owned()),
            Just(".inf".to_owned()),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(value in any_value()) {
            read_again(&value);
        }
    }
}
