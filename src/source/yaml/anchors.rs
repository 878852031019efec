//! What anchors stand for, and the budget that their copies are counted against.

use super::super::{MAX_DEPTH, MAX_EXPANSION, SpanNode};
use serde_json::Value;
use std::collections::HashMap;

/// The finished nodes that carry an anchor.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    nodes: HashMap<usize, Anchored>,
    copied: usize,
}

#[derive(Debug)]
struct Anchored {
    value: Value,
    node: SpanNode,
    weight: usize,
    depth: usize,
}

/// Which limit a copy would break.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Exhausted {
    /// All copies together are beyond [`MAX_EXPANSION`].
    Expansion,
    /// The copy would be nested beyond [`MAX_DEPTH`].
    Depth,
}

impl Anchors {
    /// Keeps a copy of an anchored node.
    pub(super) fn keep(&mut self, id: usize, value: &Value, node: &SpanNode) -> Result<(), Exhausted> {
        let weight = weight(value);
        self.charge(weight)?;
        let anchored = Anchored { value: value.clone(), node: node.clone(), weight, depth: depth(value) };
        self.nodes.insert(id, anchored);
        Ok(())
    }

    /// A copy of what the anchor stands for, to be put at a depth; `None` while the anchored node itself is still open.
    pub(super) fn copy(&mut self, id: usize, at_depth: usize) -> Result<Option<(Value, SpanNode)>, Exhausted> {
        let Some(anchored) = self.nodes.get(&id) else { return Ok(None) };
        if anchored.depth + at_depth > MAX_DEPTH {
            return Err(Exhausted::Depth);
        }
        self.charge(anchored.weight)?;
        Ok(self.nodes.get(&id).map(|anchored| (anchored.value.clone(), anchored.node.clone())))
    }

    fn charge(&mut self, weight: usize) -> Result<(), Exhausted> {
        self.copied = self.copied.saturating_add(weight);
        if self.copied > MAX_EXPANSION { Err(Exhausted::Expansion) } else { Ok(()) }
    }
}

/// Bytes that a copy takes, roughly: 64 a value, and its text.
fn weight(value: &Value) -> usize {
    let inner: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| 64 + key.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    64 + inner
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}
