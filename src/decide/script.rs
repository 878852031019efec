//! INLINE, LAMBDA and `JSON_JQ_TRANSFORM`: scripts over the task's input.

use super::{Command, Evaluate, Execution, Moment, Refused, ScriptKind, TaskIndex, TaskResult};
use crate::plan::{Kind, lambda_script};
use crate::resolve::{TaskStatus, java_text};
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl ScriptKind {
    /// The language of an evaluator's name; `value-param` is no language.
    #[must_use]
    pub fn parse(evaluator: &str) -> Option<Self> {
        match evaluator {
            "javascript" => Some(Self::Javascript),
            "graaljs" => Some(Self::Graaljs),
            "python" => Some(Self::Python),
            _ => None,
        }
    }
}

impl Execution {
    /// Asks for a script's value.
    pub(super) fn evaluate(&mut self, task: TaskIndex, kind: ScriptKind, text: Arc<str>, input: Value) {
        self.evaluating += 1;
        let task = self.address(task);
        self.commands.push(Command::Evaluate(Evaluate { task, kind, text, input }));
    }

    /// A script has given something.
    pub(super) fn evaluated(&mut self, task: TaskIndex, result: Result<Value, String>, moment: &mut Moment<'_>) {
        self.evaluating = self.evaluating.saturating_sub(1);
        if self.has_ended() || self.scope.task(task.0).is_none_or(|state| state.status.is_terminal()) {
            return;
        }
        match self.node(task).kind {
            Kind::Switch(_) => self.switch_evaluated(task, result, moment),
            Kind::Loop(_) => self.loop_evaluated(task, result, moment),
            Kind::Jq => self.jq_evaluated(task, result, moment),
            Kind::Lambda => self.script_evaluated(task, result, TaskStatus::Failed, moment),
            _ => self.script_evaluated(task, result, TaskStatus::FailedWithTerminalError, moment),
        }
    }

    pub(super) fn inline(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let input = &self.task(task).input;
        let evaluator =
            input.get("evaluatorType").filter(|name| !name.is_null()).map_or("javascript".into(), java_text);
        let Some(text) = text(input, "expression") else {
            return self.script_failed(task, empty("expression", "Inline"), moment);
        };
        if evaluator == "value-param" {
            let value = input.get(&*text).cloned().unwrap_or_default();
            return self.ended_at_once(task, result(value), moment);
        }
        match ScriptKind::parse(&evaluator) {
            Some(kind) => self.run_script(task, kind, text, moment),
            None => self.script_failed(task, format!("Unknown evaluator '{evaluator}' in Inline task."), moment),
        }
    }

    pub(super) fn lambda(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let Some(body) = text(&self.task(task).input, "scriptExpression") else {
            return self.fail_without_output(task, empty("scriptExpression", "Lambda"), moment);
        };
        self.run_script(task, ScriptKind::Javascript, lambda_script(&body).into(), moment);
    }

    pub(super) fn jq(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let Some(text) = text(&self.task(task).input, "queryExpression") else {
            return self.fail_without_output(task, "Missing 'queryExpression' in input parameters".to_owned(), moment);
        };
        self.run_script(task, ScriptKind::Jq, text, moment);
    }

    fn fail_without_output(&mut self, task: TaskIndex, reason: String, moment: &mut Moment<'_>) {
        let result = TaskResult::new(TaskStatus::Failed, Value::Object(Map::new()));
        self.finish(task, TaskResult { reason: Some(reason), ..result }, moment);
    }

    fn run_script(&mut self, task: TaskIndex, kind: ScriptKind, text: Arc<str>, moment: &mut Moment<'_>) {
        let input = self.revealed_input(task, moment);
        self.in_progress_from(task, moment);
        self.evaluate(task, kind, text, input);
    }

    fn jq_evaluated(&mut self, task: TaskIndex, result: Result<Value, String>, moment: &mut Moment<'_>) {
        match result {
            Ok(list) => {
                let first = list.get(0).cloned().unwrap_or_default();
                let output = [("result".to_owned(), first), ("resultList".to_owned(), list)];
                self.ended_at_once(task, output.into_iter().collect(), moment);
            }
            Err(error) => self.fail_with(task, TaskStatus::Failed, error, moment),
        }
    }

    fn script_evaluated(
        &mut self,
        task: TaskIndex,
        value: Result<Value, String>,
        failed: TaskStatus,
        moment: &mut Moment<'_>,
    ) {
        let evaluator = self.task(task).input.get("evaluatorType").and_then(Value::as_str);
        match value {
            // A server cannot write such an object down.
            Ok(Value::Object(_)) if evaluator == Some("python") && self.is_conductor() => {
                let reason = "Unable to upload payload to external storage".to_owned();
                self.fault(Refused::FirstTasks { reason }, moment);
            }
            Ok(value) => self.ended_at_once(task, result(value), moment),
            Err(error) => self.fail_with(task, failed, error, moment),
        }
    }

    fn script_failed(&mut self, task: TaskIndex, error: String, moment: &mut Moment<'_>) {
        self.fail_with(task, TaskStatus::FailedWithTerminalError, error, moment);
    }

    fn fail_with(&mut self, task: TaskIndex, status: TaskStatus, error: String, moment: &mut Moment<'_>) {
        let result = TaskResult::new(status, json!({"error": error}));
        self.finish(task, TaskResult { reason: Some(error), ..result }, moment);
    }
}

fn text(input: &Value, key: &str) -> Option<Arc<str>> {
    input.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(Into::into)
}

fn empty(key: &str, kind: &str) -> String {
    format!("Empty '{key}' in {kind} task's input parameters. A non-empty String value must be provided.")
}

fn result(value: Value) -> Map<String, Value> {
    Map::from_iter([("result".to_owned(), value)])
}
