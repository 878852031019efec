//! Whether the mocks of a tests file can stand for what they mock.

use super::plans::started_by;
use super::{Expect, Mock, Mocks, TestsFile, UnderTest};
use crate::definition::{TaskType, WorkflowDef, WorkflowTask};
use crate::diagnostic::{Diagnostic, Severity, codes, nearest};
use crate::resolve::TaskStatus;
use crate::schema::{Schema, Violation};
use crate::source::Pointer;
use serde_json::{Value, json};

/// How closely mocks are checked, as AWS TestState has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CheckMocks {
    /// Every rule of the task's output schema counts; unknown names and keys are errors.
    Strict,
    /// Only keys that are present are judged; unknown names and keys are warnings.
    #[default]
    Present,
    /// Nothing is checked.
    None,
}

/// What is wrong with the mocks of a tests file, and with the names that it expects something of.
#[must_use]
pub fn check_mocks(under_test: &UnderTest, file: &TestsFile, mode: CheckMocks) -> Vec<Diagnostic> {
    let Some(def) = under_test.document.workflow().filter(|_| mode != CheckMocks::None) else { return Vec::new() };
    let mut check = Check { under_test, file, mode, diagnostics: Vec::new() };
    for test in &file.tests {
        check.mocks(&test.mocks, def);
        check.expected(&test.expect, def);
    }
    check.diagnostics
}

struct Check<'c> {
    under_test: &'c UnderTest,
    file: &'c TestsFile,
    mode: CheckMocks,
    diagnostics: Vec<Diagnostic>,
}

impl Check<'_> {
    fn mocks(&mut self, mocks: &Mocks, def: &WorkflowDef) {
        let tasks = def.all_tasks();
        let base = mocks.pointer.key("taskRefToMockOutput");
        for (reference, list) in &mocks.tasks {
            let at = base.key(reference);
            match find(&tasks, reference) {
                None => self.unknown(&at, reference, &tasks),
                Some(task) if is_operator(&task.task_type) => {
                    let kind = task.task_type.as_str();
                    let help = "an operator runs by itself in a test; mock the tasks that it depends on";
                    self.say(&at, format!("`{reference}` is a {kind}: its mock is never used"), help.to_owned());
                }
                Some(task) => self.judge(task, list),
            }
        }
        let base = mocks.pointer.key("subWorkflowTestRequest");
        for (reference, child) in &mocks.children {
            let Some(task) = find(&tasks, reference) else {
                self.unknown(&base.key(reference), reference, &tasks);
                continue;
            };
            if let Some(def) = self.child(task) {
                self.mocks(child, &def);
            }
        }
    }

    /// The names that something is expected of: a wrong one would never be reached, and the test pass.
    fn expected(&mut self, expect: &Expect, def: &WorkflowDef) {
        let tasks = def.all_tasks();
        for (reference, task) in &expect.tasks {
            if find(&tasks, reference).is_none() {
                self.unknown(&task.pointer, reference, &tasks);
            }
        }
        for (reference, expect) in &expect.children {
            match find(&tasks, reference) {
                None => self.unknown(&expect.pointer, reference, &tasks),
                Some(task) => {
                    if let Some(def) = self.child(task) {
                        self.expected(expect, &def);
                    }
                }
            }
        }
    }

    /// The definition that a task starts, when it can be known beforehand.
    fn child(&self, task: &WorkflowTask) -> Option<WorkflowDef> {
        let written = task.sub_workflow_param.as_ref().and_then(|param| param.workflow_definition.as_ref());
        match written {
            Some(def @ Value::Object(_)) => Some(WorkflowDef::from_value(def)),
            _ => self.under_test.workflow(started_by(task)?).cloned(),
        }
    }

    fn unknown(&mut self, at: &Pointer, reference: &str, tasks: &[&WorkflowTask]) {
        // Names of tasks that only a run makes are not known beforehand.
        if tasks.iter().any(|task| task.task_type == TaskType::ForkJoinDynamic) {
            return;
        }
        let names = tasks.iter().map(|task| task.task_reference_name.as_str());
        let help = match nearest(reference, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its tasks are {}", names.collect::<Vec<_>>().join(", ")),
        };
        self.say(at, format!("the workflow has no task `{reference}`"), help);
    }

    fn judge(&mut self, task: &WorkflowTask, list: &[Mock]) {
        let Some(schema) = self.schema(task) else { return };
        for mock in list.iter().filter(|mock| mock.status == TaskStatus::Completed) {
            let output = Value::Object(mock.output.clone());
            for violation in schema.validate(&output) {
                self.violation(task, mock, &violation);
            }
        }
    }

    /// The schema of what the task gives: of its definition, else what every HTTP task has.
    fn schema(&self, task: &WorkflowTask) -> Option<Schema> {
        let own = task.task_definition.as_ref().and_then(|def| def.output_schema.as_ref()?.get("data").cloned());
        let entry = || {
            self.under_test
                .catalogue
                .get(&task.name)
                .and_then(|entry| entry.output_schema().map(|own| entry.self_contained(own).into_owned()))
        };
        let of_http = || (task.task_type == TaskType::Http).then(http_output);
        Schema::compile(&own.or_else(entry).or_else(of_http)?).ok()
    }

    fn violation(&mut self, task: &WorkflowTask, mock: &Mock, violation: &Violation) {
        let is_missing = violation.code == codes::E0401;
        if is_missing && self.mode == CheckMocks::Present {
            return;
        }
        let at = mock.pointer.key("output").join(&violation.pointer);
        let message = format!("the mock of `{}`: {}", task.task_reference_name, violation.message);
        let help = violation.help.clone().unwrap_or_else(|| {
            format!(
                "the output schema of {} says what its output is; --check-mocks none leaves it unchecked",
                task.name
            )
        });
        let severity = match self.mode {
            CheckMocks::Strict => Severity::Error,
            _ => violation.severity,
        };
        self.put(&at, message, help, severity);
    }

    fn say(&mut self, at: &Pointer, message: String, help: String) {
        let severity = if self.mode == CheckMocks::Strict { Severity::Error } else { Severity::Warning };
        self.put(at, message, help, severity);
    }

    fn put(&mut self, at: &Pointer, message: String, help: String, severity: Severity) {
        let located = self.file.spans.locate(at);
        let span = located.key.unwrap_or(located.value);
        let diagnostic = Diagnostic::new(codes::E0619, message).help(help).severity(severity);
        self.diagnostics.push(diagnostic.label(&self.file.file, span, "").pointer(at.clone()));
    }
}

/// The task of that reference name; `call__2` is a round of `call`.
fn find<'t>(tasks: &[&'t WorkflowTask], reference: &str) -> Option<&'t WorkflowTask> {
    let of = |name: &str| tasks.iter().find(|task| task.task_reference_name == name).copied();
    let round = || reference.rsplit_once("__").filter(|(_, round)| round.parse::<u32>().is_ok());
    of(reference).or_else(|| of(round()?.0))
}

fn is_operator(kind: &TaskType) -> bool {
    use TaskType::{Decision, DoWhile, ExclusiveJoin, ForkJoin, ForkJoinDynamic, Join, Switch, Terminate};
    matches!(kind, Decision | DoWhile | ExclusiveJoin | ForkJoin | ForkJoinDynamic | Join | Switch | Terminate)
}

/// What an HTTP task that went well gives.
fn http_output() -> Value {
    json!({
        "type": "object",
        "required": ["response"],
        "properties": {"response": {
            "type": "object",
            "required": ["statusCode"],
            "properties": {
                "statusCode": {"type": "integer"},
                "reasonPhrase": {"type": ["string", "null"]},
                "headers": {"type": "object", "additionalProperties": true},
                "body": true
            }
        }}
    })
}
