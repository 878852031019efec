//! What of a thing an operation answers: its fields, put into a typical answer as far as the schema takes them.

use super::kept::Thing;
use super::shape::{Shape, id_field, own_id};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Fields that tell how many things there are.
const TOTALS: &[&str] = &[
    "total",
    "count",
    "total_count",
    "totalCount",
    "total_items",
    "totalItems",
    "total_records",
    "totalRecords",
    "total_results",
    "totalResults",
    "total_size",
];

/// The answer of an operation, as its schema has it.
#[derive(Debug)]
pub(super) struct View {
    document: Arc<Value>,
    /// The path to the thing, or to the list of things.
    at: Vec<String>,
    /// The schema of the thing.
    schema: Value,
    /// The field of the thing's id.
    id: Option<String>,
    /// A typical answer.
    whole: Value,
    is_list: bool,
}

impl View {
    /// The answer of an operation on one thing of a collection.
    pub(super) fn of_thing(document: Arc<Value>, collection: &str, variable: Option<&str>) -> Self {
        let shape = Shape(&document);
        let has_id = |schema| own_id(&shape.properties(schema), variable).is_some();
        let (at, schema) = shape.thing(&document, collection, has_id);
        let schema = schema.clone();
        Self::new(document, at, schema, variable, false)
    }

    /// The answer of an operation that lists a collection; `None` when it holds no list.
    pub(super) fn of_list(document: Arc<Value>, collection: &str, variable: Option<&str>) -> Option<Self> {
        let (at, schema) = Shape(&document).list(&document, collection)?;
        let schema = schema.clone();
        Some(Self::new(document, at, schema, variable, true))
    }

    fn new(document: Arc<Value>, at: Vec<String>, schema: Value, variable: Option<&str>, is_list: bool) -> Self {
        let shape = Shape(&document);
        let whole = shape.sample(&document);
        let id = id_field(&shape.properties(&schema), variable, |_| true).map(str::to_owned);
        Self { document, at, schema, id, whole, is_list }
    }

    /// The field of the thing's id, and its schema.
    pub(super) fn id(&self) -> Option<(&str, &Value)> {
        let id = self.id.as_deref()?;
        Shape(&self.document).properties(&self.schema).into_iter().find(|(name, _)| *name == id)
    }

    pub(super) fn document(&self) -> &Arc<Value> {
        &self.document
    }

    /// The thing of an answer.
    pub(super) fn thing_of<'v>(&self, answer: &'v Value) -> Option<&'v Map<String, Value>> {
        self.at.iter().try_fold(answer, |value, step| value.get(step))?.as_object()
    }

    /// The answer with one thing. What could be sent and was not is left out.
    pub(super) fn with(&self, thing: &Thing, sendable: &[String]) -> Value {
        let base = self.thing_of(&self.whole).cloned().unwrap_or_default();
        self.settled(self.filled(base, thing, sendable))
    }

    /// The answer with a list of things, of which there are so many.
    pub(super) fn with_list<'t>(
        &self,
        things: impl Iterator<Item = &'t Thing>,
        total: usize,
        sendable: &[String],
    ) -> Value {
        let shape = Shape(&self.document);
        let typical = match shape.sample(&self.schema) {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let items: Vec<Value> = things.map(|thing| self.filled(typical.clone(), thing, sendable)).collect();
        let mut whole = self.put(Value::Array(items));
        if let Value::Object(map) = &mut whole {
            for (name, schema) in shape.properties(&self.document).into_iter().filter(|(name, _)| TOTALS.contains(name))
            {
                if shape.fits(schema, &total.into()) {
                    map.insert(name.to_owned(), total.into());
                }
            }
        }
        whole
    }

    /// The typical answer with something in the place of its thing or its list.
    fn put(&self, value: Value) -> Value {
        let mut whole = self.whole.clone();
        let mut slot = &mut whole;
        for step in &self.at {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            let Value::Object(map) = slot else { break };
            slot = map.entry(step).or_insert(Value::Null);
        }
        *slot = value;
        whole
    }

    /// The answer with a thing; the typical one where its schema does not take it.
    fn settled(&self, thing: Value) -> Value {
        let whole = self.put(thing);
        let shape = Shape(&self.document);
        let is_better = shape.fits(&self.document, &whole) || !shape.fits(&self.document, &self.whole);
        if is_better { whole } else { self.whole.clone() }
    }

    fn filled(&self, mut base: Map<String, Value>, thing: &Thing, sendable: &[String]) -> Value {
        let shape = Shape(&self.document);
        let properties = shape.properties(&self.schema);
        if properties.is_empty() && !self.is_list {
            return Value::Object(thing.record.clone());
        }
        base.retain(|name, _| {
            thing.record.contains_key(name) || !sendable.contains(name) || shape.requires(&self.schema, name)
        });
        for (name, schema) in properties {
            let is_id = self.id.as_deref() == Some(name);
            let own = if is_id { Some(&thing.id).filter(|id| !id.is_null()) } else { None };
            let own = own.into_iter().chain(thing.record.get(name)).find(|value| shape.fits(schema, value));
            if let Some(value) = own {
                base.insert(name.to_owned(), value.clone());
            }
        }
        Value::Object(base)
    }
}
