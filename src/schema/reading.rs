//! From a schema to its validator.

use super::{Draft, Error, Formats, Reading, email};
use crate::source::Pointer;
use jsonschema::{Registry, RegistryBuilder, Validator};
use serde_json::Value;

/// Compiles a schema as it is to be read.
pub(super) fn compile(schema: &Value, reading: &Reading<'_>) -> Result<Validator, Error> {
    if reading.documents.is_empty() {
        return build(schema, reading, None);
    }
    let documents = reading.documents.iter().map(|(uri, document)| (uri.as_str(), document));
    let registry = Registry::new().draft(draft(reading.draft)).extend(documents).and_then(RegistryBuilder::prepare);
    let registry = registry.map_err(|error| Error { pointer: Pointer::root(), message: error.to_string() })?;
    build(schema, reading, Some(&registry))
}

fn build(schema: &Value, reading: &Reading<'_>, registry: Option<&Registry<'_>>) -> Result<Validator, Error> {
    let mut options = jsonschema::options()
        .offline()
        .should_validate_formats(reading.formats == Formats::Assert)
        .with_format("email", email::is_mailbox);
    if schema.get("$schema").is_none() {
        options = options.with_draft(draft(reading.draft));
    }
    if let Some(registry) = registry {
        options = options.with_registry(registry);
    }
    let error = |error: jsonschema::ValidationError<'_>| Error {
        pointer: Pointer::parse(error.instance_path().as_str()),
        message: error.to_string(),
    };
    options.build(schema).map_err(error)
}

fn draft(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::V4 => jsonschema::Draft::Draft4,
        Draft::V6 => jsonschema::Draft::Draft6,
        Draft::V7 => jsonschema::Draft::Draft7,
        Draft::V2019 => jsonschema::Draft::Draft201909,
        Draft::V2020 => jsonschema::Draft::Draft202012,
    }
}
