//! Values as Java prints them: what an expression inside a longer text becomes.

use serde_json::Value;
use std::fmt::Write;

/// The text of a value as Java prints it: `null`, `{a=1, b=[1, x]}`, `1.0E21`; a text is itself.
#[must_use]
pub fn java_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// The text of a value: `null`, `{a=1, b=[1, x]}`, `1.0E21`; a text is itself.
pub(crate) fn write(value: &Value, text: &mut String) {
    write_value(value, Lists::Java, text);
}

/// The text of a value that the server reads with json-smart: lists print as JSON, objects as Java does.
pub(crate) fn write_smart(value: &Value, text: &mut String) {
    write_value(value, Lists::Json, text);
}

/// How lists print.
#[derive(Clone, Copy)]
enum Lists {
    Java,
    Json,
}

fn write_value(value: &Value, lists: Lists, text: &mut String) {
    match (value, lists) {
        (Value::Null, _) => text.push_str("null"),
        (Value::Bool(boolean), _) => text.push_str(if *boolean { "true" } else { "false" }),
        (Value::Number(number), _) => write_number(number, text),
        (Value::String(string), _) => text.push_str(string),
        (Value::Array(_), Lists::Json) => write_json(value, text),
        (Value::Array(list), Lists::Java) => {
            text.push('[');
            for (index, element) in list.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_value(element, lists, text);
            }
            text.push(']');
        }
        (Value::Object(map), _) => {
            text.push('{');
            for (index, (key, member)) in map.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                text.push_str(key);
                text.push('=');
                write_value(member, lists, text);
            }
            text.push('}');
        }
    }
}

fn write_number(number: &serde_json::Number, text: &mut String) {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(integer), _, _) => text.push_str(&integer.to_string()),
        (None, Some(integer), _) => text.push_str(&integer.to_string()),
        (None, None, Some(float)) => text.push_str(&double(float)),
        (None, None, None) => {}
    }
}

/// JSON as json-smart prints it: compact, `/` escaped.
fn write_json(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => write_quoted(string, text),
        Value::Array(list) => {
            text.push('[');
            for (index, element) in list.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write_json(element, text);
            }
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (index, (key, member)) in map.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write_quoted(key, text);
                text.push(':');
                write_json(member, text);
            }
            text.push('}');
        }
        scalar => write(scalar, text),
    }
}

fn write_quoted(string: &str, text: &mut String) {
    text.push('"');
    for ch in string.chars() {
        match ch {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '/' => text.push_str("\\/"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => {
                let _ = write!(text, "\\u{:04X}", u32::from(ch));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// A number as `Double.toString` prints it: plain from 0.001 up to 10 million, else `d.dE±n`.
pub(crate) fn double(number: f64) -> String {
    let mut scientific = format!("{number:e}");
    if !scientific.contains('.') {
        // Of the texts with two digits that read back as the number, the closest: the smallest double is 4.9E-324.
        let two_digits = format!("{number:.1e}");
        scientific = if two_digits.parse() == Ok(number) { two_digits } else { scientific };
    }
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number == 0.0 || (-3..7).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::{double, write, write_smart};
    use serde_json::{Value, json};

    #[test]
    fn doubles_print_as_in_java() {
        let check = |number: f64, expected: &str| assert_eq!(double(number), expected);
        check(1.0, "1.0");
        check(-0.0, "-0.0");
        check(0.001, "0.001");
        check(0.0009, "9.0E-4");
        check(1e-7, "1.0E-7");
        check(9_999_999.0, "9999999.0");
        check(1e7, "1.0E7");
        check(12_345_678.9, "1.23456789E7");
        check(1e21, "1.0E21");
        check(-1.5e300, "-1.5E300");
        check(f64::from_bits(1), "4.9E-324");
        check(123_456.789, "123456.789");
    }

    #[test]
    fn values_print_as_in_java() {
        let check = |value: Value, java: &str, smart: &str| {
            let (mut first, mut second) = (String::new(), String::new());
            write(&value, &mut first);
            write_smart(&value, &mut second);
            assert_eq!((first.as_str(), second.as_str()), (java, smart));
        };
        check(json!(null), "null", "null");
        check(json!("a\"b"), "a\"b", "a\"b");
        check(json!([1, "x", null]), "[1, x, null]", r#"[1,"x",null]"#);
        check(json!({"a": 1, "b": ["u/v"]}), "{a=1, b=[u/v]}", r#"{a=1, b=["u\/v"]}"#);
        check(json!(12_345_678_901_234_567_890_u64), "12345678901234567890", "12345678901234567890");
        check(json!([{"k": 1e21}]), "[{k=1.0E21}]", r#"[{"k":1.0E21}]"#);
    }
}
