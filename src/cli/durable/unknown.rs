//! Calls that were under way when a run stopped, and must not simply be sent again.

use legwork::catalogue::Catalogue;
use legwork::definition::HttpInput;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::run::{self, Decision, Looked, Resumed, Runner, Unknown};
use legwork::secret::Redactor;
use std::path::Path;

/// Looks up what became of the calls whose task definition says how, and says what was found.
pub(super) async fn look_up(runner: &Runner, catalogue: &Catalogue, resumed: &mut Resumed, said: &mut Vec<Diagnostic>) {
    let mut decisions = Vec::new();
    for unknown in resumed.unknown() {
        let Some(with) = run::look_up_of(&unknown) else { continue };
        let name = &unknown.state.reference_name;
        if runner.services().ledger.is_some() {
            let message = format!("what became of `{name}` stands in the ledger, or is looked up with {with}");
            said.push(Diagnostic::new(codes::E0635, runner.services().redactor.redact(&message).into_owned()));
            decisions.push((unknown.task, Decision::NotFound));
            continue;
        }
        let (decision, found) = match run::look_up(runner, catalogue, &unknown).await {
            Looked::Found(output) => (Some(Decision::Found(output)), "it was carried out".to_owned()),
            Looked::NotFound => (Some(Decision::NotFound), "it was not carried out, and is sent again".to_owned()),
            Looked::Failed(why) => (None, format!("that did not tell: {why}")),
        };
        let message = format!("what became of `{name}` was looked up with {with}: {found}");
        let redacted = runner.services().redactor.redact(&message).into_owned();
        said.push(Diagnostic::new(codes::E0635, redacted));
        decisions.extend(decision.map(|decision| (unknown.task, decision)));
    }
    for (task, decision) in decisions {
        resumed.decide(task, decision);
    }
}

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
    let Some(execution) = resumed.family().execution(unknown.task.workflow) else { return diagnostic };
    let plan = execution.plan();
    let pointer = unknown.node.pointer.key("taskReferenceName");
    let span = plan.document.spans.locate(&pointer).value;
    diagnostic.label(&plan.document.file, span, "")
}
