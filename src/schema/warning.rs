//! `x-warnings`: what an API asks for beyond its schema. Never an error.

use super::{Error, Reading, Violation, quick};
use crate::diagnostic::codes;
use crate::source::Pointer;
use jsonschema::Validator;
use serde_json::Value;
use std::sync::OnceLock;

/// An item of `x-warnings`.
pub(super) struct Warning {
    base: Pointer,
    condition: Value,
    compiled: OnceLock<Option<Validator>>,
    at: Pointer,
    message: String,
    help: Option<String>,
}

impl Warning {
    fn new(item: &Value, base: &Pointer) -> Self {
        let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            base: base.clone(),
            condition: item.get("if").cloned().unwrap_or(Value::Bool(true)),
            compiled: OnceLock::new(),
            at: base.join(&Pointer::parse(&text("at").unwrap_or_default())),
            message: text("message").unwrap_or_default(),
            help: text("help"),
        }
    }

    /// Compiles the condition now, to tell what is wrong with it.
    pub(super) fn check(&self) -> Result<(), Error> {
        let validator = super::reading::compile(&self.condition, &Reading::default())?;
        self.compiled.get_or_init(|| Some(validator));
        Ok(())
    }

    fn applies(&self, value: &Value) -> bool {
        let compiled = self.compiled.get_or_init(|| quick::compile(&self.condition).ok());
        let part = value.pointer(self.base.as_str());
        part.is_some_and(|part| compiled.as_ref().is_some_and(|condition| condition.is_valid(part)))
    }
}

/// The warnings of a schema and of the schemas below its `properties`.
pub(super) fn collect(schema: &Value) -> Vec<Warning> {
    let mut warnings = Vec::new();
    below(schema, &Pointer::root(), &mut warnings);
    warnings
}

fn below(schema: &Value, base: &Pointer, warnings: &mut Vec<Warning>) {
    let items = schema.get("x-warnings").and_then(Value::as_array).into_iter().flatten();
    warnings.extend(items.map(|item| Warning::new(item, base)));
    for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        below(property, &base.key(key), warnings);
    }
}

/// Adds every warning whose condition holds.
pub(super) fn apply(warnings: &[Warning], value: &Value, violations: &mut Vec<Violation>) {
    for warning in warnings.iter().filter(|warning| warning.applies(value)) {
        let made = Violation::new(codes::E0414, warning.at.clone(), "x-warnings", warning.message.clone());
        violations.push(Violation { help: warning.help.clone(), ..made });
    }
}
