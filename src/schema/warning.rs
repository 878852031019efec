//! `x-warnings`: what an API asks for beyond its schema. Never an error.

use super::{Error, Formats, Violation, compile};
use crate::diagnostic::codes;
use crate::source::Pointer;
use jsonschema::Validator;
use serde_json::Value;

/// A compiled item of `x-warnings`.
pub(super) struct Warning {
    base: Pointer,
    condition: Validator,
    at: Pointer,
    message: String,
    help: Option<String>,
}

/// The warnings of a schema and of the schemas below its `properties`.
pub(super) fn collect(schema: &Value) -> Result<Vec<Warning>, Error> {
    let mut warnings = Vec::new();
    below(schema, &Pointer::root(), &mut warnings)?;
    Ok(warnings)
}

fn below(schema: &Value, base: &Pointer, warnings: &mut Vec<Warning>) -> Result<(), Error> {
    for item in schema.get("x-warnings").and_then(Value::as_array).into_iter().flatten() {
        warnings.push(compile_item(item, base)?);
    }
    for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        below(property, &base.key(key), warnings)?;
    }
    Ok(())
}

fn compile_item(item: &Value, base: &Pointer) -> Result<Warning, Error> {
    let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Warning {
        base: base.clone(),
        condition: compile(item.get("if").unwrap_or(&Value::Bool(true)), Formats::Assert)?,
        at: base.join(&Pointer::parse(&text("at").unwrap_or_default())),
        message: text("message").unwrap_or_default(),
        help: text("help"),
    })
}

/// Adds every warning whose condition holds.
pub(super) fn apply(warnings: &[Warning], value: &Value, violations: &mut Vec<Violation>) {
    for warning in warnings {
        let Some(part) = value.pointer(warning.base.as_str()) else { continue };
        if warning.condition.is_valid(part) {
            let made = Violation::new(codes::E0414, warning.at.clone(), "x-warnings", warning.message.clone());
            violations.push(Violation { help: warning.help.clone(), ..made });
        }
    }
}
