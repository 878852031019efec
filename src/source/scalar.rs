//! Plain scalars by the YAML 1.2 core schema: `on`, `yes` and dates are texts.

use super::{Problem, ProblemKind, Span, number};
use serde_json::{Number, Value};

/// The value of a plain scalar without a tag.
pub(super) fn plain(text: &str, span: Span) -> (Value, Option<Problem>) {
    match text.as_bytes().first() {
        None => (Value::Null, None),
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => (word(text).unwrap_or_else(|| text.into()), None),
        Some(b'0'..=b'9' | b'-' | b'+' | b'.') => numeric(text, span).unwrap_or_else(|| (text.into(), None)),
        Some(_) => (text.into(), None),
    }
}

/// Whether a plain scalar of these words is read as a text, here and by readers of YAML 1.1.
#[must_use]
pub fn plain_scalar_is_text(text: &str) -> bool {
    let older = ["yes", "no", "on", "off", "y", "n"];
    let (value, problem) = plain(text, Span::default());
    value.is_string() && problem.is_none() && !older.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The value of a scalar with a tag of the core schema; `None` when the text is not of that type.
pub(super) fn tagged(suffix: &str, text: &str, span: Span) -> Option<(Value, Option<Problem>)> {
    match suffix {
        "str" => Some((text.into(), None)),
        "null" => word(text).or(text.is_empty().then_some(Value::Null)).filter(Value::is_null).map(|null| (null, None)),
        "bool" => word(text).filter(Value::is_boolean).map(|value| (value, None)),
        "int" => numeric(text, span).filter(|(value, _)| value.is_number() && !is_float(text)),
        "float" => numeric(text, span).map(|(value, problem)| (as_float(value), problem)),
        _ => None,
    }
}

fn word(text: &str) -> Option<Value> {
    match text {
        "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn numeric(text: &str, span: Span) -> Option<(Value, Option<Problem>)> {
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(text, digits, 16, span);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(text, digits, 8, span);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        let message = format!("JSON has no number {text}; it is kept as a text");
        let problem = Problem::new(ProblemKind::Number, span, message).help("put it into quotes if a text is meant");
        return Some((text.into(), Some(problem)));
    }
    if !is_decimal(unsigned) {
        return None;
    }
    let (value, problem) = number::decimal(text, span);
    Some((value, problem.or_else(|| leading_zero(text, unsigned, span))))
}

fn radix(text: &str, digits: &str, radix: u32, span: Span) -> Option<(Value, Option<Problem>)> {
    if digits.is_empty() || !digits.chars().all(|ch| ch.is_digit(radix)) {
        return None;
    }
    if let Ok(value) = u64::from_str_radix(digits, radix) {
        return Some((value.into(), None));
    }
    let message = format!("{text} does not fit into 64 bits and is kept as a text");
    Some((text.into(), Some(Problem::new(ProblemKind::Number, span, message))))
}

/// `[0-9]+(\.[0-9]*)?` or `\.[0-9]+`, with an optional exponent.
fn is_decimal(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|text| {
        let text = text.strip_prefix(['-', '+']).unwrap_or(text);
        !text.is_empty() && digits(text)
    });
    !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction) && exponent_fits
}

fn is_float(text: &str) -> bool {
    !text.starts_with("0x") && text.contains(['.', 'e', 'E'])
}

fn as_float(value: Value) -> Value {
    value.as_f64().and_then(Number::from_f64).map_or(value, Value::Number)
}

/// `0123` is the integer 123 in YAML 1.2: a telephone number or postcode loses its zero.
fn leading_zero(text: &str, unsigned: &str, span: Span) -> Option<Problem> {
    let loses = unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.as_bytes()[1].is_ascii_digit();
    loses.then(|| {
        let message = format!("{text} is read as a number without its leading zero");
        Problem::new(ProblemKind::Number, span, message).help("put it into quotes to keep the zero")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: &Value) {
        assert_eq!(&plain(text, Span::default()).0, expected, "{text}");
    }

    #[test]
    fn words_follow_the_core_schema() {
        for text in [
            "on",
            "off",
            "yes",
            "no",
            "y",
            "nUll",
            "tRue",
            "2024-01-01",
            "1_000",
            "0b1",
            "1:30",
            "0x",
            "0o8",
            ".",
            "-",
            "1e",
        ] {
            check(text, &json!(text));
        }
        check("", &json!(null));
        check("~", &json!(null));
        check("NULL", &json!(null));
        check("True", &json!(true));
    }

    #[test]
    fn numbers_follow_the_core_schema() {
        check("0x1F", &json!(31));
        check("0o17", &json!(15));
        check("+12", &json!(12));
        check("12.", &json!(12.0));
        check(".5", &json!(0.5));
        check("-1.5e3", &json!(-1500.0));
        check("007", &json!(7));
        check(".inf", &json!(".inf"));
        assert!(plain("-.INF", Span::default()).1.is_some());
        assert!(plain("007", Span::default()).1.is_some());
        assert!(plain("0.5", Span::default()).1.is_none());
    }

    #[test]
    fn a_tag_decides_the_type() {
        let value = |suffix, text| tagged(suffix, text, Span::default()).map(|(value, _)| value);
        assert_eq!(value("str", "12"), Some(json!("12")));
        assert_eq!(value("int", "12"), Some(json!(12)));
        assert_eq!(value("int", "1.5"), None);
        assert_eq!(value("float", "12"), Some(json!(12.0)));
        assert_eq!(value("bool", "yes"), None);
        assert_eq!(value("null", ""), Some(json!(null)));
    }
}
