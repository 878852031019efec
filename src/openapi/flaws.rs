//! What is wrong with a description, with its places: these are looked up in the text once, at the end.

use super::files::File;
use super::trail::{Place, Trail};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::{Pointer, Problem, SourceFile, locate};

/// So many flaws get a place in the text; the others have their pointer.
const LOCATED: usize = 1_000;

/// A flaw that was met.
#[derive(Debug)]
struct Flaw {
    code: Code,
    place: Place,
    message: String,
    help: String,
}

/// The flaws that were met.
#[derive(Debug, Default)]
pub(super) struct Flaws {
    met: Vec<Flaw>,
    texts: Vec<Diagnostic>,
}

impl Flaws {
    pub(super) fn add(&mut self, code: Code, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.met.push(Flaw { code, place, message: message.into(), help: help.into() });
    }

    pub(super) fn at(&mut self, code: Code, trail: &Trail<'_>, message: impl Into<String>, help: impl Into<String>) {
        self.add(code, trail.place(), message, help);
    }

    /// What is wrong with the text of a file; the rest of it was read.
    pub(super) fn of_text(&mut self, source: &SourceFile, problems: &[Problem]) {
        let told = problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(source)));
        self.texts.extend(told.map(|one| one.severity(Severity::Warning)));
    }

    /// All of them, each at its place.
    pub(super) fn diagnostics(mut self, files: &[File]) -> Vec<Diagnostic> {
        let mut diagnostics = std::mem::take(&mut self.texts);
        let first = diagnostics.len();
        for flaw in &self.met {
            let diagnostic = Diagnostic::new(flaw.code, flaw.message.clone()).help(flaw.help.clone());
            diagnostics.push(diagnostic.pointer(flaw.place.pointer.clone()));
        }
        for (index, file) in files.iter().enumerate() {
            let here = self.met.iter().enumerate().filter(|(_, flaw)| flaw.place.file == index).take(LOCATED);
            let (numbers, pointers): (Vec<usize>, Vec<&Pointer>) =
                here.map(|(number, flaw)| (number, &flaw.place.pointer)).unzip();
            if pointers.is_empty() {
                continue;
            }
            for (number, span) in numbers.into_iter().zip(locate(&file.source, &pointers)) {
                if let Some(slot) = diagnostics.get_mut(first + number) {
                    *slot = slot.clone().label(&file.source, span, "");
                }
            }
        }
        diagnostics
    }
}
