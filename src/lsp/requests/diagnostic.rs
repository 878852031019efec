//! What is wrong with a document: given when it is asked for, or sent.

use crate::diagnostic::{Diagnostic as Found, Severity};
use crate::editor::{self, FileKind, task_named};
use crate::lsp::outbox::Outbox;
use crate::lsp::position::Lines;
use crate::lsp::protocol::{
    Code, Diagnostic, DiagnosticMessage, DiagnosticRelatedInformation, DiagnosticSeverity, DocumentDiagnosticReport,
    FullDocumentDiagnosticReport, Location, PublishDiagnosticsParams, Range, RelatedFullDocumentDiagnosticReport, Uri,
};
use crate::lsp::uri;
use crate::lsp::view::View;
use crate::source::{SourceFile, Span};
use serde_json::{Value, json};
use std::path::Path;

/// Who says it.
const SOURCE: &str = "legwork";

/// `textDocument/diagnostic`.
pub(super) fn pulled<P>(view: &View, _: &P) -> DocumentDiagnosticReport {
    let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id: None, items: diagnostics(view) };
    RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report }.into()
}

/// Sends what is wrong with a version, unless it was edited meanwhile. About a file that is not ours nothing is sent.
pub(in crate::lsp) fn publish(view: &View, outbox: &Outbox, was_shown: bool) {
    let document = &view.document;
    if !was_shown && view.snapshot().kind() == FileKind::Other {
        return;
    }
    let diagnostics = diagnostics(view);
    if document.is_current() {
        send(
            outbox,
            PublishDiagnosticsParams { uri: document.uri.clone(), version: Some(document.version), diagnostics },
        );
    }
}

/// Takes back what was sent about a document that was closed.
pub(in crate::lsp) fn publish_none(outbox: &Outbox, uri: &Uri) {
    send(outbox, PublishDiagnosticsParams { uri: uri.clone(), version: None, diagnostics: Vec::new() });
}

fn send(outbox: &Outbox, params: PublishDiagnosticsParams) {
    outbox.notify("textDocument/publishDiagnostics", serde_json::to_value(params).unwrap_or_default());
}

/// What is wrong, and what became of the last runs.
fn diagnostics(view: &View) -> Vec<Diagnostic> {
    let snapshot = view.snapshot();
    let is_shared = view.is_shared();
    // What is wrong with the notation, every server for it says. What waits for task definitions is said when they are read.
    let own = editor::diagnostics(&snapshot)
        .iter()
        .filter(|found| (!is_shared || !found.code.id().starts_with("E01")) && !editor::is_premature(&snapshot, found));
    let mut all: Vec<_> = own.map(|found| converted(found, view)).collect();
    for (task, severity, message) in view.shared.runs.told(&view.document.uri) {
        let Some(task) = task_named(&snapshot, &task) else { continue };
        let span = task.reference_span.unwrap_or(task.span);
        all.push(Diagnostic {
            range: view.document.range(span),
            severity: Some(severity),
            source: Some(SOURCE.to_owned()),
            message: DiagnosticMessage::String(format!("{}: {message}", task.reference_name)),
            ..plain(view.document.range(span))
        });
    }
    all
}

fn converted(found: &Found, view: &View) -> Diagnostic {
    let document = &view.document;
    let own = found.labels.iter().find(|label| label.file.name() == document.file.name());
    let range = document.range(own.map_or(Span::new(0, 0), |label| label.span));
    let related = found.labels.iter().filter(|label| !own.is_some_and(|own| std::ptr::eq(*label, own)));
    let related: Vec<_> = related
        .filter_map(|label| {
            let message = if label.text.is_empty() { "see here".to_owned() } else { label.text.clone() };
            Some(DiagnosticRelatedInformation { location: location(view, &label.file, label.span)?, message })
        })
        .collect();
    let message = match &found.help {
        Some(help) => format!("{}\n{help}", found.message),
        None => found.message.clone(),
    };
    Diagnostic {
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Note => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(found.code.id().to_owned())),
        source: Some(SOURCE.to_owned()),
        message: DiagnosticMessage::String(message),
        related_information: Some(related).filter(|related| !related.is_empty()),
        data: Some(json!({"pointer": found.pointer.as_ref().map(ToString::to_string)})),
        ..plain(range)
    }
}

fn plain(range: Range) -> Diagnostic {
    Diagnostic {
        range,
        severity: None,
        code: None,
        code_description: None,
        source: None,
        message: DiagnosticMessage::String(String::new()),
        tags: None,
        related_information: None,
        data: None::<Value>,
    }
}

/// A place in this document or in a file of the disk; a definition inside the program has none.
pub(super) fn location(view: &View, file: &SourceFile, span: Span) -> Option<Location> {
    if file.name() == view.document.file.name() {
        return Some(view.document.location(span));
    }
    let path = Path::new(file.name());
    let lines = Lines::new(file.text(), view.shared.client.encoding);
    path.is_file().then(|| Location { uri: uri::uri(path), range: lines.range(file.text(), span) })
}
