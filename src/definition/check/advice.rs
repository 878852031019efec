//! Warnings: what a server accepts although it fails, or waits for ever, when it runs.

use super::super::TaskType;
use super::super::read::Cursor;
use super::{Checker, head, present, text};
use crate::diagnostic::{Severity, codes, nearest};
use crate::source::Span;
use serde_json::Value;

impl Checker<'_> {
    /// Warns about a task; `next` is the one behind it in its list.
    pub(super) fn advise(&mut self, task: &Cursor<'_>, next: Option<&Cursor<'_>>) {
        match text(task, "type").unwrap_or("SIMPLE") {
            "FORK_JOIN" => {
                self.empty_branches(task);
                self.joined(task, next);
            }
            "FORK_JOIN_DYNAMIC" => self.joined(task, next),
            "INLINE" if !self.has_input(task, &["expression"]) => {
                let message = format!("`inputParameters.expression`{} is missing", task.of_task());
                self.fails(task, head(task), message, "add the script as `expression`");
            }
            "SUB_WORKFLOW" => self.sub_workflow(task),
            other => self.known_type(task, other),
        }
    }

    /// It is accepted, but it fails when it runs.
    pub(super) fn fails(&mut self, at: &Cursor<'_>, span: Option<Span>, message: String, help: &str) {
        self.report.at_span(codes::E0216, at, span, message, help.to_owned());
    }

    fn empty_branches(&mut self, task: &Cursor<'_>) {
        let Some(branches) = task.get("forkTasks") else { return };
        for branch in branches.items().filter(|branch| branch.value.as_array().is_some_and(Vec::is_empty)) {
            let message = format!("a branch{} has no tasks, and the workflow cannot start with it", task.of_task());
            self.fails(&branch, branch.span(), message, "remove the branch, or put a NOOP task into it");
        }
    }

    fn joined(&mut self, task: &Cursor<'_>, next: Option<&Cursor<'_>>) {
        let is_join = |next: &Cursor<'_>| matches!(text(next, "type"), Some("JOIN" | "EXCLUSIVE_JOIN"));
        if !next.is_some_and(is_join) {
            let message = format!("no JOIN follows the fork{}", task.of_task());
            self.fails(task, head(task), message, "put a task of type JOIN right behind it");
        }
    }

    fn sub_workflow(&mut self, task: &Cursor<'_>) {
        let Some(param) = present(task, "subWorkflowParam").filter(|param| param.value.is_object()) else { return };
        if present(&param, "name").is_none() && present(&param, "workflowDefinition").is_none() {
            let message = format!("`subWorkflowParam`{} names no workflow", task.of_task());
            self.fails(&param, param.key_span(), message, "add its `name`");
        }
    }

    fn known_type(&mut self, task: &Cursor<'_>, name: &str) {
        let kind = TaskType::parse(name);
        let unknown = matches!(kind, TaskType::Other(_)) && !kind.runs_on_servers_only();
        let Some(at) = task.get("type").filter(|at| unknown && at.value != &Value::Null) else {
            return;
        };
        let message =
            format!("`{name}`{} is no type of a system task: it waits for a worker of that name", task.of_task());
        let meant = nearest(name, TaskType::names().chain(TaskType::SERVER_ONLY.iter().copied()));
        let help = meant.map_or_else(
            || "use SIMPLE with this as its `name` if a worker is meant".to_owned(),
            |meant| format!("did you mean {meant}?"),
        );
        self.report.at_span(codes::E0217, &at, at.span(), message, help);
        if meant.is_none() {
            self.report.severity(Severity::Note);
        }
    }
}
