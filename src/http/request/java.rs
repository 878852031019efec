//! Values as Java writes and names them.

use crate::resolve::java_text;
use serde_json::Value;

/// `Objects.toString` of a value: `[a, b]`, `{k=v}`, `1.5`, `1.0E21`, `null`.
pub(super) fn to_text(value: &Value) -> String {
    let mut text = String::new();
    java_text::write(value, &mut text);
    text
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
