//! An input of an operation that works: the description's own values, else typical ones.

use super::Importer;
use super::schema::lookup;
use crate::draft::OperationDraft;
use crate::schema::{fits, sample_with};
use serde_json::{Map, Value};

impl Importer<'_> {
    /// Whether a value keeps to a converted schema.
    pub(super) fn fits(&self, schema: &Value, value: &Value) -> bool {
        let schemas = &self.schemas;
        fits(schema, value, &|reference| lookup(schemas, reference))
    }

    /// A typical value of a converted schema.
    pub(super) fn sample(&self, schema: &Value) -> Value {
        let schemas = &self.schemas;
        sample_with(schema, &|reference| lookup(schemas, reference))
    }

    /// The operation's example: every parameter that the description gives a value, and a typical one of each other that is needed.
    pub(super) fn example(
        &self,
        operation: &OperationDraft,
        mut given: Map<String, Value>,
    ) -> Option<(String, Map<String, Value>)> {
        let name = if given.is_empty() { "typical" } else { "documented" };
        for needed in &operation.required {
            if !given.contains_key(needed)
                && let Some(schema) = operation.parameters.get(needed)
            {
                let value = self.sample(schema);
                if value.is_null() && !self.fits(schema, &value) {
                    return None;
                }
                given.insert(needed.clone(), value);
            }
        }
        let body = body_of(operation, &given);
        let fits = match (&operation.body_schema, body) {
            (Some(schema), Some(body)) => self.fits(schema, &body),
            _ => true,
        };
        (fits && !given.is_empty()).then(|| (name.to_owned(), given))
    }
}

/// The body that an input gives; an optional one that nothing is said of is left out.
fn body_of(operation: &OperationDraft, given: &Map<String, Value>) -> Option<Value> {
    let whole = |text: &Value| {
        let name = text.as_str()?.strip_prefix("{{")?.strip_suffix("}}")?;
        given.get(name).cloned()
    };
    match operation.body.as_ref()? {
        Value::Object(tree) => {
            let members = tree.iter().filter_map(|(name, text)| Some((name.clone(), whole(text)?)));
            Some(Value::Object(members.collect()))
        }
        text => whole(text),
    }
}
