//! What can be improved in a workflow definition that is not wrong: [`lint`].
//!
//! One file a rule, or a few of one kind. Each rule gives warnings; none of them is an error, and none stops a run.

mod calls;
mod fields;
mod flow;
mod inputs;
mod literals;
mod shapes;

pub use literals::is_secret_text;

use super::build::{Options, compile};
use super::{Plan, place};
use crate::catalogue::Catalogue;
use crate::definition::{Document, WorkflowDef};
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::Template;
use crate::source::{Pointer, SourceFile, Span};
use std::ops::Range;
use std::sync::Arc;

/// Everything that `check` says of a workflow definition, and what can be improved in it, in text order. Of task definitions,
/// nothing.
///
/// Secrets that stand in the text are masked in the files of the labels.
#[must_use]
pub fn lint(document: &Arc<Document>, catalogue: &Catalogue, options: Options) -> Vec<Diagnostic> {
    let Some(def) = document.workflow() else { return document.diagnostics.clone() };
    let (mut diagnostics, plan) = compile(document, catalogue, options);
    let mut linter = Linter { document, def, plan: &plan, catalogue, found: Vec::new(), secrets: Vec::new() };
    let texts = Template::parse(&document.value, &[]).0;
    linter.calls();
    linter.flow();
    linter.inputs(&texts);
    linter.literals();
    linter.fields(&texts);
    let Linter { found, secrets, .. } = linter;
    diagnostics.extend(found);
    place::in_text_order(&mut diagnostics);
    if !secrets.is_empty() {
        hide(&mut diagnostics, &document.file, &secrets);
    }
    diagnostics
}

/// A definition under judgement.
struct Linter<'l> {
    document: &'l Document,
    def: &'l WorkflowDef,
    plan: &'l Plan,
    catalogue: &'l Catalogue,
    found: Vec<Diagnostic>,
    /// Where secrets stand in the text.
    secrets: Vec<Span>,
}

impl Linter<'_> {
    /// Says something of a key: its name is marked, or the value where it has none.
    fn tell(&mut self, code: Code, message: String, help: impl Into<String>, at: &Pointer) {
        let located = self.document.spans.locate(at);
        self.tell_span(code, message, help, located.key.unwrap_or(located.value), at);
    }

    /// Says something of a part of a text.
    fn tell_part(&mut self, code: Code, message: String, help: impl Into<String>, part: (&Pointer, Range<usize>)) {
        let span = place::place(self.document, part.0, part.1);
        self.tell_span(code, message, help, span, part.0);
    }

    fn tell_span(&mut self, code: Code, message: String, help: impl Into<String>, span: Span, at: &Pointer) {
        let diagnostic = Diagnostic::new(code, message).help(help);
        self.found.push(diagnostic.label(&self.document.file, span, "").pointer(at.clone()));
    }
}

/// Shows the file with stars where secrets stand: a log must not get what the file should not have.
fn hide(diagnostics: &mut [Diagnostic], file: &SourceFile, secrets: &[Span]) {
    let mut bytes = file.text().as_bytes().to_vec();
    for secret in secrets {
        for byte in bytes.get_mut(secret.start..secret.end).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    let Ok(masked) = SourceFile::from_bytes(file.name(), bytes) else { return };
    for label in diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.labels) {
        if label.file.name() == file.name() {
            label.file = masked.clone();
        }
    }
}

#[cfg(test)]
mod tests;
