//! What can be chosen at a place: fixes, and the runs of a task for editors without lenses.

use crate::editor::{self, Fix, FixKind, task_at};
use crate::lsp::convert;
use crate::lsp::protocol::{Code, CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Diagnostic};
use crate::lsp::view::View;
use crate::source::Span;
use serde_json::json;

/// The kind of the action that sends a request.
pub(in crate::lsp) const TEST_REQUEST: &str = "source.legwork.testRequest";

/// The kind of the action that shows one.
pub(in crate::lsp) const DRY_RUN: &str = "source.legwork.dryRun";

/// `textDocument/codeAction`.
pub(super) fn actions(view: &View, params: &CodeActionParams) -> Vec<CodeActionResponse> {
    let within = view.document.span(params.range);
    let fixes = editor::fixes(&view.snapshot(), within).into_iter();
    let mut actions: Vec<_> = fixes.map(|fix| of_fix(fix, view, &params.context.diagnostics)).collect();
    actions.extend(of_task(view, within));
    if let Some(only) = &params.context.only {
        actions.retain(|action| action.kind.as_ref().is_some_and(|kind| only.iter().any(|only| is_below(kind, only))));
    }
    actions.into_iter().map(CodeActionResponse::CodeAction).collect()
}

/// `source.legwork.dryRun` is below `source`; everything is below the empty kind.
fn is_below(kind: &CodeActionKind, only: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(only.as_str());
    only.as_str().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn of_fix(fix: Fix, view: &View, shown: &[Diagnostic]) -> CodeAction {
    let code = fix.code.map(|code| Code::String(code.id().to_owned()));
    let mended: Vec<_> = shown.iter().filter(|one| code.is_some() && one.code == code).cloned().collect();
    CodeAction {
        kind: Some(match fix.kind {
            FixKind::Mend => CodeActionKind::QuickFix,
            FixKind::Rewrite => CodeActionKind::RefactorRewrite,
        }),
        diagnostics: Some(mended).filter(|mended| !mended.is_empty()),
        edit: serde_json::from_value(convert::workspace_edit(view, &fix.edits)).ok(),
        ..action(fix.title)
    }
}

fn of_task(view: &View, within: Span) -> Vec<CodeAction> {
    let snapshot = view.snapshot();
    let task = task_at(&snapshot, within.start).filter(|task| task.is_callable && !task.reference_name.is_empty());
    let Some(task) = task else { return Vec::new() };
    let argument = || json!({"uri": view.document.uri.0, "task": task.reference_name});
    let run = |title: String, kind: &'static str, command: &str| CodeAction {
        kind: Some(CodeActionKind::Custom(kind.into())),
        command: Some(convert::command(title.clone(), command, argument())),
        ..action(title)
    };
    vec![
        run(format!("Test request {}", task.reference_name), TEST_REQUEST, "legwork.testRequest"),
        run(format!("Dry run {}", task.reference_name), DRY_RUN, "legwork.dryRun"),
    ]
}

fn action(title: String) -> CodeAction {
    CodeAction { title, ..CodeAction::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_below_its_beginnings() {
        let check = |kind: &'static str, only: &'static str, expected: bool| {
            let [kind, only] = [kind, only].map(|text| CodeActionKind::Custom(text.into()));
            assert_eq!(is_below(&kind, &only), expected);
        };
        check(DRY_RUN, "source", true);
        check(DRY_RUN, "", true);
        check(DRY_RUN, "source.legwork.dryRun", true);
        check(DRY_RUN, "source.leg", false);
        check("quickfix", "source", false);
    }
}
