//! Whether a value keeps to a schema, without compiling it: for many schemas that are each asked once or twice.
//!
//! It knows the keywords that descriptions of APIs use; in doubt a value does not fit.

use super::email;
use fancy_regex::Regex;
use serde_json::{Map, Value};

/// How deep schemas are followed; a value deeper than that fits.
const DEPTH: usize = 64;

/// Finds what a `$ref` refers to.
pub type Lookup<'s> = dyn Fn(&str) -> Option<&'s Value> + 's;

/// Whether a value keeps to a schema; `lookup` finds what its references refer to.
#[must_use]
pub fn fits(schema: &Value, value: &Value, lookup: &Lookup<'_>) -> bool {
    Judge { lookup }.fits(schema, value, DEPTH)
}

struct Judge<'s, 'l> {
    lookup: &'l Lookup<'s>,
}

impl Judge<'_, '_> {
    fn fits(&self, schema: &Value, value: &Value, depth: usize) -> bool {
        let Value::Object(map) = schema else { return schema != &Value::Bool(false) };
        if depth == 0 {
            return true;
        }
        self.referred(map, value, depth)
            && has_type(map, value)
            && map.get("const").is_none_or(|only| equal(only, value))
            && list(map, "enum").is_none_or(|all| all.iter().any(|one| equal(one, value)))
            && self.combined(map, value, depth)
            && match value {
                Value::Number(number) => number_fits(map, number.as_f64().unwrap_or_default()),
                Value::String(text) => text_fits(map, text),
                Value::Array(items) => self.items_fit(map, items, depth),
                Value::Object(object) => self.object_fits(map, object, depth),
                _ => true,
            }
    }

    fn referred(&self, map: &Map<String, Value>, value: &Value, depth: usize) -> bool {
        let Some(reference) = map.get("$ref").and_then(Value::as_str) else { return true };
        (self.lookup)(reference).is_some_and(|target| self.fits(target, value, depth - 1))
    }

    fn combined(&self, map: &Map<String, Value>, value: &Value, depth: usize) -> bool {
        let fits = |schema: &Value| self.fits(schema, value, depth - 1);
        let branch = |condition: &Value| if fits(condition) { map.get("then") } else { map.get("else") };
        list(map, "allOf").is_none_or(|all| all.iter().all(fits))
            && list(map, "anyOf").is_none_or(|any| any.iter().any(fits))
            && list(map, "oneOf").is_none_or(|one| one.iter().filter(|schema| fits(schema)).count() == 1)
            && map.get("not").is_none_or(|not| !fits(not))
            && map.get("if").and_then(branch).is_none_or(fits)
    }

    fn items_fit(&self, map: &Map<String, Value>, items: &[Value], depth: usize) -> bool {
        let first = list(map, "prefixItems").unwrap_or_default();
        let unique = map.get("uniqueItems") == Some(&Value::Bool(true));
        let rest = items.get(first.len()..).unwrap_or_default();
        within(map, "minItems", "maxItems", items.len())
            && first.iter().zip(items).all(|(schema, item)| self.fits(schema, item, depth - 1))
            && map.get("items").is_none_or(|schema| rest.iter().all(|item| self.fits(schema, item, depth - 1)))
            && (!unique
                || items.iter().enumerate().all(|(at, item)| !items.iter().take(at).any(|other| equal(other, item))))
    }

    fn object_fits(&self, map: &Map<String, Value>, object: &Map<String, Value>, depth: usize) -> bool {
        let required = list(map, "required").unwrap_or_default();
        within(map, "minProperties", "maxProperties", object.len())
            && required.iter().filter_map(Value::as_str).all(|key| object.contains_key(key))
            && object.iter().all(|(key, value)| self.member_fits(map, key, value, depth))
            && map
                .get("propertyNames")
                .is_none_or(|names| object.keys().all(|key| self.fits(names, &Value::String(key.clone()), depth - 1)))
    }

    fn member_fits(&self, map: &Map<String, Value>, key: &str, value: &Value, depth: usize) -> bool {
        let own = map.get("properties").and_then(|properties| properties.get(key));
        let patterns = map.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        let mut is_known = own.is_some();
        for (_, schema) in patterns.filter(|(pattern, _)| matches(pattern, key)) {
            is_known = true;
            if !self.fits(schema, value, depth - 1) {
                return false;
            }
        }
        match own {
            Some(schema) => self.fits(schema, value, depth - 1),
            None if is_known => true,
            None => map.get("additionalProperties").is_none_or(|schema| self.fits(schema, value, depth - 1)),
        }
    }
}

fn list<'m>(map: &'m Map<String, Value>, key: &str) -> Option<&'m [Value]> {
    map.get(key).and_then(Value::as_array).map(Vec::as_slice)
}

/// Numbers are equal by value: 1 is 1.0.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

fn has_type(map: &Map<String, Value>, value: &Value) -> bool {
    let is = |name: &Value| match (name.as_str(), value) {
        (Some("null"), Value::Null)
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_))
        | (Some("string"), Value::String(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_)) => true,
        (Some("integer"), Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => false,
    };
    match map.get("type") {
        None => true,
        Some(Value::Array(names)) => names.iter().any(is),
        Some(name) => is(name),
    }
}

fn within(map: &Map<String, Value>, least: &str, most: &str, size: usize) -> bool {
    let limit = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    limit(least).is_none_or(|least| size >= least) && limit(most).is_none_or(|most| size <= most)
}

fn number_fits(map: &Map<String, Value>, number: f64) -> bool {
    let limit = |key: &str| map.get(key).and_then(Value::as_f64);
    limit("minimum").is_none_or(|least| number >= least)
        && limit("maximum").is_none_or(|most| number <= most)
        && limit("exclusiveMinimum").is_none_or(|least| number > least)
        && limit("exclusiveMaximum").is_none_or(|most| number < most)
        && limit("multipleOf").is_none_or(|step| {
            let times = number / step;
            (times - times.round()).abs() < 1e-9
        })
}

fn text_fits(map: &Map<String, Value>, text: &str) -> bool {
    let format = map.get("format").and_then(Value::as_str);
    let pattern = map.get("pattern").and_then(Value::as_str);
    within(map, "minLength", "maxLength", text.chars().count())
        && format.is_none_or(|format| format_fits(format, text))
        && pattern.is_none_or(|pattern| matches(pattern, text))
}

fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).ok().and_then(|regex| regex.is_match(text).ok()).unwrap_or(false)
}

/// A format that is judged: closely enough that nothing wrong passes, and what passes is usual.
fn format_fits(format: &str, text: &str) -> bool {
    let shape = |shape: &str| {
        text.len() >= shape.len()
            && shape.bytes().zip(text.bytes()).all(|(wanted, byte)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'x' => byte.is_ascii_hexdigit(),
                other => other.eq_ignore_ascii_case(&byte),
            })
    };
    let date =
        || shape("0000-00-00") && is_day(text.get(5..7).unwrap_or_default(), text.get(8..10).unwrap_or_default());
    let zone = |from: usize| {
        let rest = text.get(from..).unwrap_or_default().trim_start_matches(|ch: char| ch.is_ascii_digit() || ch == '.');
        rest.eq_ignore_ascii_case("z")
            || (rest.len() == 6 && rest.starts_with(['+', '-']) && rest.get(3..4) == Some(":"))
    };
    match format {
        "email" | "idn-email" => email::is_mailbox(text),
        "date" => text.len() == 10 && date(),
        "date-time" => {
            text.is_ascii() && shape("0000-00-00T00:00:00") && date() && text.get(11..13) < Some("24") && zone(19)
        }
        "time" => text.is_ascii() && shape("00:00:00") && zone(8),
        "uuid" => text.len() == 36 && shape("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
        "uri" | "iri" => is_uri(text),
        "uri-reference" | "iri-reference" => {
            !text.contains([' ', '<', '>', '{', '}', '\\', '^', '`', '|', '"']) && text.is_ascii()
        }
        "ipv4" => text.parse::<core::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<core::net::Ipv6Addr>().is_ok(),
        "hostname" | "idn-hostname" => {
            let label = |label: &str| {
                !label.is_empty()
                    && label.len() < 64
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            };
            text.len() < 254 && text.split('.').all(label)
        }
        "duration" | "regex" | "json-pointer" | "relative-json-pointer" | "uri-template" => false,
        _ => true,
    }
}

/// Whether a month has that day; the 29th of February is left to others.
fn is_day(month: &str, day: &str) -> bool {
    let last = match month {
        "01" | "03" | "05" | "07" | "08" | "10" | "12" => "31",
        "04" | "06" | "09" | "11" => "30",
        "02" => "28",
        _ => return false,
    };
    ("01"..=last).contains(&day)
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>{}\\^`|\"[]".contains(&byte))
}
