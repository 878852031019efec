//! What can be said of a body before a run: the parts that hold no expression are judged by the entry's schema.

use super::{Kind, Node, Plan};
use crate::catalogue::{Entry, LazySchema};
use crate::definition::{Dialect, Document, HttpInput, TaskType, WorkflowTask};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::schema::Violation;
use crate::source::Pointer;
use serde_json::Value;

/// Judges the written body of a prepared HTTP task, or the parameters of a task by reference. Only what no value of an
/// expression can mend is told.
pub(super) fn check(
    document: &Document,
    task: &WorkflowTask,
    pointer: &Pointer,
    entry: &Entry,
    dialect: Dialect,
) -> Vec<Diagnostic> {
    if task.task_type == TaskType::Simple && dialect == Dialect::Legwork {
        let base = pointer.key("inputParameters");
        let violations = entry.judge_parameters(&task.input_parameters);
        return violations.iter().map(|violation| diagnostic(document, &base, violation, dialect)).collect();
    }
    let input = HttpInput::of(&task.input_parameters);
    let (Some(schema), Some(body)) = (entry.body_schema.as_ref().and_then(LazySchema::get), input.body) else {
        return Vec::new();
    };
    if task.task_type != TaskType::Http {
        return Vec::new();
    }
    let holes = holes(body);
    let base = pointer.key("inputParameters").join(&input.pointer("body"));
    let violations = schema.validate_with_holes(body, &holes);
    violations.iter().map(|violation| diagnostic(document, &base, violation, dialect)).collect()
}

/// The places of a body that hold expressions: what stands there only a run gives.
#[must_use]
pub fn holes(body: &Value) -> Vec<Pointer> {
    let mut holes = Vec::new();
    expressions(body, &Pointer::root(), &mut holes);
    holes
}

/// The diagnostic of a rule that the body of a task breaks; `base` is where the body stands in the definition.
///
/// The place is looked up in each layer that a value can come from: the body as written, then - for a task by reference,
/// whose input has no body - the parameter of that name.
#[must_use]
pub fn violation_diagnostic(plan: &Plan, node: &Node, base: &Pointer, violation: &Violation) -> Diagnostic {
    let own = node.entry.as_ref().and_then(|entry| entry.parameter_of(&violation.pointer));
    let parameter = own.map(|own| node.pointer.key("inputParameters").join(&own));
    let parameter = parameter.filter(|at| plan.document.value.pointer(at.as_str()).is_some());
    match (matches!(node.kind, Kind::ByReference), parameter) {
        (true, Some(at)) => {
            let span = plan.document.spans.locate(&at).value;
            let mut made = diagnostic(&plan.document, base, violation, plan.dialect);
            made.labels = vec![Label { file: plan.document.file.clone(), span, text: String::new() }];
            made
        }
        _ => diagnostic(&plan.document, base, violation, plan.dialect),
    }
}

/// The diagnostic of a violation in a body that stands at `base` of the definition.
fn diagnostic(document: &Document, base: &Pointer, violation: &Violation, dialect: Dialect) -> Diagnostic {
    let span = document.spans.locate(&base.join(&violation.pointer));
    let span = if span.exact { span.value } else { span.key.unwrap_or(span.value) };
    let mut diagnostic = Diagnostic::new(violation.code, violation.message.clone())
        .label(&document.file, span, "")
        .pointer(violation.pointer.clone());
    diagnostic.help.clone_from(&violation.help);
    diagnostic.severity = match dialect {
        Dialect::Legwork => violation.severity,
        Dialect::Conductor => violation.severity.max(Severity::Warning),
    };
    diagnostic
}

fn holds_expression(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.contains("${"))
}

fn expressions(value: &Value, at: &Pointer, into: &mut Vec<Pointer>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| expressions(value, &at.key(key), into)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| expressions(value, &at.index(index), into));
        }
        other if holds_expression(other) => into.push(at.clone()),
        _ => {}
    }
}
