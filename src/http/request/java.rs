//! Values as Java writes and names them.

use serde_json::{Number, Value};

/// `Objects.toString` of a value: `[a, b]`, `{k=v}`, `1.5`, `1.0E21`, `null`.
pub(super) fn to_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(to_text).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}={}", to_text(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The class that Jackson reads a value into.
pub(super) fn class_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::String(_) => "java.lang.String",
        Value::Array(_) => "java.util.ArrayList",
        Value::Object(_) => "java.util.LinkedHashMap",
        Value::Number(number) if number.is_f64() => "java.lang.Double",
        Value::Number(number) => match number.as_i64() {
            Some(small) if i32::try_from(small).is_ok() => "java.lang.Integer",
            Some(_) => "java.lang.Long",
            None => "java.math.BigInteger",
        },
    }
}

pub(super) fn number_text(number: &Number) -> String {
    if !number.is_f64() {
        return number.to_string();
    }
    let value = number.as_f64().unwrap_or_default();
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&magnitude) {
        let text = value.to_string();
        return if text.contains('.') { text } else { format!("{text}.0") };
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_java_does() {
        let cases = [
            (json!(["a", "b"]), "[a, b]"),
            (json!({"k": "v", "n": null}), "{k=v, n=null}"),
            (json!(1.5), "1.5"),
            (json!(1.0), "1.0"),
            (json!(1e21), "1.0E21"),
            (json!(1.5e-7), "1.5E-7"),
            (json!(12_345_678.0), "1.2345678E7"),
            (json!(9_007_199_254_740_993_u64), "9007199254740993"),
        ];
        for (value, expected) in cases {
            assert_eq!(to_text(&value), expected);
        }
    }
}
