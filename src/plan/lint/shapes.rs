//! What the schema of an answer says of a path into it.

use super::Linter;
use crate::plan::Kind;
use serde_json::{Map, Value};

/// Schemas that refer to each other are followed so far.
const DEPTH: usize = 32;

/// What a schema says of a path.
#[derive(Debug)]
pub(super) enum Shape {
    /// It is there: its own schema.
    Known(Found),
    /// A step is not among the names that the schema knows.
    Unknown {
        /// The step.
        name: String,
        /// The names that are known in its place.
        known: Vec<String>,
    },
    /// The schema does not say.
    Open,
}

/// A place in a schema.
#[derive(Debug)]
pub(super) struct Found(Value);

impl Found {
    /// The values that it lists, as texts.
    pub(super) fn enumeration(&self, root: &Value) -> Option<Vec<String>> {
        let own = follow(root, &self.0, DEPTH);
        let values = own.get("enum")?.as_array()?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(values.iter().filter(|value| !value.is_null()).map(text).collect())
    }
}

impl Linter<'_> {
    /// What is known of `create.output.response.body.id`: the root of its schema, and what that says; `None` when it is no path
    /// into the output of a call whose answer has a schema.
    pub(super) fn schema_of(&self, expression: &str) -> Option<(Value, Shape)> {
        let steps = steps(expression)?;
        let [reference, output, response, body, rest @ ..] = steps.as_slice() else { return None };
        if (output.as_str(), response.as_str(), body.as_str()) != ("output", "response", "body") {
            return None;
        }
        let node = self.plan.node(self.plan.find(reference)?);
        let entry = node.entry.as_ref().filter(|_| matches!(node.kind, Kind::Http | Kind::ByReference))?;
        let root = entry.self_contained(entry.answer_schema()?).into_owned();
        let shape = walk(&root, &root, rest, DEPTH);
        Some((root, shape))
    }
}

/// The steps of a plain path; `None` when it holds a filter, a wildcard or a function.
pub(super) fn steps(expression: &str) -> Option<Vec<String>> {
    let mut steps = Vec::new();
    let mut rest = expression.trim();
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = inner.split_once(']')?;
            let step = step.trim();
            let quoted = step.strip_prefix(['\'', '"']).and_then(|step| step.strip_suffix(['\'', '"']));
            let is_index = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
            steps.push(quoted.or(is_index.then_some(step))?.to_owned());
            rest = after;
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let step = rest.get(..end).filter(|step| !step.is_empty() && !step.contains(['(', '*', '@', '$', '?', ' ']))?;
        steps.push(step.to_owned());
        rest = &rest[end..];
    }
    Some(steps)
}

fn walk(root: &Value, schema: &Value, steps: &[String], depth: usize) -> Shape {
    let Some((step, rest)) = steps.split_first() else { return Shape::Known(Found(schema.clone())) };
    let Some(depth) = depth.checked_sub(1) else { return Shape::Open };
    let schema = follow(root, schema, depth);
    if let Some(items) = schema.get("items").filter(|_| step.bytes().all(|byte| byte.is_ascii_digit())) {
        return walk(root, items, rest, depth);
    }
    let mut search = Search { root, name: step, known: Vec::new(), is_open: false };
    match search.member(schema, depth) {
        Some(inner) => walk(root, &inner, rest, depth),
        None if search.is_open || search.known.is_empty() => Shape::Open,
        None => Shape::Unknown { name: step.clone(), known: search.known },
    }
}

/// The look for a member, with what was seen on the way.
struct Search<'s> {
    root: &'s Value,
    name: &'s str,
    known: Vec<String>,
    /// Whether a schema on the way allows further names.
    is_open: bool,
}

impl Search<'_> {
    /// The schema of the member, in a schema itself or in one of those it is put together from.
    fn member(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let schema = follow(self.root, schema, depth);
        let properties = schema.get("properties").and_then(Value::as_object);
        if let Some(own) = properties.and_then(|own| own.get(self.name)) {
            return Some(own.clone());
        }
        self.known.extend(properties.into_iter().flat_map(Map::keys).cloned());
        let more =
            schema.get("additionalProperties").is_some_and(|more| more == &Value::Bool(true) || more.is_object());
        let lists = ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
        let parts: Vec<&Value> = lists.chain(["then", "else"].iter().filter_map(|key| schema.get(*key))).collect();
        // A schema that names nothing allows everything.
        let is_silent = properties.is_none() && parts.is_empty();
        self.is_open |= more || is_silent || schema.get("patternProperties").is_some() || schema.is_boolean();
        parts.into_iter().find_map(|part| self.member(part, depth))
    }
}

/// The schema that a reference of the same document leads to.
fn follow<'s>(root: &'s Value, schema: &'s Value, depth: usize) -> &'s Value {
    let mut schema = schema;
    for _ in 0..depth {
        let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#')) else {
            break;
        };
        let Some(next) = root.pointer(target) else { break };
        schema = next;
    }
    schema
}
