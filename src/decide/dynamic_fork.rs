//! `FORK_JOIN_DYNAMIC` and DYNAMIC: tasks that come from data. Source: `ForkJoinDynamicTaskMapper.java`, `DynamicTaskMapper.java`.

use super::Execution;
use super::group::Unmade;
use crate::definition::{Dialect, TaskType, WorkflowTask};
use crate::plan::{DynamicFork, Fragment, Kind, Node, NodeId};
use crate::resolve::java_text;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The tasks of a dynamic fork, each with what is put into its input.
pub(super) struct Forked(Vec<(WorkflowTask, Map<String, Value>)>);

impl Forked {
    /// Their reference names; of two tasks of one name both count.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(task, _)| task.task_reference_name.clone()).collect()
    }

    /// What the task object of the fork shows of them.
    pub(super) fn shown(&self, dialect: Dialect) -> Map<String, Value> {
        let shown = |(task, given): &(WorkflowTask, Map<String, Value>)| {
            let mut task = task.clone();
            task.input_parameters.extend(given.clone());
            if matches!(task.task_type, TaskType::Http) && dialect == Dialect::Conductor {
                task.input_parameters.insert("asyncComplete".to_owned(), task.async_complete.into());
            }
            match dialect {
                Dialect::Conductor => super::stored::task(&task),
                Dialect::Legwork => task.to_value(),
            }
        };
        let defs: Vec<_> = self.0.iter().map(shown).collect();
        Map::from_iter([("forkedTasks".to_owned(), json!(self.names())), ("forkedTaskDefs".to_owned(), defs.into())])
    }
}

impl Execution {
    /// The tasks that the input of a dynamic fork names, in one of its three forms.
    pub(super) fn forked(&self, node: &Node, fork: &DynamicFork, input: &Map<String, Value>) -> Result<Forked, Unmade> {
        if let Some(list) = input.get("forkTaskInputs").and_then(Value::as_array) {
            // The first dynamic fork of a run names its tasks without its own name; those after it must not name theirs alike.
            let is_first = !self.control.iter().any(|made| self.is_dynamic_fork(made.node));
            let prefix = if is_first { String::new() } else { format!("{}_", node.reference_name) };
            return Ok(of_one_kind(node, &prefix, input, list));
        }
        match &fork.tasks_param {
            Some(param) => listed(fork, param, input),
            None => joined(fork.join_tasks_param.as_deref().unwrap_or_default(), input),
        }
    }

    fn is_dynamic_fork(&self, id: NodeId) -> bool {
        matches!(self.node_by_id(id).kind, Kind::DynamicFork(_))
    }

    /// Compiles the tasks of a fork. Gives the id of each.
    pub(super) fn compile_forked(&mut self, id: NodeId, node: &Node, forked: &Forked) -> Vec<NodeId> {
        self.compile_tasks(Some(id), node, forked.0.clone())
    }

    fn compile_tasks(
        &mut self,
        parent: Option<NodeId>,
        node: &Node,
        tasks: Vec<(WorkflowTask, Map<String, Value>)>,
    ) -> Vec<NodeId> {
        let fragment = Fragment {
            plan: &self.plan,
            catalogue: self.library.catalogue(),
            base: self.plan.node_count() + self.extra.len(),
            parent,
            pointer: &node.pointer,
        };
        let (ids, nodes) = fragment.compile(tasks);
        self.extra.extend(nodes);
        ids
    }

    /// The node that a DYNAMIC task becomes: a task of the name in its input.
    pub(super) fn become_named(
        &mut self,
        id: NodeId,
        node: &Node,
        param: &str,
        task: &WorkflowTask,
        input: &Map<String, Value>,
    ) -> Result<NodeId, Unmade> {
        let Some(name) = input.get(param).filter(|name| !name.is_null()).map(java_text) else {
            let input = java_text(&Value::Object(input.clone()));
            let why = "Cannot map a dynamic task based on the parameter and input. ";
            return Err(Unmade::Fails(format!("{why}Parameter= {param}, input= {input}")));
        };
        let mut task = task.clone();
        task.task_type = match TaskType::parse(&name) {
            TaskType::Other(_) => TaskType::Simple,
            known => known,
        };
        task.name = name;
        let _ = id;
        let ids = self.compile_tasks(node.parent, node, vec![(task, Map::new())]);
        let became = ids.first().copied().ok_or_else(|| Unmade::Fails("no task was made".to_owned()))?;
        self.follow(became, node);
        Ok(became)
    }

    /// Puts a node that came up during the run in the place of another one.
    fn follow(&mut self, became: NodeId, instead_of: &Node) {
        let at = became.0 - self.plan.node_count();
        if let Some(node) = self.extra.get_mut(at).and_then(Arc::get_mut) {
            node.next = instead_of.next;
            node.parent = instead_of.parent;
        }
    }
}

/// One task many times: `forkTaskType`, `forkTaskName` or `forkTaskWorkflow`, and `forkTaskInputs`.
fn of_one_kind(node: &Node, prefix: &str, input: &Map<String, Value>, list: &[Value]) -> Forked {
    let text = |key: &str| input.get(key).and_then(Value::as_str);
    let kind = text("forkTaskType").map_or(TaskType::Simple, TaskType::parse);
    let workflow = text("forkTaskWorkflow");
    let is_system = !matches!(kind, TaskType::Simple | TaskType::Other(_));
    let name =
        text("forkTaskName").or_else(|| text("forkTaskType").filter(|_| is_system)).unwrap_or(&node.reference_name);
    let tasks = list.iter().enumerate().map(|(index, value)| {
        // A server reads the input as a task too.
        let mut task = if value.is_object() { WorkflowTask::from_value(value) } else { WorkflowTask::default() };
        let mut given = match value {
            Value::Object(given) => given.clone(),
            other => Map::from_iter([("input".to_owned(), other.clone())]),
        };
        given.insert("__index".to_owned(), index.into());
        task.input_parameters = Map::new();
        task.task_reference_name = format!("_{prefix}{name}_{index}");
        if let Some(workflow) = workflow {
            let version = input.get("forkTaskWorkflowVersion").map(java_text).and_then(|text| text.parse::<i64>().ok());
            let param = json!({"name": workflow, "version": version, "taskToDomain": given.get("taskToDomain")});
            let param = WorkflowTask::from_value(&json!({"subWorkflowParam": param})).sub_workflow_param;
            (task.name, task.task_type, task.sub_workflow_param) = (workflow.to_owned(), TaskType::SubWorkflow, param);
        } else {
            (task.name, task.task_type) = (name.to_owned(), kind.clone());
        }
        task.optional |= node.optional;
        (task, given)
    });
    Forked(tasks.collect())
}

/// `dynamicForkTasksParam`: a list of tasks, and their inputs by reference name.
fn listed(fork: &DynamicFork, param: &str, input: &Map<String, Value>) -> Result<Forked, Unmade> {
    let value = input.get(param).unwrap_or(&Value::Null);
    let tasks: Option<Vec<_>> = value.as_array().and_then(|list| list.iter().map(read_task).collect());
    let Some(tasks) = tasks else {
        let text = java_text(value);
        let why = format!("Input '{param}' is invalid. Cannot deserialize a list of Workflow Tasks from '{text}'");
        return Err(Unmade::Fails(why));
    };
    let inputs = input.get(fork.inputs_param.as_deref().unwrap_or_default()).unwrap_or(&Value::Null);
    let Value::Object(inputs) = inputs else {
        let why = "Input to the dynamically forked tasks is not a map -> expecting a map of K,V  but found";
        return Err(Unmade::Fails(format!("{why} {}", java_text(inputs))));
    };
    let given = |task: &WorkflowTask| inputs.get(&task.task_reference_name).and_then(Value::as_object).cloned();
    Ok(Forked(
        tasks
            .into_iter()
            .map(|task| (given(&task).unwrap_or_default(), task))
            .map(|(given, task)| (task, given))
            .collect(),
    ))
}

fn read_task(value: &Value) -> Option<WorkflowTask> {
    let task = value.is_object().then(|| WorkflowTask::from_value(value))?;
    (!task.task_reference_name.is_empty()).then_some(task)
}

/// `dynamicForkJoinTasksParam`, the old form: tasks with their inputs.
fn joined(param: &str, input: &Map<String, Value>) -> Result<Forked, Unmade> {
    let Some(value) = input.get(param).filter(|value| value.is_object()) else {
        let text = java_text(&Value::Object(input.clone()));
        let why = format!("The value of {param} from task's input {text} has no dynamic tasks to be scheduled");
        return Err(Unmade::Fails(format!("Dynamic tasks could not be created. {why}")));
    };
    let list = value.get("dynamicTasks").and_then(Value::as_array).into_iter().flatten();
    let tasks = list.map(|task| {
        let text = |key: &str| task.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = task.get("type").and_then(Value::as_str).map_or(TaskType::Simple, TaskType::parse);
        let made = WorkflowTask {
            name: text("taskName"),
            task_reference_name: text("referenceName"),
            task_type: kind,
            ..WorkflowTask::default()
        };
        (made, task.get("input").and_then(Value::as_object).cloned().unwrap_or_default())
    });
    Ok(Forked(tasks.collect()))
}
