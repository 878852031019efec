//! What is wrong with something a user wrote: code, sentence, places and help, as data.
//!
//! Many at once, never an early stop. Nothing here prints; the command renders, the language server converts.
//! Every code has a page in `codes/`, shown by `legwork explain CODE`.

pub mod codes;
mod nearest;

pub use codes::Code;
pub use nearest::nearest;

use crate::source::{Pointer, Problem, ProblemKind, SourceFile, Span};

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is sent; exit code 2.
    Error,
    /// Worth mending; never changes the exit code.
    Warning,
    /// Good to know.
    Note,
}

/// A place in a file, with a few words about it.
#[derive(Debug, Clone)]
pub struct Label {
    /// The file.
    pub file: SourceFile,
    /// The bytes.
    pub span: Span,
    /// A few words; may be empty.
    pub text: String,
}

/// One thing that is wrong, or worth knowing.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The code, with a page of its own.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Places; the first is the main one. Empty when it stands in no file (a command line value, say).
    pub labels: Vec<Label>,
    /// Where in the judged value it is: an instance location such as `/user_info/type` for a body, else a place in the definition.
    pub pointer: Option<Pointer>,
}

impl Diagnostic {
    /// A diagnostic of the code's own severity, without place or help.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), message: message.into(), help: None, labels: Vec::new(), pointer: None }
    }

    /// The diagnostic of what a reader found wrong with a text; without a file when it could not be read at all.
    #[must_use]
    pub fn of_problem(problem: &Problem, file: Option<&SourceFile>) -> Self {
        let mut diagnostic = Self::new(code_of(problem.kind), problem.message.clone());
        diagnostic.help.clone_from(&problem.help);
        let Some(file) = file else { return diagnostic };
        diagnostic = diagnostic.label(file, problem.span, "");
        match problem.related {
            Some(span) if problem.kind == ProblemKind::DuplicateKey => diagnostic.label(file, span, "first here"),
            Some(span) => diagnostic.label(file, span, "to this"),
            None => diagnostic,
        }
    }

    /// With the sentence that says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With one more place.
    #[must_use]
    pub fn label(mut self, file: &SourceFile, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { file: file.clone(), span, text: text.into() });
        self
    }

    /// With the place in the judged value.
    #[must_use]
    pub fn pointer(mut self, pointer: Pointer) -> Self {
        self.pointer = Some(pointer);
        self
    }

    /// With another severity than the code's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Whether it stops the run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

fn code_of(kind: ProblemKind) -> Code {
    match kind {
        ProblemKind::Syntax => codes::E0101,
        ProblemKind::DuplicateKey => codes::E0102,
        ProblemKind::BadAlias => codes::E0103,
        ProblemKind::TooLarge => codes::E0104,
        ProblemKind::ControlCharacter => codes::E0105,
        ProblemKind::Empty => codes::E0106,
        ProblemKind::ManyDocuments => codes::E0107,
        ProblemKind::Number => codes::E0108,
        ProblemKind::UnknownTag => codes::E0109,
        ProblemKind::Encoding => codes::E0110,
    }
}
