//! What is wrong with the texts of a definition before anything runs.

use super::expression::{Expression, Kind};
use super::template::visit;
use super::text::{self, Piece};
use crate::diagnostic::codes::{E0301, E0302, E0303, E0304};
use crate::diagnostic::{Code, Severity};
use crate::source::Pointer;
use std::ops::Range;

/// One thing that is wrong with a text of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// The text that holds it.
    pub pointer: Pointer,
    /// The bytes in that text.
    pub range: Range<usize>,
    /// The code.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl TemplateProblem {
    pub(super) fn new(pointer: &Pointer, range: Range<usize>, code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { pointer: pointer.clone(), range, code, severity: code.severity(), message, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Finds what is wrong with a text that was split into pieces.
pub(super) fn find(source: &str, pieces: &[Piece], pointer: &Pointer, problems: &mut Vec<TemplateProblem>) {
    for piece in pieces {
        match piece {
            Piece::Literal(range) => literal(source, range.clone(), pointer, problems),
            Piece::Hole(range) => {
                let inside = source.get(range.start + 2..range.end - 1).unwrap_or_default();
                hole(inside, range.clone(), pointer, problems);
            }
        }
    }
}

fn literal(source: &str, range: Range<usize>, pointer: &Pointer, problems: &mut Vec<TemplateProblem>) {
    let text = source.get(range.clone()).unwrap_or_default();
    if let Some(at) = text::find_hole(text, 0) {
        let at = range.start + at;
        let problem = TemplateProblem::new(pointer, at..range.end, E0302, "an expression is opened and never closed");
        problems.push(problem.help("close it with }, or write $${ for the characters ${"));
    }
    if let Some(at) = text.find("{{") {
        let at = range.start + at;
        let message = "{{ has no meaning in a workflow definition and would be sent as it is";
        let problem = TemplateProblem::new(pointer, at..at + 2, E0304, message);
        problems
            .push(problem.help("write ${workflow.input.NAME}; to send the characters {{, pass them as an input value"));
    }
}

fn hole(inside: &str, range: Range<usize>, pointer: &Pointer, problems: &mut Vec<TemplateProblem>) {
    visit(&Expression::compile(inside, 0), &mut |expression| {
        let problem = match expression.kind() {
            Kind::Blank => TemplateProblem::new(pointer, range.clone(), E0303, "an expression is empty")
                .help("name a value, ${workflow.input.NAME}, or write $${} for the characters ${}"),
            Kind::Bad(error) => {
                let message = format!("the path {:?} cannot be read: {error}", expression.text());
                TemplateProblem::new(pointer, range.clone(), E0301, message)
                    .help("legwork explain E0301 lists what a path may hold")
            }
            _ => return,
        };
        problems.push(problem);
    });
}
