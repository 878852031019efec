//! `@base64`, `@uri`, `@csv`, …

use super::json::Json;
use super::limit::Stop;
use base64::Engine;
use std::fmt::Write;

/// A value in a format.
pub(super) fn format(name: &str, value: &Json) -> Result<Json, Stop> {
    let text = match name {
        "text" => value.shown(),
        "json" => value.to_json(),
        "base64" => base64::engine::general_purpose::STANDARD.encode(value.shown()),
        "uri" => uri(&value.shown()),
        "html" => html(&value.shown()),
        "sh" => shell(value)?,
        "csv" => rows(value, ",", |text| format!("\"{}\"", text.replace('"', "\"\"")))?,
        "tsv" => rows(value, "\t", |text| text.replace('\t', "\\t"))?,
        _ => return Stop::error(format!("Formatting operator @{name} does not exist")),
    };
    Json::text(text)
}

fn uri(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\'', "&apos;").replace('"', "&quot;")
}

fn shell(value: &Json) -> Result<String, Stop> {
    let one = |value: &Json| match value {
        Json::Text(text) => Ok(format!("'{}'", text.get().replace('\'', "'\\''"))),
        Json::List(_) => Stop::error("ARRAY cannot be escaped for shell"),
        Json::Object(_) => Stop::error("OBJECT cannot be escaped for shell"),
        scalar => Ok(scalar.to_json()),
    };
    let Json::List(list) = value else { return one(value) };
    Ok(list.get().iter().map(one).collect::<Result<Vec<_>, _>>()?.join(" "))
}

/// The elements of a list, or the values of an object, in one line.
fn rows(value: &Json, separator: &str, quote: impl Fn(&str) -> String) -> Result<String, Stop> {
    let elements = super::access::elements(value)?;
    let shown = elements.iter().map(|element| element.as_text().map_or_else(|| element.to_json(), &quote));
    Ok(shown.collect::<Vec<_>>().join(separator))
}
