//! Every place where a name of the definition is written.

use super::parts::{PartKind, parts};
use super::{Snapshot, expression};
use crate::definition::TaskType;
use crate::source::{Pointer, Span, SpanNode};
use serde_json::Value;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A task: its `taskReferenceName`.
    Task,
    /// An input of the workflow.
    Input,
    /// A variable of the workflow.
    Variable,
    /// A secret.
    Secret,
    /// A value of `workflow.env`.
    Env,
    /// A task definition: a task's `name`.
    Definition,
}

/// One place where a name is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What it is the name of.
    pub kind: NameKind,
    /// The name.
    pub name: String,
    /// Where it stands, without quotes.
    pub span: Span,
    /// Whether it is declared there; else it is read.
    pub is_declaration: bool,
}

/// All of them, in text order.
pub(super) fn uses(snapshot: &Snapshot) -> Vec<Use> {
    let mut collector = Collector { snapshot, uses: Vec::new() };
    collector.expressions();
    collector.tasks();
    collector.declarations();
    let mut uses = collector.uses;
    uses.sort_by_key(|one| one.span.start);
    uses.dedup_by_key(|one| one.span);
    uses
}

/// The name at a place.
pub(super) fn at(snapshot: &Snapshot, offset: usize) -> Option<Use> {
    uses(snapshot).into_iter().find(|one| one.span.start <= offset && offset <= one.span.end)
}

struct Collector<'s> {
    snapshot: &'s Snapshot,
    uses: Vec<Use>,
}

impl Collector<'_> {
    fn expressions(&mut self) {
        for found in expression::all(self.snapshot) {
            let text = found.text(self.snapshot);
            for part in parts(text) {
                let kind = match part.kind {
                    PartKind::Task => NameKind::Task,
                    PartKind::Input => NameKind::Input,
                    PartKind::Variable => NameKind::Variable,
                    PartKind::Secret => NameKind::Secret,
                    PartKind::Env => NameKind::Env,
                    PartKind::Keyword | PartKind::Step => continue,
                };
                let (start, end) = (found.inner.start + part.range.start, found.inner.start + part.range.end);
                self.push(kind, part.name(text), Span::new(start, end), false);
            }
        }
    }

    fn tasks(&mut self) {
        let tree = self.snapshot.tree();
        for task in self.snapshot.tasks() {
            if let Some(span) = task.reference_span {
                self.scalar(NameKind::Task, &task.reference_name, span, true);
            }
            let member = |key: &str| super::node::lookup(tree, &task.pointer.key(key));
            if let Some(name) = member("name") {
                self.scalar(NameKind::Definition, &task.name, name.node.value, false);
            }
            for key in ["joinOn", "defaultExclusiveJoinTask"] {
                let Some(list) = member(key) else { continue };
                for (item, (_, node)) in list.value.as_array().into_iter().flatten().zip(&list.node.children) {
                    self.scalar(NameKind::Task, item.as_str().unwrap_or_default(), node.value, false);
                }
            }
            if let Some(condition) = member("loopCondition").filter(|_| task.task_type == TaskType::DoWhile) {
                let own = member("inputParameters").map(|input| input.value);
                self.script(condition.node, own);
            }
        }
    }

    /// `$.ref` and `$['ref']` of a loop's condition: a name that the loop's own input has is that input.
    fn script(&mut self, node: &SpanNode, own: Option<&Value>) {
        let text = self.snapshot.source().get(node.value.start..node.value.end).unwrap_or_default();
        for (at, _) in text.match_indices('$') {
            let rest = text.get(at + 1..).unwrap_or_default();
            let skipped = rest.len() - rest.trim_start_matches(['.', '[', '\\', '\'', '"']).len();
            let name: String =
                rest.chars().skip(skipped).take_while(|ch| ch.is_alphanumeric() || "_-".contains(*ch)).collect();
            let is_own = own.is_some_and(|own| own.get(&name).is_some());
            if skipped == 0 || name.is_empty() || is_own || super::task_named(self.snapshot, &name).is_none() {
                continue;
            }
            let start = node.value.start + at + 1 + skipped;
            self.push(NameKind::Task, &name, Span::new(start, start + name.len()), false);
        }
    }

    fn declarations(&mut self) {
        let tree = self.snapshot.tree();
        let root = |key: &str| super::node::lookup(tree, &Pointer::root().key(key));
        if let Some(list) = root("inputParameters") {
            for (item, (_, node)) in list.value.as_array().into_iter().flatten().zip(&list.node.children) {
                self.scalar(NameKind::Input, item.as_str().unwrap_or_default(), node.value, true);
            }
        }
        for (key, kind) in [("inputTemplate", NameKind::Input), ("variables", NameKind::Variable)] {
            let Some(map) = root(key) else { continue };
            for (name, node) in &map.node.children {
                if let Some(span) = node.key {
                    self.scalar(kind, name, span, true);
                }
            }
        }
    }

    /// A name that is a whole scalar: without its quotes.
    fn scalar(&mut self, kind: NameKind, name: &str, span: Span, is_declaration: bool) {
        let written = self.snapshot.source().get(span.start..span.end).unwrap_or_default();
        if let Some(at) = written.find(name).filter(|_| !name.is_empty()) {
            let start = span.start + at;
            self.push(kind, name, Span::new(start, start + name.len()), is_declaration);
        }
    }

    fn push(&mut self, kind: NameKind, name: &str, span: Span, is_declaration: bool) {
        self.uses.push(Use { kind, name: name.to_owned(), span, is_declaration });
    }
}
