//! A JSON Schema that is compiled when it is first asked.

use super::bundle::{Files, bundle};
use crate::schema::{Error, Schema, Violation};
use crate::source::Pointer;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// A JSON Schema that is compiled when it is first asked, once.
#[derive(Debug)]
pub struct LazySchema {
    source: Source,
    compiled: OnceLock<Option<Schema>>,
}

#[derive(Debug)]
enum Source {
    Text(&'static str),
    Value(Arc<Value>),
    /// It refers to schemas of files beside it.
    Bundle(Value, Files),
}

impl LazySchema {
    /// A schema inside the program.
    pub(super) fn builtin(text: &'static str) -> Self {
        Self { source: Source::Text(text), compiled: OnceLock::new() }
    }

    /// A schema that a user wrote, not compiled yet.
    pub(super) fn value(value: impl Into<Arc<Value>>) -> Self {
        Self { source: Source::Value(value.into()), compiled: OnceLock::new() }
    }

    /// A schema that refers to schemas of other files.
    pub(super) fn bundle(value: Value, files: Files) -> Self {
        Self { source: Source::Bundle(value, files), compiled: OnceLock::new() }
    }

    /// Compiles a schema now, to tell what is wrong with it.
    pub(super) fn check(&self) -> Result<(), Error> {
        let schema = Schema::compile(&self.document())?;
        self.compiled.get_or_init(|| Some(schema));
        Ok(())
    }

    /// The schema itself.
    #[must_use]
    pub fn document(&self) -> Value {
        match &self.source {
            Source::Text(text) => serde_json::from_str(text).unwrap_or_default(),
            Source::Value(value) => Value::clone(value),
            Source::Bundle(value, files) => bundle(value, files),
        }
    }

    /// The compiled schema; `None` when it cannot be used, which was told when its definition was loaded.
    #[must_use]
    pub fn get(&self) -> Option<&Schema> {
        let compile = || match &self.source {
            Source::Text(_) => Schema::compile_known(self.document()).ok(),
            Source::Value(value) => Schema::compile(value).ok(),
            Source::Bundle(..) => Schema::compile(&self.document()).ok(),
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    /// As [`Schema::validate`]; a schema that cannot be used has no rules.
    #[must_use]
    pub fn validate(&self, value: &Value) -> Vec<Violation> {
        self.get().map(|schema| schema.validate(value)).unwrap_or_default()
    }

    /// As [`Schema::validate_with_holes`].
    #[must_use]
    pub fn validate_with_holes(&self, value: &Value, holes: &[Pointer]) -> Vec<Violation> {
        self.get().map(|schema| schema.validate_with_holes(value, holes)).unwrap_or_default()
    }
}
