//! Scalars and keys as a file writes them.

use super::super::{Format, Span, scalar as core_schema};
use super::style::{Quotes, Style};
use serde_json::Value;

/// A scalar; an empty list or mapping too.
pub(super) fn scalar(value: &Value, style: &Style, in_flow: bool) -> String {
    match value {
        Value::String(text) if style.format == Format::Json => json(text),
        Value::String(text) => quoted(text, style, in_flow),
        other => other.to_string(),
    }
}

/// A key of a mapping.
pub(super) fn key(text: &str, style: &Style, in_flow: bool) -> String {
    if in_flow && style.quoted_keys || !is_plain(text, true) || !text.is_ascii() {
        return json(text);
    }
    text.to_owned()
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

fn quoted(text: &str, style: &Style, in_flow: bool) -> String {
    let has_expression = text.contains("${");
    let wanted = if has_expression { style.expressions } else { Quotes::Plain };
    if wanted == Quotes::Plain && is_plain(text, in_flow) && !(in_flow && style.quoted_keys) {
        return text.to_owned();
    }
    let quotes = if in_flow && style.quoted_keys || wanted == Quotes::Double { Quotes::Double } else { style.quotes };
    let quotes = if wanted == Quotes::Single { Quotes::Single } else { quotes };
    let needs_escapes =
        text.chars().any(|ch| ch.is_control() || ch == '\u{feff}' || ch == '\u{2028}' || ch == '\u{2029}');
    if quotes == Quotes::Single && !needs_escapes {
        return format!("'{}'", text.replace('\'', "''"));
    }
    json(text)
}

/// Whether a text can stand without quotes and stays the text it is, for YAML 1.1 readers too.
pub(super) fn is_plain(text: &str, in_flow: bool) -> bool {
    const WORDS_OF_1_1: &[&str] = &["y", "n", "yes", "no", "on", "off"];
    let starts_as_more = text.starts_with(|ch: char| "-?:,[]{}#&*!|>'\"%@`=<~".contains(ch));
    let ends_as_more = text.ends_with([' ', ':']) || text.starts_with(' ');
    let inside =
        text.contains(": ") || text.contains(" #") || text.chars().any(|ch| ch.is_control() || ch == '\u{feff}');
    let flow = in_flow && text.contains([',', '[', ']', '{', '}']);
    let looks_like_a_date =
        text.starts_with(|ch: char| ch.is_ascii_digit()) && !text.contains(|ch: char| ch.is_ascii_alphabetic());
    let read = core_schema::plain(text, Span::default());
    !(text.is_empty() || starts_as_more || ends_as_more || inside || flow || looks_like_a_date)
        && read.1.is_none()
        && read.0 == text
        && !WORDS_OF_1_1.iter().any(|word| text.eq_ignore_ascii_case(word))
}
