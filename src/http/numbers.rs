//! Numbers of an answer that no number here can hold: they are kept as texts, digit for digit.
//!
//! Integers from -2^63 to 2^64-1 stay numbers; a larger one, and a decimal with more digits than a double has, would come out changed.

use serde_json::Value;
use std::borrow::Cow;

/// How many digits in a row a number needs to be in danger.
const DIGITS: usize = 17;

/// A JSON text as a value.
///
/// # Errors
/// When it is not JSON.
pub(super) fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    if !may_be_large(bytes) {
        // An exponent may be too large all the same.
        return serde_json::from_slice(bytes).or_else(|_| serde_json::from_slice(&quoted(bytes)));
    }
    serde_json::from_slice(&quoted(bytes))
}

/// Whether there is a row of that many digits anywhere. Only every 16th byte is looked at, until it is a digit.
fn may_be_large(bytes: &[u8]) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    let step = DIGITS - 1;
    (0..bytes.len()).step_by(step).any(|at| {
        let before = bytes.get(..at).unwrap_or_default().iter().rev().take_while(is_digit).count();
        let after = bytes.get(at..).unwrap_or_default().iter().take(DIGITS).take_while(is_digit).count();
        after > 0 && before + after >= DIGITS
    })
}

/// The same text with every number that would be changed in quotes.
fn quoted(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Vec<u8> = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at += string(bytes.get(at..).unwrap_or_default()),
            b'-' | b'0'..=b'9' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let token = rest.get(..rest.iter().take_while(is_part).count()).unwrap_or_default();
                if is_changed(token) {
                    out.extend_from_slice(bytes.get(kept..at).unwrap_or_default());
                    out.push(b'"');
                    out.extend_from_slice(token);
                    out.push(b'"');
                    kept = at + token.len();
                }
                at += token.len();
            }
            _ => at += 1,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(bytes);
    }
    out.extend_from_slice(bytes.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// How long the string is that the bytes begin with.
fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Whether a number would come out with other digits.
fn is_changed(token: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(token).ok().filter(|text| is_number(text)) else { return false };
    if !text.contains(['.', 'e', 'E']) {
        return text.parse::<i64>().is_err() && text.parse::<u64>().is_err();
    }
    let significant = text.split(['e', 'E']).next().unwrap_or_default();
    let digits = significant.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    let value: f64 = text.parse().unwrap_or(f64::INFINITY);
    value.is_infinite() || (digits >= DIGITS && !is_exact(significant, text, value))
}

/// Whether the double has exactly the digits that were written, but for zeros at the end.
fn is_exact(significant: &str, text: &str, value: f64) -> bool {
    let plain = text.len() == significant.len();
    let trimmed = significant.trim_end_matches('0').trim_end_matches('.');
    plain && value.to_string() == trimmed
}

/// Whether JSON has such a number: what is none is left for the parser to complain of.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: &Value) {
        assert_eq!(parse(text.as_bytes()).expect("JSON"), *expected, "{text}");
    }

    #[test]
    fn what_a_number_holds_stays_a_number() {
        check("[18446744073709551615, -9223372036854775808]", &json!([u64::MAX, i64::MIN]));
        check("[1.5, 0.1, 1e3, -0.0, 0.30000000000000004]", &json!([1.5, 0.1, 1000.0, -0.0, 0.300_000_000_000_000_04]));
        check("\"12345678901234567890123\"", &json!("12345678901234567890123"));
    }

    #[test]
    fn what_no_number_holds_is_kept_as_a_text() {
        check("18446744073709551616", &json!("18446744073709551616"));
        check("{\"id\":123456789012345678901,\"n\":1}", &json!({"id": "123456789012345678901", "n": 1}));
        check("[0.12345678901234567890123]", &json!(["0.12345678901234567890123"]));
        check("[1e400, -1E+999]", &json!(["1e400", "-1E+999"]));
        check("[\"a\\\"1\", 99999999999999999999]", &json!(["a\"1", "99999999999999999999"]));
    }

    #[test]
    fn what_is_not_json_stays_that() {
        for text in ["12345678901234567890123abc", "[012345678901234567890]", "{", "1-2", "\"\\"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_integer_keeps_its_digits(digits in "-?[1-9][0-9]{0,40}", before in "[ \\n]{0,20}", text in "[a-z0-9]{0,40}") {
            let json = format!("{before}{{\"{text}\": [{digits}]}}");
            let value = parse(json.as_bytes()).expect("JSON");
            let kept = match &value[&text][0] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            prop_assert_eq!(kept, digits);
        }
    }
}
