//! A mapping while it is read: its values and their spans, side by side.

use super::{Problem, ProblemKind, SpanNode};
use serde_json::{Map, Value};

/// Values and spans of a mapping, always of the same shape.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) map: Map<String, Value>,
    pub(super) children: Vec<(Box<str>, SpanNode)>,
}

impl Entries {
    /// Puts an entry in. A key that is there already takes the new value, as most readers do; the problem names both places.
    pub(super) fn put(&mut self, key: String, value: Value, node: SpanNode) -> Option<Problem> {
        if !self.map.contains_key(&key) {
            self.children.push((key.as_str().into(), node));
            self.map.insert(key, value);
            return None;
        }
        let old = self.children.iter_mut().find(|(name, _)| **name == *key)?;
        let (first, second) = (old.1.key.unwrap_or_default(), node.key.unwrap_or_default());
        old.1 = node;
        let message = format!("the key `{key}` stands twice in this mapping");
        self.map.insert(key, value);
        let problem = Problem::new(ProblemKind::DuplicateKey, second, message).related(first);
        Some(problem.help("remove one of the two; the second would win"))
    }
}
