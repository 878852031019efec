//! A value as Jackson's `XmlMapper` writes it: `{"a": 1}` is `<LinkedHashMap><a>1</a></LinkedHashMap>`.

use super::java;
use serde_json::Value;

/// The document of a value; its root is named after the Java class.
pub(super) fn document(value: &Value) -> String {
    let class = java::class_of(value).rsplit('.').next().unwrap_or_default();
    let mut out = String::new();
    match value {
        Value::Array(items) => wrap(&mut out, class, items.is_empty(), |out| {
            for item in items {
                element(out, "item", item);
            }
        }),
        other => element(&mut out, class, other),
    }
    out
}

fn element(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => out.extend(["<", name, "/>"]),
        // A list has no element of its own: its items take its name.
        Value::Array(items) => items.iter().for_each(|item| element(out, name, item)),
        Value::Object(map) => {
            let empty = map.values().all(|value| value.as_array().is_some_and(Vec::is_empty));
            wrap(out, name, empty, |out| map.iter().for_each(|(key, value)| element(out, key, value)));
        }
        scalar => wrap(out, name, false, |out| text(out, &java::to_text(scalar))),
    }
}

fn wrap(out: &mut String, name: &str, empty: bool, inside: impl FnOnce(&mut String)) {
    if empty {
        out.extend(["<", name, "/>"]);
        return;
    }
    out.extend(["<", name, ">"]);
    inside(out);
    out.extend(["</", name, ">"]);
}

/// Text as Woodstox writes it: a `>` is escaped only where it may end a `]]>`.
fn text(out: &mut String, text: &str) {
    let mut before = ']';
    for ch in text.chars() {
        let previous = std::mem::replace(&mut before, ch);
        match ch {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '>' if previous == ']' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xd;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_jackson_does() {
        let cases = [
            (json!({"a": 1}), "<LinkedHashMap><a>1</a></LinkedHashMap>"),
            (json!({"a": null, "b": "x<y"}), "<LinkedHashMap><a/><b>x&lt;y</b></LinkedHashMap>"),
            (json!({"a": [1, {"b": true}]}), "<LinkedHashMap><a>1</a><a><b>true</b></a></LinkedHashMap>"),
            (json!({"a": ">b>]>"}), "<LinkedHashMap><a>&gt;b>]&gt;</a></LinkedHashMap>"),
            (json!([1, "x"]), "<ArrayList><item>1</item><item>x</item></ArrayList>"),
            (json!({}), "<LinkedHashMap/>"),
            (json!(7), "<Integer>7</Integer>"),
        ];
        for (value, expected) in cases {
            assert_eq!(document(&value), expected);
        }
    }
}
