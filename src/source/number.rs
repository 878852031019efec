//! Numbers from their decimal text, without losing a digit unsaid.

use super::{Problem, ProblemKind, Span};
use serde_json::{Number, Value};

/// The value of a decimal number, and a problem when the value is not exactly what is written. The text has digits, an
/// optional sign, fraction and exponent; what cannot be a number at all stays a text.
pub(super) fn decimal(text: &str, span: Span) -> (Value, Option<Problem>) {
    let unsigned = text.trim_start_matches(['-', '+']);
    if text != "-0" && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return integer(text.trim_start_matches('+'), unsigned, span);
    }
    match text.parse::<f64>().ok().and_then(Number::from_f64) {
        Some(number) => (Value::Number(number), None),
        None => (Value::from(text), Some(beyond(text, span))),
    }
}

fn integer(text: &str, digits: &str, span: Span) -> (Value, Option<Problem>) {
    if let Ok(value) = text.parse::<i64>() {
        return (value.into(), None);
    }
    if let Ok(value) = text.parse::<u64>() {
        return (value.into(), None);
    }
    let Some((float, number)) = text.parse::<f64>().ok().and_then(|value| Some((value, Number::from_f64(value)?)))
    else {
        return (Value::from(text), Some(beyond(text, span)));
    };
    let exact = format!("{:.0}", float.abs()) == digits.trim_start_matches('0');
    (Value::Number(number), (!exact).then(|| lossy(text, float, span)))
}

fn lossy(text: &str, float: f64, span: Span) -> Problem {
    let message = format!("{text} does not fit into 64 bits and is kept as {float:e}");
    Problem::new(ProblemKind::Number, span, message).help("put it into quotes to keep every digit")
}

fn beyond(text: &str, span: Span) -> Problem {
    let message = format!("{text} is beyond what a number can hold and is kept as a text");
    Problem::new(ProblemKind::Number, span, message).help("put it into quotes if a text is meant")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: &Value, exact: bool) {
        let (value, problem) = decimal(text, Span::default());
        assert_eq!((&value, problem.is_none()), (expected, exact), "{text}");
        assert_eq!(value.is_f64(), expected.is_f64(), "{text}");
    }

    #[test]
    fn integers_are_exact_up_to_64_bits() {
        check("0", &json!(0), true);
        check("+7", &json!(7), true);
        check("-9223372036854775808", &json!(i64::MIN), true);
        check("18446744073709551615", &json!(u64::MAX), true);
        check("18446744073709551616", &json!(18_446_744_073_709_551_616.0), true);
        check("18446744073709551617", &json!(18_446_744_073_709_551_616.0), false);
        check("-18446744073709551616", &json!(-18_446_744_073_709_551_616.0), true);
    }

    #[test]
    fn floats_stay_floats() {
        check("1.0", &json!(1.0), true);
        check("-0", &json!(-0.0), true);
        check("1e21", &json!(1e21), true);
        check("1e400", &json!("1e400"), false);
    }
}
