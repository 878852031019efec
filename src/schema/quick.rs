//! Compiling a schema that is known to be right, in a tenth of the time: for schemas inside the program, whose tests compile
//! them the slow way. What is left out is work, never a rule.
//!
//! Two things take nearly all of the time. The meta-schema of 2020-12 is skipped by compiling a reference to the schema under
//! draft 4, whose meta-schema is small; the schema itself is still read as 2020-12. A pattern becomes a regular expression when
//! a value first comes to it that a look at its bytes does not settle: most bodies have no password and no Chinese name.

use super::email::{self, EMAIL_PATTERN};
use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, Registry, ValidationError, Validator};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// Where the schema stands for the reference; never fetched.
const PLACE: &str = "urn:legwork:schema";

/// As [`super::compile`], for a schema that is known to be right and asserts formats.
pub(super) fn compile(schema: &Value) -> Result<Validator, Box<dyn std::error::Error>> {
    let registry = Registry::new().draft(Draft::Draft202012).add(PLACE, schema)?.prepare()?;
    let validator = jsonschema::options()
        .with_draft(Draft::Draft4)
        .offline()
        .should_validate_formats(true)
        .with_format("email", email::is_mailbox)
        .with_keyword("pattern", lazy_pattern)
        .with_registry(&registry)
        .build(&json!({"$ref": PLACE}))?;
    Ok(validator)
}

#[expect(clippy::unnecessary_wraps, reason = "the validator wants it so")]
fn lazy_pattern<'a>(
    _: &'a Map<String, Value>,
    pattern: &'a Value,
    _: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    if pattern == EMAIL_PATTERN {
        return Ok(Box::new(Mailbox));
    }
    let starts_wide = pattern.as_str().is_some_and(starts_wide);
    Ok(Box::new(LazyPattern { rule: json!({"pattern": pattern}), starts_wide, compiled: OnceLock::new() }))
}

/// Whether every match of the pattern begins with a character beyond ASCII: it begins with a set of such characters, which
/// no quantifier makes optional, and has no alternative.
fn starts_wide(pattern: &str) -> bool {
    let Some((set, rest)) = pattern.strip_prefix('[').and_then(|inner| inner.split_once(']')) else { return false };
    let is_wide = !set.is_empty() && set.chars().all(|one| !one.is_ascii() || one == '-');
    is_wide && !set.starts_with('-') && !set.ends_with('-') && !rest.starts_with(['*', '?', '{']) && !rest.contains('|')
}

/// The pattern of a mailbox, which needs no regular expression for nearly all of them.
struct Mailbox;

impl<'i> Keyword<'i> for Mailbox {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(not_of_the_form()) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance.as_str().is_none_or(email::is_mailbox)
    }
}

fn not_of_the_form<'i>() -> ValidationError<'i> {
    ValidationError::custom("has not the required form")
}

/// `pattern`, compiled when it is first met. It becomes what the validator itself makes of it, so that both ways read a
/// regular expression the same.
struct LazyPattern {
    rule: Value,
    starts_wide: bool,
    compiled: OnceLock<Option<Validator>>,
}

impl<'i> Keyword<'i> for LazyPattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(not_of_the_form()) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        let Some(text) = instance.as_str() else { return true };
        if self.starts_wide && text.is_ascii() {
            return false;
        }
        let build = || jsonschema::options().with_draft(Draft::Draft4).build(&self.rule).ok();
        self.compiled.get_or_init(build).as_ref().is_some_and(|validator| validator.is_valid(instance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_judges_as_the_slow_one() {
        let check = |schema: Value, value: Value| {
            let slow = crate::schema::reading::compile(&schema, &crate::schema::Reading::default()).expect("a schema");
            let quick = compile(&schema).expect("the quick way knows it too");
            assert_eq!(quick.is_valid(&value), slow.is_valid(&value), "{schema} {value}");
        };
        for text in ["abc", "ABC", "", "jane@example.com", "jürgen@example.com", "2026-01-31", "李明", "a李"] {
            check(json!({"pattern": EMAIL_PATTERN}), json!(text));
            for wide in [
                "[一-龎]",
                "[一-龎]b?",
                "[一-龎]?",
                "[一-龎]*a",
                "[一-龎]{0,2}",
                "[一-龎]|a",
                "[李a]",
                "[-李]",
                "[^李]",
            ] {
                check(json!({"pattern": wide}), json!(text));
            }
            check(json!({"pattern": "^[a-z]+$"}), json!(text));
            check(json!({"not": {"pattern": "^([\\s\\S])\\1+$"}}), json!(text));
            check(json!({"format": "email"}), json!(text));
            check(json!({"format": "date"}), json!(text));
            check(json!({"$ref": "#/$defs/a", "minLength": 4, "$defs": {"a": {"pattern": "a"}}}), json!(text));
        }
        check(json!({"pattern": "a"}), json!(7));
        check(json!({"prefixItems": [{"type": "integer"}], "items": false}), json!([1, 2]));
        check(json!({"dependentRequired": {"a": ["b"]}}), json!({"a": 1}));
        check(json!({"unevaluatedProperties": false, "allOf": [{"properties": {"a": {}}}]}), json!({"a": 1, "b": 1}));
        check(json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "const": 1}), json!(2));
    }
}
