//! What registration checks: the rules of a definition as a whole, exactly as Conductor's server has them, and warnings
//! about what it accepts although it cannot work.
//!
//! Expressions and scripts are not judged here. Source: conductor `WorkflowTaskTypeConstraint.java`,
//! `TaskReferenceNameUniqueConstraint.java`, `TaskTimeoutConstraint.java`, 3.32.3, and recorded answers of a server.

mod advice;
mod http;
mod operators;
mod task_def;
mod wait;
mod workflow;

pub use wait::wait_seconds;

use super::document::place;
use super::read::{Cursor, Read, Report, Wire};
use super::{Dialect, Document, Documented, TaskDef};
use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::source::Span;
use serde_json::Value;

/// Finds the task definition of a name: what is registered on a server, or loaded here.
pub type TaskDefLookup<'a> = &'a dyn Fn(&str) -> Option<TaskDef>;

/// Everything that is wrong with a document, in text order: what reading it found, and the rules of registration.
///
/// In [`Dialect::Conductor`] the errors are exactly what a server refuses; in [`Dialect::Legwork`] a key that stands
/// twice, a second document and broken tasks where a server does not look are errors too.
#[must_use]
pub fn check(document: &Document, dialect: Dialect, task_def: TaskDefLookup<'_>) -> Vec<Diagnostic> {
    let mut checker = Checker { report: Report::new(Some(&document.file)), dialect, task_def, enforced: true };
    if !document.partial {
        let root = Cursor::root(&document.value, Some(&document.spans.root));
        match &document.definition {
            Documented::Workflow(_) if root.value.is_object() && !refused_as_a_whole(document) => {
                checker.workflow(&root);
            }
            Documented::Workflow(_) => {}
            Documented::Tasks(_) if root.value.is_object() => checker.task_def(&root),
            Documented::Tasks(_) => root.items().for_each(|item| checker.task_def(&item)),
        }
    }
    let read = document.diagnostics.iter().cloned().map(|diagnostic| weighed(diagnostic, dialect));
    let mut all: Vec<_> = read.chain(checker.report.diagnostics).collect();
    all.sort_by_key(place);
    all
}

fn refused_as_a_whole(document: &Document) -> bool {
    document.diagnostics.iter().any(|diagnostic| diagnostic.code == codes::E0201)
}

/// A server reads past a key that stands twice and what follows the first value.
fn weighed(mut diagnostic: Diagnostic, dialect: Dialect) -> Diagnostic {
    let read_past = diagnostic.code == codes::E0102 || diagnostic.code == codes::E0107;
    if dialect == Dialect::Conductor && read_past {
        diagnostic.severity = Severity::Warning;
    }
    diagnostic
}

/// The pass over one document.
struct Checker<'a> {
    report: Report<'a>,
    dialect: Dialect,
    task_def: TaskDefLookup<'a>,
    /// Whether a server looks here at all; it does not look inside loops and embedded definitions.
    enforced: bool,
}

impl Checker<'_> {
    /// A rule that is broken at a place.
    fn refuse(&mut self, code: Code, at: &Cursor<'_>, span: Option<Span>, message: String, help: &str) {
        self.report.at_span(code, at, span, message, (!help.is_empty()).then(|| help.to_owned()));
        if !self.enforced && self.dialect == Dialect::Conductor {
            self.report.severity(Severity::Warning);
        }
    }

    /// Does something where a server does not look.
    fn unenforced(&mut self, act: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.enforced, false);
        act(self);
        self.enforced = before;
    }

    /// A name that must not be empty; `what` says whose.
    fn name(&mut self, at: &Cursor<'_>, key: &str, what: &str) {
        let value = at.get(key);
        let empty = value.is_none_or(|value| value.value.is_null() || value.value.as_str() == Some(""));
        if empty {
            let span = value.and_then(|value| value.key_span()).or_else(|| head(at));
            let message = format!("{what} has no `{key}`");
            self.refuse(codes::E0206, at, span, message, &format!("add `{key}: ...`"));
        }
    }

    /// A number that must not be below a least value.
    fn at_least(&mut self, at: &Cursor<'_>, key: &str, least: i64) {
        let Some(value) = at.get(key) else { return };
        if integer(&value).is_some_and(|number| number < least) {
            let message = format!("`{key}`{} must be {least} or more, not {}", value.of_task(), value.value);
            self.refuse(codes::E0209, &value, value.span(), message, "");
        }
    }
}

/// The number that a server reads a value as.
fn integer(at: &Cursor<'_>) -> Option<i64> {
    match Wire::read(at, &mut Report::new(None)) {
        Read::Exact(number) | Read::Converted(number) => Some(number),
        Read::Refused => None,
    }
}

/// The value of a key that is there and not null.
fn present<'a>(at: &'a Cursor<'a>, key: &'a str) -> Option<Cursor<'a>> {
    at.get(key).filter(|value| !value.value.is_null())
}

/// The text of a key.
fn text<'a>(at: &Cursor<'a>, key: &str) -> Option<&'a str> {
    at.value.get(key).and_then(Value::as_str)
}

/// Where to show that something is missing from a mapping: its `type`, its name, else its first key.
fn head(at: &Cursor<'_>) -> Option<Span> {
    let named = ["type", "taskReferenceName", "name"].into_iter().find_map(|key| at.get(key)?.span());
    named.or_else(|| at.entries().next().and_then(|(_, value)| value.key_span())).or_else(|| at.span())
}

#[cfg(test)]
mod tests;
