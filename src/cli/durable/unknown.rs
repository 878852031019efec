//! Calls that were under way when a run stopped, and must not simply be sent again.

use legwork::catalogue::Catalogue;
use legwork::definition::HttpInput;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::run::{Resumed, Runner, Unknown};
use legwork::secret::Redactor;
use std::path::Path;

/// Looks up what became of the calls whose task definition says how.
pub(super) async fn look_up(_: &Runner, _: &Catalogue, _: &mut Resumed, _: &mut Vec<Diagnostic>) {}

/// The calls that somebody has to decide about, and how.
pub(super) fn report(journal: &Path, resumed: &Resumed, redactor: &Redactor) -> Vec<Diagnostic> {
    resumed.unknown().iter().map(|unknown| diagnostic(journal, resumed, unknown, redactor)).collect()
}

fn diagnostic(journal: &Path, resumed: &Resumed, unknown: &Unknown<'_>, redactor: &Redactor) -> Diagnostic {
    let name = &unknown.state.reference_name;
    let call = unknown.request.and_then(|request| {
        let input = HttpInput::of(request.value.as_object()?);
        Some(format!(" ({} {})", input.method?.as_str()?, input.uri?.as_str()?))
    });
    let message = format!(
        "`{name}`{} was about to be sent when the run stopped: whether it was carried out is not known",
        call.map(|call| redactor.redact(&call).into_owned()).unwrap_or_default()
    );
    let resume = format!("legwork resume {}", journal.display());
    let help = format!(
        "find out; then `{resume} --answer '{name}={{\"response\": {{...}}}}'` if it was, `{resume} --resend {name}` if it was not, \
         or `{resume} --fail {name}` to give it up"
    );
    let diagnostic = Diagnostic::new(codes::E0631, message).help(help);
    let Some(plan) = resumed.family().execution(unknown.task.workflow).map(|execution| execution.plan()) else {
        return diagnostic;
    };
    let pointer = unknown.node.pointer.key("taskReferenceName");
    let span = plan.document.spans.locate(&pointer).value;
    diagnostic.label(&plan.document.file, span, "")
}
