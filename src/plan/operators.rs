//! The kinds of tasks, compiled; the lists inside operators too.

use super::build::Builder;
use super::{DynamicFork, Evaluator, InPlace, Kind, Loop, Node, NodeId, Reads, SubWorkflow, Switch};
use crate::catalogue::Entry;
use crate::definition::{Dialect, Document, SubWorkflowParam, TaskType, WorkflowTask};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::resolve::Template;
use crate::source::Pointer;
use serde_json::Value;
use std::sync::Arc;

impl Builder<'_> {
    /// What a task does. The lists of an operator come in by [`lists_inside`](Self::lists_inside).
    pub(super) fn kind(&mut self, task: &WorkflowTask, pointer: &Pointer, entry: Option<&Arc<Entry>>) -> Kind {
        let by_reference = self.dialect == Dialect::Legwork && entry.is_some_and(|entry| entry.method.is_some());
        match &task.task_type {
            TaskType::Http => Kind::Http,
            TaskType::Simple if by_reference => Kind::ByReference,
            TaskType::Simple => Kind::Worker { queue: task.name.as_str().into() },
            TaskType::Other(name) => {
                self.runs_here(task, pointer);
                Kind::Worker { queue: (**name).into() }
            }
            TaskType::SetVariable => Kind::SetVariable,
            TaskType::Noop => Kind::Noop,
            TaskType::Terminate => Kind::Terminate,
            TaskType::Inline => Kind::Inline,
            TaskType::Lambda => Kind::Lambda,
            TaskType::JsonJqTransform => Kind::Jq,
            TaskType::Switch | TaskType::Decision => Kind::Switch(switch(task)),
            TaskType::ForkJoin => Kind::Fork { branches: Vec::new() },
            TaskType::ForkJoinDynamic => Kind::DynamicFork(DynamicFork {
                tasks_param: task.dynamic_fork_tasks_param.clone(),
                inputs_param: task.dynamic_fork_tasks_input_param_name.clone(),
                join_tasks_param: task.dynamic_fork_join_tasks_param.clone(),
            }),
            TaskType::Join => Kind::Join { on: names(&task.join_on) },
            TaskType::ExclusiveJoin => {
                let default = names(&task.default_exclusive_join_task);
                Kind::ExclusiveJoin { on: names(&task.join_on), default }
            }
            TaskType::DoWhile => Kind::Loop(repeated(task)),
            TaskType::Dynamic => {
                let param = task.dynamic_task_name_param.clone().unwrap_or_default();
                Kind::Dynamic { param, task: Box::new(task.clone()) }
            }
            TaskType::SubWorkflow => Kind::SubWorkflow(sub_workflow(
                task.sub_workflow_param.as_ref().unwrap_or(&SubWorkflowParam::default()),
            )),
            TaskType::StartWorkflow => Kind::StartWorkflow,
            TaskType::Human => Kind::Human,
            TaskType::Wait => Kind::Wait,
            TaskType::Event => {
                let sink = Value::String(task.sink.clone().unwrap_or_default());
                Kind::Event { sink: Template::parse(&sink, &[]).0 }
            }
        }
    }

    /// A system task that only servers have cannot run here; a run needs an answer for it.
    fn runs_here(&mut self, task: &WorkflowTask, pointer: &Pointer) {
        if !task.task_type.runs_on_servers_only() || self.dialect == Dialect::Conductor {
            return;
        }
        let diagnostic = only_a_server_can(&task.task_reference_name, &task.task_type).severity(Severity::Warning);
        self.say(diagnostic, &pointer.key("type"));
    }

    /// The lists of an operator, compiled after the operator itself so that ids follow the text.
    pub(super) fn lists_inside(&mut self, task: &WorkflowTask, pointer: &Pointer, id: NodeId) {
        match task.task_type {
            TaskType::Switch | TaskType::Decision => self.cases(task, pointer, id),
            TaskType::ForkJoin => {
                let base = pointer.key("forkTasks");
                let lists = task.fork_tasks.iter().enumerate();
                let firsts = lists.map(|(at, tasks)| self.list(tasks, &base.index(at), Some(id))).collect();
                self.node_mut(id).kind = Kind::Fork { branches: firsts };
            }
            TaskType::DoWhile => {
                let list = self.list(&task.loop_over, &pointer.key("loopOver"), Some(id));
                if let Kind::Loop(repeated) = &mut self.node_mut(id).kind {
                    repeated.first = list;
                }
            }
            _ => {}
        }
    }

    fn cases(&mut self, task: &WorkflowTask, pointer: &Pointer, id: NodeId) {
        let base = pointer.key("decisionCases");
        let lists = task.decision_cases.iter();
        let firsts: Vec<_> =
            lists.map(|(name, tasks)| (name.clone(), self.list(tasks, &base.key(name), Some(id)))).collect();
        let otherwise = self.list(&task.default_case, &pointer.key("defaultCase"), Some(id));
        if let Kind::Switch(switch) = &mut self.node_mut(id).kind {
            switch.cases = firsts;
            switch.default = otherwise;
        }
    }
}

impl Node {
    /// Says that only a server can run the task.
    #[must_use]
    pub fn only_a_server_can(&self, document: &Document) -> Diagnostic {
        let at = self.pointer.key("type");
        let span = document.spans.locate(&at).value;
        only_a_server_can(&self.reference_name, &self.task_type).label(&document.file, span, "").pointer(at)
    }
}

fn only_a_server_can(reference_name: &str, kind: &TaskType) -> Diagnostic {
    let kind = kind.as_str();
    let message = format!("task `{reference_name}` is of type {kind}, which only a server can run");
    let answers = format!("{{\"{kind}\": [{{\"status\": \"COMPLETED\", \"output\": {{}}}}]}}");
    Diagnostic::new(codes::E0605, message).help(format!("give it an answer with --worker-answers: {answers}"))
}

fn switch(task: &WorkflowTask) -> Switch {
    let is_decision = task.task_type == TaskType::Decision;
    let script = |language: &str, text: &Option<String>| Evaluator::Script {
        language: language.to_owned(),
        text: text.as_deref().unwrap_or_default().into(),
    };
    let evaluator = match (is_decision, task.evaluator_type.as_deref()) {
        (true, _) if task.case_expression.as_deref().is_some_and(|text| !text.trim().is_empty()) => {
            script("javascript", &task.case_expression)
        }
        (true, _) => Evaluator::Param(task.case_value_param.clone().unwrap_or_default()),
        (false, Some("value-param")) => Evaluator::Param(task.expression.clone().unwrap_or_default()),
        (false, language) => script(language.unwrap_or_default(), &task.expression),
    };
    Switch { evaluator, cases: Vec::new(), default: None, is_decision }
}

fn repeated(task: &WorkflowTask) -> Loop {
    let condition = task.loop_condition.as_deref().unwrap_or_default();
    let items = task.items.as_ref().filter(|items| !items.is_null());
    Loop {
        first: None,
        condition: condition.into(),
        reads: Reads::of(condition),
        items: items.map(|items| Template::parse(items, &[]).0),
        inside: names_inside(task),
    }
}

/// The reference names of all tasks inside, at any depth.
fn names_inside(task: &WorkflowTask) -> Vec<Arc<str>> {
    let mut names = Vec::new();
    let mut waiting: Vec<&WorkflowTask> = task.children().collect();
    while let Some(task) = waiting.pop() {
        names.push(task.task_reference_name.as_str().into());
        waiting.extend(task.children());
    }
    names
}

fn sub_workflow(param: &SubWorkflowParam) -> SubWorkflow {
    let mut params = param.raw.clone();
    let definition = params.shift_remove("workflowDefinition").filter(|definition| !definition.is_null());
    let definition = definition.map(|definition| match definition {
        Value::String(_) => InPlace::Expression(Template::parse(&definition, &[]).0),
        written => InPlace::Written(written),
    });
    SubWorkflow { params: Template::parse(&Value::Object(params), &[]).0, definition }
}

fn names(list: &[String]) -> Vec<Arc<str>> {
    list.iter().map(|name| name.as_str().into()).collect()
}
