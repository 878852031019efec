//! JSON Schema 2020-12: compile once, validate many.
//!
//! [`Schema::compile`] makes a [`Schema`], [`Schema::validate`] gives a [`Violation`] with a sentence of its own for every
//! broken rule. A sentence never holds the judged value, so that no password gets into a log; allowed values may be named.
//!
//! Rules are standard JSON Schema, so that every other validator refuses the same values. Sentences and warnings are
//! extensions, which other validators ignore, beside the keywords they speak for:
//!
//! | key | shape | meaning |
//! |---|---|---|
//! | `x-message` | text, or `{keyword: text}` | the sentence when a keyword beside it fails |
//! | `x-help` | text, or `{keyword: text}` | what to do about it |
//! | `x-refused` | `{value: text}` | beside `enum`: the sentence for one refused value |
//! | `x-warnings` | `[{if, at, message, help}]` | a warning where `if` holds; never an error |

mod email;
mod fits;
mod generate;
mod keys;
mod parts;
mod pattern;
mod quick;
mod reading;
mod sample;
mod sentence;
mod violation;
mod warning;

pub use email::EMAIL_PATTERN;
pub use fits::{Lookup, fits};
pub use generate::{generate, without_null};
pub use parts::parts_at;
pub use sample::{sample, sample_with};
pub use violation::Violation;

pub(crate) use keys::unknown_key;

use crate::source::Pointer;
use jsonschema::Validator;
use serde_json::Value;
use std::fmt;
use violation::Judged;
use warning::Warning;

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("compile the JSON schema at `{pointer}`: {message}")]
pub struct Error {
    /// Where in the schema.
    pub pointer: Pointer,
    /// What is wrong there.
    pub message: String,
}

/// Whether `format` is a rule or a remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formats {
    /// A value that is not of its format is refused: what an API does.
    #[default]
    Assert,
    /// As JSON Schema 2020-12 says by default: nothing is refused.
    Annotate,
}

/// How a schema is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'d> {
    /// Whether `format` is a rule.
    pub formats: Formats,
    /// What it keeps to when its `$schema` says nothing.
    pub draft: Draft,
    /// Documents that references may lead to, by URI; nothing else is there to be found.
    pub documents: &'d [(String, Value)],
}

/// A version of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draft {
    /// `http://json-schema.org/draft-04/schema#`.
    V4,
    /// `http://json-schema.org/draft-06/schema#`.
    V6,
    /// `http://json-schema.org/draft-07/schema#`.
    V7,
    /// `https://json-schema.org/draft/2019-09/schema`.
    V2019,
    /// `https://json-schema.org/draft/2020-12/schema`.
    #[default]
    V2020,
}

/// A compiled JSON Schema, with its sentences. Shared between threads; nothing is fetched from a network.
pub struct Schema {
    document: Value,
    validator: Validator,
    warnings: Vec<Warning>,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.document).finish()
    }
}

impl Schema {
    /// Compiles a schema: 2020-12 unless its `$schema` says otherwise, formats asserted.
    ///
    /// # Errors
    ///
    /// [`Error`] when it is not a schema, a pattern is not a regular expression, or a reference leads out of the document.
    pub fn compile(schema: &Value) -> Result<Self, Error> {
        Self::compile_with(schema, &Reading::default())
    }

    /// As [`compile`](Self::compile), with choices: whether `format` is a rule, which draft is meant, which other documents there are.
    ///
    /// # Errors
    ///
    /// As [`compile`](Self::compile).
    pub fn compile_with(schema: &Value, reading: &Reading<'_>) -> Result<Self, Error> {
        let validator = reading::compile(schema, reading)?;
        let warnings = warning::collect(schema);
        warnings.iter().try_for_each(Warning::check)?;
        Ok(Self { document: schema.clone(), validator, warnings })
    }

    /// As [`compile`](Self::compile), in a tenth of the time, for a schema that a test has compiled before: patterns are
    /// compiled when they are first met, and the meta-schema is not asked.
    pub(crate) fn compile_known(schema: Value) -> Result<Self, Error> {
        let validator = quick::compile(&schema).or_else(|_| reading::compile(&schema, &Reading::default()))?;
        Ok(Self { validator, warnings: warning::collect(&schema), document: schema })
    }

    /// The schema as it was given.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Whether no rule is broken; warnings do not count.
    #[must_use]
    pub fn is_valid(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// Every broken rule, in the order of the schema, then the warnings: unknown keys, and what the API asks for first.
    #[must_use]
    pub fn validate(&self, value: &Value) -> Vec<Violation> {
        self.judge(value, &[])
    }

    fn judge(&self, value: &Value, holes: &[Pointer]) -> Vec<Violation> {
        let mut violations = Vec::new();
        if !self.validator.is_valid(value) {
            let judged = Judged { document: &self.document, value, holes };
            violation::collect(judged, self.validator.iter_errors(value), &mut violations);
        }
        keys::collect(&self.document, value, &mut violations);
        warning::apply(&self.warnings, value, &mut violations);
        violations
    }

    /// As [`validate`](Self::validate), for a value of which parts are not known yet: `holes` stand for values that only a
    /// run gives. What a hole could still mend is not reported.
    #[must_use]
    pub fn validate_with_holes(&self, value: &Value, holes: &[Pointer]) -> Vec<Violation> {
        let mut violations = self.judge(value, holes);
        violations.retain(|violation| violation.is_certain(holes));
        violations
    }
}

#[cfg(test)]
mod tests;
