//! Whether the scripts of a definition can be read: asked of whoever can tell, since the core has no evaluator.

use super::build::Builder;
use crate::definition::{Dialect, TaskType, WorkflowTask};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::source::Pointer;
use serde_json::Value;
use std::borrow::Cow;

/// Says why a text is no script of a language (`javascript`, `graaljs`, `python`, `jq`); `None` when it is one.
///
/// Source: the evaluator that runs it; with the feature `script`, `task::script::problem`.
pub type ScriptCheck = fn(language: &str, text: &str) -> Option<String>;

/// The script that a LAMBDA runs: what is written is the body of a function.
#[must_use]
pub fn lambda_script(body: &str) -> String {
    format!("function scriptFun(){{{body}}} scriptFun();")
}

/// A script of a task.
struct Script<'t> {
    language: &'t str,
    text: Cow<'t, str>,
    pointer: Pointer,
}

impl Builder<'_> {
    /// Says what is wrong with the scripts of a task. A server looks at those of a SWITCH when the definition is registered, and
    /// finds out about the others when they run.
    pub(super) fn scripts_can_be_read(&mut self, task: &WorkflowTask, pointer: &Pointer) {
        let Some(check) = self.scripts else { return };
        let Some(script) = script(task, pointer) else { return };
        let Some(problem) = check(script.language, &script.text) else { return };
        let refused =
            self.dialect == Dialect::Legwork || (task.task_type == TaskType::Switch && script.language == "javascript");
        let severity = if refused { Severity::Error } else { Severity::Warning };
        let first = problem.lines().next().unwrap_or_default();
        let message = format!("the script of `{}` cannot be read: {first}", task.task_reference_name);
        let diagnostic = Diagnostic::new(codes::E0621, message)
            .help("mend the script; `legwork test-workflow` runs it with inputs of your own")
            .severity(severity);
        self.say(diagnostic, &script.pointer);
    }
}

/// The script of a task, where it is written out: one that holds an expression is known only when it runs.
fn script<'t>(task: &'t WorkflowTask, pointer: &Pointer) -> Option<Script<'t>> {
    let own = |language: &'t str, text: &'t Option<String>, name: &str| {
        Some(Script { language, text: text.as_deref()?.into(), pointer: pointer.key(name) })
    };
    let input = |language: &'t str, name: &str| {
        let text = task.input_parameters.get(name)?.as_str()?;
        Some(Script { language, text: text.into(), pointer: pointer.key("inputParameters").key(name) })
    };
    let found = match &task.task_type {
        TaskType::Switch => match task.evaluator_type.as_deref() {
            None | Some("value-param") => None,
            Some(language) => own(language, &task.expression, "expression"),
        },
        TaskType::Decision => own("javascript", &task.case_expression, "caseExpression"),
        TaskType::DoWhile => own("javascript", &task.loop_condition, "loopCondition"),
        TaskType::Inline => {
            let language = task.input_parameters.get("evaluatorType").and_then(Value::as_str).unwrap_or("javascript");
            input(language, "expression").filter(|_| language != "value-param")
        }
        TaskType::Lambda => input("javascript", "scriptExpression")
            .map(|script| Script { text: lambda_script(&script.text).into(), ..script }),
        TaskType::JsonJqTransform => input("jq", "queryExpression"),
        _ => None,
    };
    found.filter(|script| !script.text.trim().is_empty() && !script.text.contains("${"))
}
