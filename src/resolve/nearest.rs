//! What somebody most likely meant.

use super::expression::{Expression, Kind};
use super::node::Node;
use super::path::Step;
use super::scope::Scope;
use crate::diagnostic::nearest;
use std::fmt::Write;

/// The expression with its first missing name replaced by the nearest one that exists there.
pub(super) fn expression(expression: &Expression, scope: &Scope) -> Option<String> {
    match expression.kind() {
        Kind::Path(path) => {
            let mut node = Node::Root(scope);
            let mut before = String::new();
            for step in path.steps() {
                let next = match step {
                    Step::Member(name) => {
                        let Some(next) = node.member(name) else {
                            return replaced(expression.text(), &before, name, &node);
                        };
                        push_name(&mut before, name);
                        next
                    }
                    Step::Indexes(indexes) => {
                        let index = *indexes.first().filter(|_| indexes.len() == 1)?;
                        let _ = write!(before, "[{index}]");
                        node.element(index)?
                    }
                    _ => return None,
                };
                node = next;
            }
            None
        }
        Kind::Env(reference) => {
            let name = nearest(&reference.name, scope.env.keys().map(String::as_str))?;
            Some(format!("workflow.env.{name}"))
        }
        _ => None,
    }
}

/// The whole expression with `wrong`, which stands behind `before`, replaced.
fn replaced(text: &str, before: &str, wrong: &str, node: &Node<'_>) -> Option<String> {
    let keys = node.keys();
    let right = nearest(wrong, keys.iter().map(String::as_str))?;
    let mut result = before.to_owned();
    push_name(&mut result, right);
    let mut as_written = before.to_owned();
    push_name(&mut as_written, wrong);
    result.push_str(text.trim_start_matches("$.").strip_prefix(&as_written).unwrap_or_default());
    Some(result)
}

/// Writes `.name`, or `['odd name']`.
pub(super) fn push_name(path: &mut String, name: &str) {
    if name.is_empty() || name.contains(['.', '[', ' ', '(', '\'', '$', '@', '*']) {
        let _ = write!(path, "['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}
