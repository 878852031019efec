//! What each type of task cannot do without.

use super::super::read::Cursor;
use super::{Checker, head, present, text};
use crate::diagnostic::codes;
use serde_json::Value;

/// The input parameters of a dynamic fork that runs one task many times; they stand for the fields of the other form.
const FORK_INPUTS: &[&str] = &["forkTaskType", "forkTaskName", "forkTaskWorkflow", "forkTaskInputs"];

impl Checker<'_> {
    /// Checks a task by its type.
    pub(super) fn operator(&mut self, task: &Cursor<'_>) {
        match text(task, "type").unwrap_or_default() {
            "SWITCH" => self.switch(task),
            "DECISION" => self.decision(task),
            "DO_WHILE" => {
                self.needs(task, "loopCondition", "a JavaScript condition, such as `$.loop['iteration'] < 3`");
                self.needs_some(task, "loopOver", "the tasks to repeat");
            }
            "FORK_JOIN" => self.needs_some(task, "forkTasks", "a list of branches, each a list of tasks"),
            "FORK_JOIN_DYNAMIC" => self.dynamic_fork(task),
            "DYNAMIC" => {
                self.needs(task, "dynamicTaskNameParam", "the name of the input parameter that holds the task's name");
            }
            "SUB_WORKFLOW" => self.needs(task, "subWorkflowParam", "the `name` and `version` of the workflow to run"),
            "EVENT" => self.needs(task, "sink", "where the event goes, such as `conductor:name`"),
            "TERMINATE" => self.terminate(task),
            "WAIT" => self.wait(task),
            "HTTP" => self.http(task),
            "JSON_JQ_TRANSFORM" => self.needs_input(task, "queryExpression", "the jq program"),
            "KAFKA_PUBLISH" => self.needs_input(task, "kafka_request", "the message to publish"),
            _ => {}
        }
    }

    fn switch(&mut self, task: &Cursor<'_>) {
        if present(task, "evaluatorType").is_none() {
            self.needs(task, "evaluatorType", "`value-param` or `javascript`");
        } else {
            self.needs(
                task,
                "expression",
                "the input parameter (value-param) or the script (javascript) that gives the case",
            );
        }
        self.needs_some(task, "decisionCases", "a mapping from each case to its list of tasks");
    }

    fn decision(&mut self, task: &Cursor<'_>) {
        if present(task, "caseExpression").is_none() {
            self.needs(task, "caseValueParam", "the input parameter that gives the case");
        }
        self.needs_some(task, "decisionCases", "a mapping from each case to its list of tasks");
    }

    fn dynamic_fork(&mut self, task: &Cursor<'_>) {
        let parts = ["dynamicForkTasksParam", "dynamicForkTasksInputParamName"];
        let given = parts.into_iter().find_map(|key| present(task, key));
        match present(task, "dynamicForkJoinTasksParam") {
            None if FORK_INPUTS.iter().any(|key| task.value.pointer(&format!("/inputParameters/{key}")).is_some()) => {}
            None => {
                self.needs(task, "dynamicForkTasksParam", "the input parameter that holds the list of tasks");
                self.needs(task, "dynamicForkTasksInputParamName", "the input parameter that holds their inputs");
            }
            Some(old) => {
                let Some(given) = given else { return };
                let message = format!("`dynamicForkJoinTasksParam`{} excludes `{}`", old.of_task(), given.name());
                self.refuse(
                    codes::E0215,
                    &old,
                    old.span(),
                    message,
                    "keep `dynamicForkTasksParam` and `dynamicForkTasksInputParamName`",
                );
                self.report.also(given.span(), "the other one");
            }
        }
    }

    fn terminate(&mut self, task: &Cursor<'_>) {
        let optional =
            task.get("optional").filter(|it| it.value == &Value::Bool(true) || it.value.as_str() == Some("true"));
        if let Some(optional) = optional {
            let message = format!("`optional`{} must be false: TERMINATE cannot be optional", optional.of_task());
            self.refuse(codes::E0211, &optional, optional.span(), message, "remove `optional`");
        }
        let inputs = task.get("inputParameters");
        let status = inputs.as_ref().and_then(|inputs| inputs.get("terminationStatus"));
        let known = |status: &Cursor<'_>| matches!(status.value.as_str(), Some("COMPLETED" | "FAILED" | "TERMINATED"));
        if status.as_ref().is_some_and(known) {
            return;
        }
        let (of, help) = (
            task.of_task(),
            "write COMPLETED, FAILED or TERMINATED itself; a SWITCH can choose between two TERMINATE tasks",
        );
        if let Some(status) = status {
            let message =
                format!("`terminationStatus`{of} must be COMPLETED, FAILED or TERMINATED, not {}", status.value);
            self.refuse(codes::E0211, &status, status.span(), message, help);
        } else {
            let message = format!("`terminationStatus` is missing from the input parameters{of}");
            self.refuse(codes::E0211, task, head(task), message, help);
        }
    }

    /// A field that must be there and not null.
    fn needs(&mut self, task: &Cursor<'_>, key: &str, what: &str) {
        if present(task, key).is_none() {
            self.lacks(task, key, what);
        }
    }

    /// A list or mapping that must not be empty.
    fn needs_some(&mut self, task: &Cursor<'_>, key: &str, what: &str) {
        let empty = match task.value.get(key) {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.is_empty(),
            Some(Value::Object(map)) => map.is_empty(),
            // Of a wrong type, which has been said already.
            Some(_) => false,
        };
        if empty {
            self.lacks(task, key, what);
        }
    }

    /// An input parameter that must be there, if only as null, or in the task definition's `inputTemplate`.
    fn needs_input(&mut self, task: &Cursor<'_>, key: &str, what: &str) {
        if !self.has_input(task, &[key]) {
            self.lacks(task, &format!("inputParameters.{key}"), what);
        }
    }

    fn lacks(&mut self, task: &Cursor<'_>, key: &str, what: &str) {
        let kind = text(task, "type").unwrap_or_default();
        let message = format!("`{key}`{} is missing: {kind} needs it", task.of_task());
        self.refuse(codes::E0210, task, head(task), message, &format!("add `{key}`: {what}"));
    }

    /// Whether one of the keys is among a task's input parameters or in the template of its task definition.
    pub(super) fn has_input(&self, task: &Cursor<'_>, keys: &[&str]) -> bool {
        if keys.iter().any(|key| task.value.get("inputParameters").is_some_and(|inputs| inputs.get(*key).is_some())) {
            return true;
        }
        if let Some(embedded) = task.value.get("taskDefinition").filter(|def| def.is_object()) {
            return keys
                .iter()
                .any(|key| embedded.get("inputTemplate").is_some_and(|template| template.get(*key).is_some()));
        }
        let def = text(task, "name").and_then(self.task_def);
        def.is_some_and(|def| keys.iter().any(|key| def.input_template.contains_key(*key)))
    }
}
