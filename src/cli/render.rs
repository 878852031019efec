//! Diagnostics for eyes: drawn on a terminal, plain text elsewhere. The only place that knows miette.

use super::args::Output;
use super::exit::Exit;
use super::{out, plain};
use legwork::diagnostic::{Diagnostic, Label, Severity};
use legwork::report::{self, Paint};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};
use serde_json::{Value, json};
use std::fmt;
use std::io::{IsTerminal, stderr, stdout};

/// Shows why nothing was sent: on standard output when JSON was asked for, else on standard error.
pub(crate) fn refused(diagnostics: &[Diagnostic], output: Output) -> Exit {
    if output == Output::Json {
        let written = out::data(&format!("{:#}", as_json(diagnostics)));
        return written.map_or_else(|err| broken(&err.into()), |()| Exit::Refused);
    }
    show(diagnostics);
    Exit::Refused
}

/// Shows a failure of the machine.
pub(crate) fn broken(err: &anyhow::Error) -> Exit {
    out::say(&format!("error: {err:#}"));
    Exit::Failed
}

/// `{"diagnostics": [...]}`, each as the library's reports have it.
pub(crate) fn as_json(diagnostics: &[Diagnostic]) -> Value {
    json!({ "diagnostics": diagnostics.iter().map(report::diagnostic).collect::<Vec<_>>() })
}

/// How reports on standard output are coloured.
pub(crate) fn paint() -> Paint {
    if stdout().is_terminal() && !set("NO_COLOR") { Paint::Ansi } else { Paint::Plain }
}

/// How what is drawn on a terminal's standard error is coloured.
pub(crate) fn stderr_paint() -> Paint {
    if set("NO_COLOR") { Paint::Plain } else { Paint::Ansi }
}

/// Shows diagnostics on standard error, and how many there are.
pub(crate) fn show(diagnostics: &[Diagnostic]) {
    let style = Style::detect();
    for diagnostic in diagnostics {
        out::say(&style.render(diagnostic));
    }
    if let Some(line) = summary(diagnostics) {
        out::say(&line);
    }
}

/// `2 errors, 1 warning`; `None` when one diagnostic says it all.
pub(crate) fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |severity| diagnostics.iter().filter(|is| is.severity == severity).count();
    let parts =
        [(count(Severity::Error), "error"), (count(Severity::Warning), "warning"), (count(Severity::Note), "note")];
    let words = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(*count, word));
    (diagnostics.len() > 1).then(|| words.collect::<Vec<_>>().join(", "))
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// How diagnostics are drawn.
enum Style {
    /// On a terminal.
    Graphical(Box<GraphicalReportHandler>),
    /// In a log, a pipe, or for a screen reader (`NO_GRAPHICS`).
    Plain,
}

impl Style {
    fn detect() -> Self {
        if set("NO_GRAPHICS") || !stderr().is_terminal() {
            return Self::Plain;
        }
        let theme = if set("NO_COLOR") { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::unicode() };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_context_lines(1);
        Self::Graphical(Box::new(handler.with_width(width())))
    }

    fn render(&self, diagnostic: &Diagnostic) -> String {
        let Self::Graphical(handler) = self else { return plain::diagnostic(diagnostic) };
        let mut text = String::new();
        match handler.render_report(&mut text, &View::new(diagnostic)) {
            Ok(()) => text,
            Err(fmt::Error) => plain::diagnostic(diagnostic),
        }
    }
}

/// Whether a variable of the process environment is set and not empty (no-color.org).
fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .filter(|columns| *columns >= 40)
        .unwrap_or(120)
}

/// A diagnostic as miette wants it: labels of one file; those of other files become part of the help.
#[derive(Debug)]
struct View<'d> {
    diagnostic: &'d Diagnostic,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
}

impl<'d> View<'d> {
    fn new(diagnostic: &'d Diagnostic) -> Self {
        let file = diagnostic.labels.first().map(|label| &label.file);
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            diagnostic.labels.iter().partition(|label| file.is_some_and(|file| file.name() == label.file.name()));
        let source = file.map(|file| NamedSource::new(file.name(), plain::without_controls(file.text())));
        let places = elsewhere.into_iter().map(plain::place);
        let lines: Vec<_> = diagnostic.help.clone().into_iter().chain(places).collect();
        let help = (!lines.is_empty()).then(|| lines.join("\n"));
        Self { diagnostic, source, labels: here.into_iter().map(span).collect(), help }
    }
}

fn span(label: &Label) -> LabeledSpan {
    let text = (!label.text.is_empty()).then(|| label.text.clone());
    LabeledSpan::new(text, label.span.start, label.span.end.saturating_sub(label.span.start))
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.diagnostic.code, self.diagnostic.message)
    }
}

impl std::error::Error for View<'_> {}

impl miette::Diagnostic for View<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|source| source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use legwork::diagnostic::codes;
    use legwork::source::{SourceFile, Span};

    #[test]
    fn a_terminal_gets_a_drawing_with_the_code_in_front() {
        let text = "tasks:\n  - type: HTPP\u{1b}\n";
        let file = SourceFile::new("a.yaml", text);
        let diagnostic = Diagnostic::new(codes::E0305, "`HTPP` is not known")
            .label(&file, Span::new(17, 21), "here")
            .label(&SourceFile::new("b.yaml", "a: b\n"), Span::new(3, 4), "the rule")
            .help("did you mean HTTP?");
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(80);
        let drawn = Style::Graphical(Box::new(handler)).render(&diagnostic);
        for part in [
            "× E0305: `HTPP` is not known",
            "a.yaml:2:11",
            "── here",
            "help: did you mean HTTP?",
            "b.yaml:1:4: the rule",
        ] {
            assert!(drawn.contains(part), "no `{part}` in:\n{drawn}");
        }
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }

    #[test]
    fn several_are_counted() {
        let one = |severity| Diagnostic::new(codes::E0305, "").severity(severity);
        let all = [one(Severity::Error), one(Severity::Error), one(Severity::Warning)];
        assert_eq!(summary(&all).as_deref(), Some("2 errors, 1 warning"));
        assert_eq!(summary(&all[..1]), None);
    }
}
