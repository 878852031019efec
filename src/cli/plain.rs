//! Diagnostics as plain text: `file:line:column: error[E0203]: sentence`, the line, and what to do.

use legwork::diagnostic::{Diagnostic, Label, Severity};
use std::fmt::Write;

/// At most so many characters of a line are shown; of a longer one, the part around the place.
const LINE_CHARACTERS: usize = 120;

/// One diagnostic, several lines.
pub(crate) fn diagnostic(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut text = String::new();
    if let Some(label) = diagnostic.labels.first() {
        let (line, column) = label.file.position(label.span.start);
        let _ = write!(text, "{}:{line}:{column}: ", label.file.name());
    }
    let _ = writeln!(text, "{severity}[{}]: {}", diagnostic.code, without_controls(&diagnostic.message));
    if let Some(label) = diagnostic.labels.first() {
        snippet(&mut text, label);
    }
    for label in diagnostic.labels.iter().skip(1) {
        let _ = writeln!(text, "  see: {}", place(label));
    }
    for line in diagnostic.help.iter().flat_map(|help| help.lines()) {
        let _ = writeln!(text, "  help: {}", without_controls(line));
    }
    text
}

/// `file:line:column: words`.
pub(crate) fn place(label: &Label) -> String {
    let (line, column) = label.file.position(label.span.start);
    let place = format!("{}:{line}:{column}", label.file.name());
    if label.text.is_empty() { place } else { format!("{place}: {}", label.text) }
}

/// The text with each control character other than a line end and a tab as `?`: a file must not be able to move the cursor.
pub(crate) fn without_controls(text: &str) -> String {
    text.chars().map(|ch| if ch.is_ascii_control() && !matches!(ch, '\n' | '\t' | '\r') { '?' } else { ch }).collect()
}

/// The line of the place, and marks under it.
fn snippet(text: &mut String, label: &Label) {
    let file = label.file.text();
    let start = label.span.start.min(file.len());
    let Some((before, after)) = file.split_at_checked(start) else { return };
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = file[line_start..].lines().next().unwrap_or_default();
    let at = before[line_start..].chars().count();
    let marked =
        after.get(..label.span.end.saturating_sub(start)).unwrap_or_default().lines().next().unwrap_or_default();
    let number = label.file.position(start).0.to_string();
    let skipped = at.saturating_sub(LINE_CHARACTERS / 2);
    let shown: String = line.chars().skip(skipped).take(LINE_CHARACTERS).collect();
    let marks = "^".repeat(marked.chars().count().clamp(1, (LINE_CHARACTERS + skipped - at).max(1)));
    // A tab before the place stands before the marks too, so that they are in line.
    let pad: String =
        line.chars().skip(skipped).take(at - skipped).map(|ch| if ch == '\t' { '\t' } else { ' ' }).collect();
    let margin = " ".repeat(number.len());
    let _ = writeln!(text, "  {number} | {}", without_controls(shown.trim_end()));
    let _ = writeln!(text, "  {margin} | {}", format!("{pad}{marks} {}", label.text).trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;
    use legwork::diagnostic::codes;
    use legwork::source::{SourceFile, Span};

    fn check(text: &str, at: &str, expected: &str) {
        let file = SourceFile::new("a.yaml", text);
        let start = text.find(at).expect("the place");
        let diagnostic =
            Diagnostic::new(codes::E0305, "no value").label(&file, Span::new(start, start + at.len()), "here");
        assert_eq!(super::diagnostic(&diagnostic.help("give one")), expected);
    }

    #[test]
    fn the_place_stands_in_front_and_is_marked() {
        check(
            "a: 1\n  b: é ${x}\n",
            "${x}",
            "a.yaml:2:8: error[E0305]: no value\n  2 |   b: é ${x}\n    |        ^^^^ here\n  help: give one\n",
        );
        check(
            "\ta\u{1b}b",
            "b",
            "a.yaml:1:4: error[E0305]: no value\n  1 | \ta?b\n    | \t  ^ here\n  help: give one\n",
        );
        check(
            "a: |\n  b\n  c\n",
            "b\n  c",
            "a.yaml:2:3: error[E0305]: no value\n  2 |   b\n    |   ^ here\n  help: give one\n",
        );
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let text = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let (left, right) = ("a".repeat(60), "b".repeat(59));
        let expected = format!(
            "a.yaml:1:501: error[E0305]: no value\n  1 | {left}X{right}\n    | {}^ here\n  help: give one\n",
            " ".repeat(60)
        );
        check(&text, "X", &expected);
    }

    #[test]
    fn without_a_place_the_sentence_stands_alone() {
        let diagnostic = Diagnostic::new(codes::E0601, "no file `a.yaml`");
        assert_eq!(super::diagnostic(&diagnostic), "error[E0601]: no file `a.yaml`\n");
    }
}
