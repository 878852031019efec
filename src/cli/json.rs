//! Diagnostics as JSON, one object for a whole command.

use legwork::diagnostic::{Diagnostic, Severity};
use serde_json::{Value, json};

/// `{"diagnostics": [{"code", "severity", "message", "help", "file", "line", "column", "span", "pointer", "related"}]}`.
///
/// `line` and `column` count from 1, `span` is `{"start", "end"}` in bytes, end exclusive; what is not known is null.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic]) -> Value {
    json!({ "diagnostics": diagnostics.iter().map(diagnostic).collect::<Vec<_>>() })
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let mut places = diagnostic.labels.iter().map(|label| {
        let (line, column) = label.file.position(label.span.start);
        let span = json!({ "start": label.span.start, "end": label.span.end });
        json!({ "file": label.file.name(), "line": line, "column": column, "span": span, "label": label.text })
    });
    let main = places.next().unwrap_or_default();
    json!({
        "code": diagnostic.code.id(),
        "severity": severity(diagnostic.severity),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "file": main.get("file"),
        "line": main.get("line"),
        "column": main.get("column"),
        "span": main.get("span"),
        "pointer": diagnostic.pointer.as_ref().map(legwork::source::Pointer::as_str),
        "related": places.collect::<Vec<_>>(),
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
