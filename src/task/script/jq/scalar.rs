//! Functions over single texts and numbers.

use super::collect;
use super::json::Json;
use super::limit::Stop;
use super::operate::named;
use serde_json::Value;

pub(super) fn no_argument<T>(place: &str, value: &Json) -> Result<T, Stop> {
    let kind = collect::kind(value);
    Stop::error(format!("cannot accept {kind} as {place} argument of pow/2; expected one of [NUMBER]"))
}

/// A number with its sign turned.
pub(super) fn negate(value: &Json) -> Result<Json, Stop> {
    match value {
        Json::Int(integer) => Ok(Json::Int(integer.wrapping_neg())),
        _ => match value.as_f64() {
            Some(number) => Ok(Json::number(-number)),
            None => Stop::error(format!("{} cannot be negated", named(value))),
        },
    }
}

pub(super) fn to_number(value: &Json) -> Result<Json, Stop> {
    let Some(text) = value.as_text() else {
        let is_number = value.as_f64().is_some();
        let refused = || Stop::error(format!("{} cannot be parsed as a number", value.type_name()));
        return if is_number { Ok(value.clone()) } else { refused() };
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Stop::error("empty String");
    }
    let is_numeric = trimmed.chars().all(|ch| ch.is_ascii_digit() || "+-.eE".contains(ch));
    match trimmed.parse::<f64>().ok().filter(|_| is_numeric) {
        Some(number) => Ok(trimmed.parse().map_or_else(|_| Json::number(number), Json::Int)),
        None => Stop::error(format!("For input string: \"{text}\"")),
    }
}

pub(super) fn from_json(text: &str) -> Result<Json, Stop> {
    const SOURCE: &str =
        "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: ";
    match serde_json::from_str::<Value>(text) {
        Ok(value) => Json::from_value(&value),
        Err(_) if text.starts_with(|ch: char| ch.is_ascii_alphabetic()) => {
            let word: String = text.chars().take_while(char::is_ascii_alphanumeric).collect();
            Stop::error(format!(
                "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at {SOURCE}{}]",
                word.len() + 1
            ))
        }
        Err(error) => Stop::error(error.to_string()),
    }
}

pub(super) fn implode(list: &[Json]) -> Result<Json, Stop> {
    let mut text = String::new();
    for element in list {
        let code = element.as_long().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
        match code {
            Some(ch) => text.push(ch),
            None => return Stop::error("input to implode() must be a list of codepoints"),
        }
    }
    Json::text(text)
}
