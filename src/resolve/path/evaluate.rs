//! Walks a path. Source: Jayway `PathToken` and its kinds, `EvaluationContextImpl`, `CompiledPath`.

use super::{Path, Step};
use crate::resolve::node::Node;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Why a walk ended early: the server's kinds of exception, which it catches at different places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// `PathNotFoundException`.
    NotFound,
    /// `InvalidPathException`.
    Invalid,
    /// `IndexOutOfBoundsException`.
    OutOfBounds,
    /// Any other.
    Failed,
}

/// How a walk treats what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// Is left out: the option `SUPPRESS_EXCEPTIONS`.
    Skipped,
    /// Ends the walk: the option `REQUIRE_PROPERTIES`.
    Required,
}

/// One walk over one document.
#[derive(Debug, Clone)]
pub(super) struct Walk<'s> {
    /// What `$` means.
    pub(super) root: Node<'s>,
    pub(super) missing: Missing,
}

impl Path {
    /// The value that the path leads to: `None` when it is missing; always a list when the path is not definite.
    pub(crate) fn read<'s>(&self, root: Node<'s>) -> Option<Cow<'s, Value>> {
        self.node(root).map(Node::into_value)
    }

    /// As [`Path::read`], not yet made a value.
    pub(crate) fn node<'s>(&self, root: Node<'s>) -> Option<Node<'s>> {
        if self.is_plain {
            return self.plain(root);
        }
        Walk { root: root.clone(), missing: Missing::Skipped }.value(self, root).ok().flatten()
    }

    /// The common case, without any list of results.
    fn plain<'s>(&self, root: Node<'s>) -> Option<Node<'s>> {
        let (start, steps) = match root {
            Node::Root(scope) if self.is_input => (Node::Ref(&scope.workflow.input), self.steps.get(2..)?),
            root => (root, &*self.steps),
        };
        steps.iter().try_fold(start, |node, step| match step {
            Step::Member(name) => node.member(name),
            Step::Indexes(indexes) => node.element(*indexes.first()?),
            _ => None,
        })
    }
}

/// A step of a path.
#[derive(Debug, Clone, Copy)]
struct At<'p> {
    path: &'p Path,
    index: usize,
}

impl<'p> At<'p> {
    fn step(self) -> Option<&'p Step> {
        self.path.steps.get(self.index)
    }

    fn next(self) -> Self {
        Self { index: self.index + 1, ..self }
    }

    fn is_leaf(self) -> bool {
        self.index + 1 == self.path.steps.len()
    }

    fn is_definite_before(self) -> bool {
        self.path.is_definite_before(self.index)
    }
}

impl<'s> Walk<'s> {
    /// The same walk over another document.
    pub(super) fn inside(&self, root: Node<'s>) -> Self {
        Self { root, missing: self.missing }
    }

    /// The value of a path that starts at a node; `None` when a definite path found nothing.
    pub(super) fn value(&self, path: &Path, start: Node<'s>) -> Result<Option<Node<'s>>, Stop> {
        let mut results = Vec::new();
        self.step(At { path, index: 0 }, start, &mut results)?;
        if path.is_definite() {
            let last = results.pop();
            return match (last, self.missing) {
                (None, Missing::Required) => Err(Stop::NotFound),
                (last, _) => Ok(last),
            };
        }
        let list = results.into_iter().map(|node| node.into_value().into_owned()).collect();
        Ok(Some(Node::Own(Value::Array(list))))
    }

    /// Does the step of that index and all after it.
    fn step(&self, at: At<'_>, node: Node<'s>, results: &mut Vec<Node<'s>>) -> Result<(), Stop> {
        let Some(step) = at.step() else {
            results.push(node);
            return Ok(());
        };
        match step {
            Step::Member(name) => self.members(at, &node, std::slice::from_ref(name), results),
            Step::Members(names) => self.members(at, &node, names, results),
            Step::Indexes(indexes) => self.elements(at, &node, indexes.iter().copied(), results),
            Step::Slice(from, to) => {
                let length = node.len().and_then(|length| i64::try_from(length).ok()).unwrap_or(0);
                self.elements(at, &node, slice(*from, *to, length), results)
            }
            Step::Wildcard => self.wildcard(at, &node, results),
            Step::Scan => self.scan(at.next(), &node, results),
            Step::Filter(_) => self.filter(at, &node, results),
            Step::Function(function, parameters) => {
                let result = function.apply(&node, parameters, self)?;
                results.push(result.clone());
                if at.is_leaf() { Ok(()) } else { self.step(at.next(), result, results) }
            }
        }
    }

    fn members(
        &self,
        at: At<'_>,
        node: &Node<'s>,
        names: &[Box<str>],
        results: &mut Vec<Node<'s>>,
    ) -> Result<(), Stop> {
        if !node.is_object() {
            let skipped = !at.is_definite_before() || self.missing == Missing::Skipped;
            return if skipped { Ok(()) } else { Err(Stop::NotFound) };
        }
        if names.len() > 1 && at.is_leaf() {
            results.push(self.merged(node, names)?);
            return Ok(());
        }
        for name in names {
            match node.member(name) {
                Some(member) => self.step(at.next(), member, results)?,
                None if self.missing == Missing::Required => return Err(Stop::NotFound),
                None => {}
            }
        }
        Ok(())
    }

    /// One object of the members that exist.
    fn merged(&self, node: &Node<'s>, names: &[Box<str>]) -> Result<Node<'s>, Stop> {
        let mut map = Map::new();
        for name in names {
            match node.member(name) {
                Some(member) => {
                    map.insert(name.to_string(), member.into_value().into_owned());
                }
                None if self.missing == Missing::Required => return Err(Stop::NotFound),
                None => {}
            }
        }
        Ok(Node::Own(Value::Object(map)))
    }

    fn elements(
        &self,
        at: At<'_>,
        node: &Node<'s>,
        indexes: impl Iterator<Item = i64>,
        results: &mut Vec<Node<'s>>,
    ) -> Result<(), Stop> {
        if !node.is_array() {
            let skipped = !at.is_definite_before() || self.missing == Missing::Skipped;
            return if skipped { Ok(()) } else { Err(Stop::NotFound) };
        }
        indexes.into_iter().try_for_each(|index| self.element(at, node, index, results))
    }

    /// One element. An index beyond the end gives nothing, and so does a function further on that looked beyond one.
    fn element(&self, at: At<'_>, node: &Node<'s>, index: i64, results: &mut Vec<Node<'s>>) -> Result<(), Stop> {
        let Some(element) = node.element(index) else { return Ok(()) };
        match self.step(at.next(), element, results) {
            Err(Stop::OutOfBounds) => Ok(()),
            other => other,
        }
    }

    fn wildcard(&self, at: At<'_>, node: &Node<'s>, results: &mut Vec<Node<'s>>) -> Result<(), Stop> {
        for key in if node.is_object() { node.keys() } else { Vec::new() } {
            if let Some(member) = node.member(&key) {
                self.step(at.next(), member, results)?;
            }
        }
        let length = node.len().filter(|_| node.is_array()).unwrap_or(0);
        for index in 0..i64::try_from(length).unwrap_or(0) {
            match self.element(at, node, index, results) {
                Err(Stop::NotFound) if self.missing != Missing::Required => {}
                other => other?,
            }
        }
        Ok(())
    }

    fn filter(&self, at: At<'_>, node: &Node<'s>, results: &mut Vec<Node<'s>>) -> Result<(), Stop> {
        let Some(Step::Filter(condition)) = at.step() else { return Ok(()) };
        if node.is_object() {
            return if self.accepts(condition, node)? { self.step(at.next(), node.clone(), results) } else { Ok(()) };
        }
        if !node.is_array() {
            return if at.is_definite_before() { Err(Stop::Invalid) } else { Ok(()) };
        }
        for (index, element) in (0..).zip(node.elements()) {
            if self.accepts(condition, &element)? {
                self.element(at, node, index, results)?;
            }
        }
        Ok(())
    }

    /// Does the step of that index at every depth. In a list, what follows it is done to each element: `..[0].a` is
    /// the `a` of every element of every list.
    fn scan(&self, at: At<'_>, node: &Node<'s>, results: &mut Vec<Node<'s>>) -> Result<(), Stop> {
        let matches = at.step().map_or(Ok(false), |step| self.scan_matches(step, node))?;
        if node.is_object() {
            if matches {
                self.step(at, node.clone(), results)?;
            }
            for key in node.keys() {
                if let Some(member) = node.member(&key) {
                    self.scan(at, &member, results)?;
                }
            }
        } else if node.is_array() {
            if matches && at.is_leaf() {
                self.step(at, node.clone(), results)?;
            }
            for element in node.elements().into_iter().filter(|_| matches && !at.is_leaf()) {
                self.step(at.next(), element, results)?;
            }
            for element in node.elements() {
                self.scan(at, &element, results)?;
            }
        }
        Ok(())
    }

    fn scan_matches(&self, step: &Step, node: &Node<'s>) -> Result<bool, Stop> {
        Ok(match step {
            Step::Member(name) => {
                node.is_object() && (self.missing == Missing::Required || node.member(name).is_some())
            }
            Step::Members(names) => {
                let all = || names.iter().all(|name| node.member(name).is_some());
                node.is_object() && (self.missing == Missing::Required || all())
            }
            Step::Indexes(_) | Step::Slice(..) => node.is_array(),
            Step::Wildcard => true,
            Step::Filter(condition) => self.accepts(condition, node)?,
            Step::Scan | Step::Function(..) => false,
        })
    }
}

/// The indexes of a slice. Between two ends a negative start is not counted from the end: it runs up through 0.
fn slice(from: Option<i64>, to: Option<i64>, length: i64) -> std::ops::Range<i64> {
    match (from, to) {
        (Some(from), Some(to)) => from.max(-length)..to.min(length),
        (Some(from), None) => (if from < 0 { length + from } else { from }).max(0)..length,
        (None, Some(to)) => 0..(if to < 0 { length + to } else { to }).min(length),
        (None, None) => 0..0,
    }
}
