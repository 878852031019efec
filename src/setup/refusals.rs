//! Why a task was refused before anything was sent, as diagnostics that point into the definition.

use crate::diagnostic::{Diagnostic, codes};
use crate::http::RequestError;
use crate::plan::{self, Node, Plan};
use crate::run::{Inspection, Run, TestError};
use crate::source::Pointer;
use crate::task::CallRecord;

/// The refusals of a run.
#[must_use]
pub fn of_run(run: &Run) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, execution) in run.family.executions() {
        for (task, refusal) in execution.refusals() {
            found.extend(
                execution.node_of(task).map(|node| refusal.diagnostics(execution.plan(), node)).into_iter().flatten(),
            );
        }
    }
    for (task, call) in &run.calls {
        let execution = run.family.execution(task.workflow);
        let known = execution.and_then(|execution| Some((execution.plan(), execution.node_of(task.task)?)));
        found.extend(known.and_then(|(plan, node)| of_call(call, plan, node)));
    }
    found
}

/// What a test request has to say: inputs that came from an example, refusals, and the rules that its body breaks without being wrong.
#[must_use]
pub fn said(inspection: &Inspection, plan: &Plan) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    if !inspection.from_example.is_empty() {
        let (names, entry) = (inspection.from_example.join(", "), &plan.node(inspection.node).name);
        let message = format!("no input was given for {names}: the first example of {entry} stands in");
        said.push(Diagnostic::new(codes::E0613, message).help("give your own with -i NAME=VALUE"));
    }
    said.extend(of_test(inspection, plan));
    said
}

/// Why it is not clear which task is to be tested, with those that there are.
#[must_use]
pub fn unclear(err: &TestError, plan: &Plan) -> Diagnostic {
    let names: Vec<_> = plan.callable().map(|(_, node)| &*node.reference_name).collect();
    let help = match err {
        TestError::NothingToTest => {
            "an HTTP task, or a SIMPLE task of a task definition with a request, can be tested".to_owned()
        }
        _ if names.is_empty() => "no task of this workflow sends a request".to_owned(),
        _ => format!("give --task with one of: {}", names.join(", ")),
    };
    Diagnostic::new(codes::E0611, err.to_string()).help(help)
}

/// The refusals of a test request, and the rules that its body breaks without being wrong.
#[must_use]
pub fn of_test(inspection: &Inspection, plan: &Plan) -> Vec<Diagnostic> {
    let node = plan.node(inspection.node);
    let mut found = inspection.refusal.as_ref().map(|refusal| refusal.diagnostics(plan, node)).unwrap_or_default();
    let body = node.pointer.key("inputParameters").key("body");
    let warnings = inspection.warnings.iter().map(|violation| plan::violation_diagnostic(plan, node, &body, violation));
    found.extend(warnings);
    found.extend(inspection.call.as_ref().and_then(|call| of_call(call, plan, node)));
    found
}

fn of_call(call: &CallRecord, plan: &Plan, node: &Node) -> Option<Diagnostic> {
    match call.refused.as_ref()? {
        RequestError::Refused(refusal) => Some(placed(refusal.diagnostic(), plan, node, &refusal.pointer)),
        RequestError::UnsetSecret(unset) => {
            let help = format!("set CONDUCTOR_SECRET_{}, or name it in --env-file", unset.name);
            Some(placed(Diagnostic::new(codes::E0308, unset.to_string()).help(help), plan, node, &unset.pointer))
        }
        // What a Conductor server fails at is told by the task's reason.
        RequestError::Failed { .. } | RequestError::NeverRuns => None,
    }
}

fn placed(diagnostic: Diagnostic, plan: &Plan, node: &Node, pointer: &Pointer) -> Diagnostic {
    let span = plan::input_place(&plan.document, &node.pointer, pointer);
    diagnostic.label(&plan.document.file, span, "")
}
