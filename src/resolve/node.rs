//! The document that expressions read, without ever building it: the execution and its tasks, borrowed.
//!
//! Source: `ParametersUtils.getTaskInputV2` of Conductor 3.32.3, which puts exactly these fields into a map.

use super::java_hash::hash_order;
use super::scope::{Scope, TaskState, WorkflowState};
use crate::source::member;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The fields of `workflow`, in no order of their own.
const WORKFLOW_FIELDS: &[&str] = &[
    "input",
    "output",
    "status",
    "workflowId",
    "parentWorkflowId",
    "parentWorkflowTaskId",
    "workflowType",
    "version",
    "correlationId",
    "reasonForIncompletion",
    "schemaVersion",
    "variables",
];

/// The fields of a task.
const TASK_FIELDS: &[&str] = &[
    "input",
    "output",
    "taskType",
    "status",
    "referenceTaskName",
    "retryCount",
    "correlationId",
    "pollCount",
    "taskDefName",
    "scheduledTime",
    "startTime",
    "endTime",
    "workflowInstanceId",
    "taskId",
    "reasonForIncompletion",
    "callbackAfterSeconds",
    "workerId",
    "iteration",
];

/// One place of the document: a borrowed value, a virtual object, or a value that a function made.
#[derive(Debug, Clone)]
pub(crate) enum Node<'s> {
    /// The root: `workflow` and the latest task of every reference name.
    Root(&'s Scope),
    /// `workflow`.
    Workflow(&'s WorkflowState),
    /// A task.
    Task(&'s Scope, &'s TaskState),
    /// A value inside an input, an output or the variables.
    Ref(&'s Value),
    /// A value that did not exist before.
    Own(Value),
}

impl<'s> Node<'s> {
    pub(crate) fn is_object(&self) -> bool {
        match self {
            Self::Root(_) | Self::Workflow(_) | Self::Task(..) => true,
            Self::Ref(value) => value.is_object(),
            Self::Own(value) => value.is_object(),
        }
    }

    pub(crate) fn is_array(&self) -> bool {
        self.scalar().is_some_and(Value::is_array)
    }

    /// The value itself, unless this is a virtual object.
    pub(crate) fn scalar(&self) -> Option<&Value> {
        match self {
            Self::Root(_) | Self::Workflow(_) | Self::Task(..) => None,
            Self::Ref(value) => Some(value),
            Self::Own(value) => Some(value),
        }
    }

    /// The member of that name; `None` when there is none or this is no object.
    pub(crate) fn member(&self, name: &str) -> Option<Node<'s>> {
        match self {
            Self::Root(scope) => root_member(scope, name),
            Self::Workflow(workflow) => workflow_field(workflow, name),
            Self::Task(scope, task) => task_field(scope, task, name),
            Self::Ref(value) => member(value.as_object()?, name).map(Node::Ref),
            Self::Own(value) => member(value.as_object()?, name).cloned().map(Node::Own),
        }
    }

    /// The number of elements of a list or of members of an object.
    pub(crate) fn len(&self) -> Option<usize> {
        match (self, self.scalar()) {
            (_, Some(Value::Array(list))) => Some(list.len()),
            (_, Some(Value::Object(map))) => Some(map.len()),
            (_, Some(_)) => None,
            (_, None) => Some(self.keys().len()),
        }
    }

    /// The element at an index, counted from the end when negative; `None` beyond the ends.
    pub(crate) fn element(&self, index: i64) -> Option<Node<'s>> {
        let length = i64::try_from(self.scalar()?.as_array()?.len()).ok()?;
        let at = usize::try_from(if index < 0 { length + index } else { index }).ok()?;
        match self {
            Self::Ref(value) => value.get(at).map(Node::Ref),
            Self::Own(value) => value.get(at).cloned().map(Node::Own),
            _ => None,
        }
    }

    /// All elements of a list.
    pub(crate) fn elements(&self) -> Vec<Node<'s>> {
        match self {
            Self::Ref(Value::Array(list)) => list.iter().map(Node::Ref).collect(),
            Self::Own(Value::Array(list)) => list.iter().cloned().map(Node::Own).collect(),
            _ => Vec::new(),
        }
    }

    /// The names of an object's members, in the order a server would go through them.
    pub(crate) fn keys(&self) -> Vec<String> {
        match self {
            Self::Root(scope) => {
                let tasks = scope.latest_tasks().map(|(name, _)| name);
                hash_order(std::iter::once("workflow").chain(tasks))
            }
            Self::Workflow(_) => hash_order(WORKFLOW_FIELDS.iter().copied()),
            Self::Task(..) => hash_order(TASK_FIELDS.iter().copied()),
            Self::Ref(value) => value.as_object().into_iter().flat_map(Map::keys).cloned().collect(),
            Self::Own(value) => value.as_object().into_iter().flat_map(Map::keys).cloned().collect(),
        }
    }

    /// The value, borrowed where it exists.
    pub(crate) fn into_value(self) -> Cow<'s, Value> {
        match self {
            Self::Ref(value) => Cow::Borrowed(value),
            Self::Own(value) => Cow::Owned(value),
            whole => {
                let members = whole.keys().into_iter().filter_map(|key| {
                    let member = whole.member(&key)?.into_value().into_owned();
                    Some((key, member))
                });
                Cow::Owned(Value::Object(members.collect()))
            }
        }
    }
}

fn root_member<'s>(scope: &'s Scope, name: &str) -> Option<Node<'s>> {
    if name == "workflow" {
        return Some(Node::Workflow(&scope.workflow));
    }
    scope.latest(name).map(|task| Node::Task(scope, task))
}

fn workflow_field<'s>(workflow: &'s WorkflowState, name: &str) -> Option<Node<'s>> {
    Some(match name {
        "input" => Node::Ref(&workflow.input),
        "output" => Node::Ref(&workflow.output),
        "variables" => Node::Ref(&workflow.variables),
        "status" => text(Some(workflow.status.as_str())),
        "workflowId" => text(Some(&workflow.workflow_id)),
        "parentWorkflowId" => text(workflow.parent_workflow_id.as_deref()),
        "parentWorkflowTaskId" => text(workflow.parent_workflow_task_id.as_deref()),
        "workflowType" => text(Some(&workflow.workflow_type)),
        "version" => Node::Own(workflow.version.into()),
        "correlationId" => text(workflow.correlation_id.as_deref()),
        "reasonForIncompletion" => text(workflow.reason_for_incompletion.as_deref()),
        "schemaVersion" => Node::Own(workflow.schema_version.into()),
        _ => return None,
    })
}

fn task_field<'s>(scope: &'s Scope, task: &'s TaskState, name: &str) -> Option<Node<'s>> {
    Some(match name {
        "input" => Node::Ref(&task.input),
        "output" => Node::Ref(&task.output),
        "taskType" => text(Some(&task.task_type)),
        "status" => text(Some(task.status.as_str())),
        "referenceTaskName" => text(Some(&task.reference_name)),
        "retryCount" => Node::Own(task.retry_count.into()),
        "correlationId" => text(scope.workflow.correlation_id.as_deref()),
        "pollCount" => Node::Own(task.poll_count.into()),
        "taskDefName" => text(Some(&task.task_def_name)),
        "scheduledTime" => Node::Own(task.scheduled_time.into()),
        "startTime" => Node::Own(task.start_time.into()),
        "endTime" => Node::Own(task.end_time.into()),
        "workflowInstanceId" => text(Some(&scope.workflow.workflow_id)),
        "taskId" => text(Some(&task.task_id)),
        "reasonForIncompletion" => text(task.reason_for_incompletion.as_deref()),
        "callbackAfterSeconds" => Node::Own(task.callback_after_seconds.into()),
        "workerId" => text(task.worker_id.as_deref()),
        "iteration" => Node::Own(task.iteration.into()),
        _ => return None,
    })
}

fn text<'s>(text: Option<&str>) -> Node<'s> {
    Node::Own(text.map_or(Value::Null, Value::from))
}
