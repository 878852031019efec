//! The walk over a workflow definition: names, reference names, numbers, and then each task by its type.

use super::super::WorkflowDef;
use super::super::read::{Cursor, kind, read_object};
use super::{Checker, head, integer, present, text};
use crate::diagnostic::codes;
use crate::source::Span;
use std::collections::HashMap;

/// The reference names so far, and where each stands first.
struct References {
    first: HashMap<String, Option<Span>>,
    /// Whether a server compares them: it does so inside loops too, but not in embedded definitions.
    enforced: bool,
}

/// The groups of tasks that a task of a type has: the field, and the types for which a server counts it.
const GROUPS: &[(&str, &[&str])] = &[
    ("decisionCases", &["SWITCH", "DECISION"]),
    ("defaultCase", &["SWITCH", "DECISION"]),
    ("forkTasks", &["FORK_JOIN"]),
    ("loopOver", &["DO_WHILE"]),
];

impl Checker<'_> {
    /// Checks a workflow definition.
    pub(super) fn workflow(&mut self, def: &Cursor<'_>) {
        self.name(def, "name", "the workflow");
        let version = def.get("schemaVersion");
        if let Some(version) = version.filter(|version| integer(version).is_some_and(|number| number != 2)) {
            let message = format!("`schemaVersion` must be 2, not {}", version.value);
            self.refuse(codes::E0209, &version, version.span(), message, "remove it: 2 is what is meant without it");
        }
        self.schemas(def);
        let tasks = def.get("tasks");
        if tasks.is_none_or(|tasks| tasks.value.is_null() || tasks.value.as_array().is_some_and(Vec::is_empty)) {
            let span = tasks.and_then(|tasks| tasks.key_span()).or_else(|| head(def));
            self.refuse(
                codes::E0207,
                def,
                span,
                "the workflow has no tasks".to_owned(),
                "add at least one task to `tasks`",
            );
        }
        if let Some(tasks) = tasks {
            let mut references = References { first: HashMap::new(), enforced: self.enforced };
            self.tasks(&tasks, Some(&mut references));
        }
    }

    /// A list of tasks. Without `references` their reference names are not compared.
    fn tasks(&mut self, list: &Cursor<'_>, mut references: Option<&mut References>) {
        let mut after = list.items().skip(1);
        for task in list.items() {
            let next = after.next();
            if task.value.is_object() {
                self.task(&task, references.as_deref_mut());
                self.advise(&task, next.as_ref());
            }
        }
    }

    fn task(&mut self, task: &Cursor<'_>, references: Option<&mut References>) {
        self.name(task, "name", "a task");
        let what = text(task, "name").map_or_else(|| "a task".to_owned(), |name| format!("the task `{name}`"));
        self.name(task, "taskReferenceName", &what);
        self.at_least(task, "startDelay", 0);
        self.operator(task);
        if let Some(def) = task.get("taskDefinition").filter(|def| def.value.is_object()) {
            self.unenforced(|checker| checker.task_def(&def));
        }
        self.embedded_workflow(task);
        self.children(task, references);
    }

    fn children(&mut self, task: &Cursor<'_>, mut references: Option<&mut References>) {
        if let (Some(references), Some(name)) = (references.as_deref_mut(), task.get("taskReferenceName")) {
            self.unique(&name, references);
        }
        let task_type = text(task, "type").unwrap_or("SIMPLE");
        for (key, types) in GROUPS {
            let Some(group) = task.get(key) else { continue };
            let counted = types.contains(&task_type);
            if counted && group.value.is_null() {
                self.null_group(&group);
            }
            let mut inner = if counted { references.as_deref_mut() } else { None };
            let mut check = |checker: &mut Self| checker.group(key, &group, counted, inner.take());
            if *key == "loopOver" { self.unenforced(check) } else { check(self) }
        }
    }

    fn group(&mut self, key: &str, group: &Cursor<'_>, counted: bool, mut references: Option<&mut References>) {
        let lists: Vec<Cursor<'_>> = match key {
            "decisionCases" => group.entries().map(|(_, case)| case).collect(),
            "forkTasks" => group.items().collect(),
            _ => return self.tasks(group, references),
        };
        for list in lists {
            if counted && list.value.is_null() {
                self.null_group(&list);
            }
            self.tasks(&list, references.as_deref_mut());
        }
    }

    /// A server fails over a null where it collects the tasks.
    fn null_group(&mut self, group: &Cursor<'_>) {
        let name = if group.name().is_empty() { "a branch".to_owned() } else { format!("`{}`", group.name()) };
        let message = format!("{name}{} must be a list of tasks, not {}", group.of_task(), kind(group.value));
        self.refuse(codes::E0202, group, group.span(), message, "write `[]` when there are none");
    }

    fn unique(&mut self, name: &Cursor<'_>, references: &mut References) {
        let Some(reference) = name.value.as_str().filter(|reference| !reference.is_empty()) else { return };
        match references.first.get(reference).copied() {
            None => {
                references.first.insert(reference.to_owned(), name.span());
            }
            Some(first) => {
                let message = format!("the reference name `{reference}` belongs to an earlier task already");
                let help = "give each task of a workflow a `taskReferenceName` of its own, inside branches too";
                let before = std::mem::replace(&mut self.enforced, references.enforced);
                self.refuse(codes::E0208, name, name.span(), message, help);
                self.enforced = before;
                self.report.also(first, "first here");
            }
        }
    }

    /// A definition inside `subWorkflowParam`: a server converts its types, and looks no further.
    fn embedded_workflow(&mut self, task: &Cursor<'_>) {
        let Some(param) = task.get("subWorkflowParam") else { return };
        if let Some(def) = present(&param, "workflowDefinition").filter(|def| def.value.is_object()) {
            let _: WorkflowDef = read_object(&def, &mut self.report);
            self.unenforced(|checker| checker.workflow(&def));
        }
    }
}
