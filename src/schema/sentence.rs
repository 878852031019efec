//! Code, sentence and help of a broken rule. The schema's own sentence goes first; ours never holds the judged value.

use super::violation::Rule;
use crate::diagnostic::{Code, codes, nearest};
use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// How many allowed values a sentence lists.
const LISTED: usize = 12;

/// The code: by the kind of the rule; a rule that holds only because of another value has a code of its own.
pub(super) fn code(rule: &Rule<'_>) -> Code {
    match rule.kind {
        Kind::Required { .. } => codes::E0401,
        Kind::Type { .. } => codes::E0402,
        _ if rule.is_conditional() => codes::E0408,
        Kind::Enum { .. } | Kind::Constant { .. } => codes::E0403,
        Kind::MinLength { .. } | Kind::MaxLength { .. } => codes::E0404,
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::MultipleOf { .. } => codes::E0405,
        Kind::Format { .. } | Kind::ContentEncoding { .. } | Kind::ContentMediaType { .. } | Kind::FromUtf8 { .. } => {
            codes::E0406
        }
        Kind::Custom { keyword, .. } if keyword == "pattern" => codes::E0407,
        Kind::Pattern { .. } | Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => codes::E0407,
        // A text that must not look like something is a rule about its form.
        Kind::Not { schema } if schema.get("pattern").is_some() => codes::E0407,
        Kind::AdditionalItems { .. }
        | Kind::Contains
        | Kind::MinItems { .. }
        | Kind::MaxItems { .. }
        | Kind::UnevaluatedItems { .. }
        | Kind::UniqueItems => codes::E0409,
        Kind::MinProperties { .. } | Kind::MaxProperties { .. } | Kind::PropertyNames { .. } => codes::E0410,
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => codes::E0411,
        _ => codes::E0412,
    }
}

/// One sentence: the schema's own, else one that is made from the rule.
pub(super) fn message(rule: &Rule<'_>) -> String {
    let refused = matches!(rule.kind, Kind::Enum { .. }).then(|| refused(rule)).flatten();
    match refused.or_else(|| rule.authored("x-message")) {
        Some(text) => text.to_owned(),
        None => format!("{} {}", subject(rule), predicate(rule)),
    }
}

/// The sentence for a value that the schema refuses by name.
fn refused<'r>(rule: &Rule<'r>) -> Option<&'r str> {
    let sentences = rule.node.get("x-refused")?;
    let key = rule.part.as_str().map_or_else(|| rule.part.to_string(), str::to_owned);
    sentences.get(key)?.as_str()
}

/// What the sentence is about: the dotted place.
fn subject(rule: &Rule<'_>) -> String {
    let steps: Vec<_> = rule.pointer.steps().collect();
    if steps.is_empty() { "the value".to_owned() } else { format!("`{}`", steps.join(".")) }
}

fn predicate(rule: &Rule<'_>) -> String {
    match rule.kind {
        Kind::Required { .. } => "is missing".into(),
        Kind::Type { kind } => format!("must be {}, but is {}", expected(kind), found(rule.part)),
        Kind::Enum { options } => allowed(options),
        Kind::Constant { expected_value } => format!("must be `{}`", plain(expected_value)),
        Kind::MinLength { limit } => format!("must have at least {}", count(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", count(*limit, "character")),
        Kind::Minimum { limit } => format!("must be {limit} or more"),
        Kind::Maximum { limit } => format!("must be {limit} or less"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::Format { format } => format!("must be {}", format_name(format)),
        Kind::Pattern { pattern } => format!("must match `{pattern}`"),
        Kind::MinItems { limit } => format!("must have at least {}", count(*limit, "item")),
        Kind::MaxItems { limit } => format!("must have at most {}", count(*limit, "item")),
        Kind::AdditionalItems { limit } => {
            format!("must have at most {}", count(u64::try_from(*limit).unwrap_or(u64::MAX), "item"))
        }
        _ => rare(rule.kind),
    }
}

/// The rules that are seldom met.
fn rare(kind: &Kind) -> String {
    match kind {
        Kind::UniqueItems => "must not have the same item twice".into(),
        Kind::Contains => "lacks an item that must be there".into(),
        Kind::UnevaluatedItems { .. } => "has items that are not allowed".into(),
        Kind::MinProperties { limit } => format!("must have at least {}", count(*limit, "key")),
        Kind::MaxProperties { limit } => format!("must have at most {}", count(*limit, "key")),
        Kind::PropertyNames { .. } => "has a key whose name is not allowed".into(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            format!("fits none of the {} alternatives", context.len())
        }
        Kind::OneOfMultipleValid { .. } => "fits more than one of the alternatives, and must fit exactly one".into(),
        Kind::FalseSchema => "must not be there".into(),
        Kind::Not { schema } if schema.as_object().is_some_and(serde_json::Map::is_empty) => "must not be there".into(),
        Kind::Not { .. } => "has a value that is refused".into(),
        Kind::ContentEncoding { content_encoding } => format!("must be {content_encoding} text"),
        Kind::ContentMediaType { content_media_type } => format!("must be {content_media_type} text"),
        Kind::Custom { message, .. } => message.clone(),
        _ => "is not allowed".into(),
    }
}

fn allowed(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let listed: Vec<_> = options.iter().take(LISTED).map(|option| format!("`{}`", plain(option))).collect();
    let more = options.len().saturating_sub(LISTED);
    match (listed.split_last(), more) {
        (Some((last, [])), 0) => format!("must be {last}"),
        (Some((last, rest)), 0) => format!("must be one of {} or {last}", rest.join(", ")),
        _ => format!("must be one of {} and {more} more", listed.join(", ")),
    }
}

/// What to do: the schema's own words, else what can be told from the value.
pub(super) fn help(rule: &Rule<'_>) -> Option<String> {
    suggestion(rule).or_else(|| rule.authored("x-help").map(str::to_owned))
}

fn suggestion(rule: &Rule<'_>) -> Option<String> {
    match rule.kind {
        Kind::Type { kind } => retype(kind, rule),
        Kind::Enum { options } => {
            let options: Vec<&str> = options.as_array()?.iter().filter_map(Value::as_str).collect();
            match rule.part {
                Value::String(text) => {
                    let near = nearest(text, options.iter().copied())?;
                    let case = if near.eq_ignore_ascii_case(text) { " (case matters)" } else { "" };
                    Some(format!("did you mean `{near}`?{case}"))
                }
                part if part.is_number() && options.contains(&part.to_string().as_str()) => Some(quote()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What to do about a wrong type.
fn retype(kind: &TypeKind, rule: &Rule<'_>) -> Option<String> {
    let wanted = types(kind);
    let fits = |value: &Value| wanted.iter().any(|json_type| is_of(value, *json_type));
    match rule.part {
        Value::Null => Some("leave the key out when there is no value".into()),
        Value::String(text) if serde_json::from_str(text.trim()).is_ok_and(|value| fits(&value)) => {
            let name = rule.pointer.steps().last().unwrap_or_default();
            Some(format!("it is text: write it without quotes, or with `:=` on the command line (`-i {name}:=...`)"))
        }
        Value::Number(_) | Value::Bool(_) if wanted.contains(&JsonType::String) => Some(quote()),
        Value::Array(items) if items.len() == 1 && items.first().is_some_and(fits) => {
            Some("take it out of the list".into())
        }
        _ => None,
    }
}

fn quote() -> String {
    "it must be text: write it in quotes, or with `=` on the command line".into()
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(set) => set.iter().collect(),
    }
}

fn is_of(value: &Value, json_type: JsonType) -> bool {
    match json_type {
        JsonType::Array => value.is_array(),
        JsonType::Boolean => value.is_boolean(),
        JsonType::Integer => value.is_i64() || value.is_u64(),
        JsonType::Null => value.is_null(),
        JsonType::Number => value.is_number(),
        JsonType::Object => value.is_object(),
        JsonType::String => value.is_string(),
    }
}

fn expected(kind: &TypeKind) -> String {
    types(kind).into_iter().map(type_name).collect::<Vec<_>>().join(" or ")
}

fn type_name(json_type: JsonType) -> &'static str {
    match json_type {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "text",
    }
}

/// The kind of a value, in words.
fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn format_name(format: &str) -> String {
    match format {
        "email" => "an e-mail address in ASCII, such as jane@example.com".into(),
        "date-time" => "a date and time such as 2026-01-31T12:00:00Z".into(),
        "date" => "a date such as 2026-01-31".into(),
        "uri" | "iri" => "a whole URL such as https://example.com/path".into(),
        "uuid" => "a UUID".into(),
        other => format!("of the format `{other}`"),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn count(limit: u64, noun: &str) -> String {
    if limit == 1 { format!("1 {noun}") } else { format!("{limit} {noun}s") }
}
