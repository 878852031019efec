//! A test request: one task alone, planned or sent, with everything there is to see about it.

use super::{Runner, span};
use crate::decide::{Execution, Refusal, Start, TaskResult, prepare, request, warnings};
use crate::plan::{Kind, Node, NodeId, Plan};
use crate::resolve::{Context, Origin, Resolved};
use crate::schema::Violation;
use crate::task::{Attempt, CallRecord};
use serde_json::Value;
use std::sync::Arc;

/// What is to be tested.
#[derive(Debug, Clone, Default)]
pub struct TestRequest {
    /// The task; `None` when the definition has only one that sends a request.
    pub reference_name: Option<String>,
    /// The workflow's input and what else it is started with.
    pub start: Start,
    /// Outputs of earlier tasks, by reference name.
    pub given: Vec<(String, Value)>,
    /// Whether inputs that are not given may come from the entry's first good example (dry run and sandbox only).
    pub use_example: bool,
    /// Whether the request is sent; else it is only shown, without any look-up or connection.
    pub send: bool,
}

/// Everything there is to see about a test request. Values are masked where they can hold a secret.
#[derive(Debug)]
pub struct Inspection {
    /// The task's node.
    pub node: NodeId,
    /// The task's input, secrets as references.
    pub input: Option<Resolved>,
    /// Where every value came from.
    pub origins: Vec<Origin>,
    /// Inputs that came from the entry's example, by name.
    pub from_example: Vec<String>,
    /// Why nothing was sent.
    pub refusal: Option<Refusal>,
    /// Rules that the body breaks without being wrong.
    pub warnings: Vec<Violation>,
    /// The request and, when it was sent, what came back.
    pub call: Option<CallRecord>,
    /// What the task would end as; `None` when nothing was sent.
    pub result: Option<TaskResult>,
}

/// Why there is no test request at all.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum TestError {
    /// No task of the definition sends a request.
    #[error("no task of this workflow sends a request")]
    NothingToTest,
    /// There are several, and none was named.
    #[error("several tasks send a request: {}", names.join(", "))]
    NameOne {
        /// Their reference names, in text order.
        names: Vec<String>,
    },
    /// There is no such task.
    #[error("there is no task `{name}`")]
    NoSuchTask {
        /// The name that was given.
        name: String,
        /// The tasks that send a request.
        names: Vec<String>,
    },
    /// The task sends no request.
    #[error("task `{name}` sends no request")]
    SendsNothing {
        /// The name that was given.
        name: String,
    },
}

/// Runs one task alone: the same walk as in a run, with the outputs of earlier tasks given.
///
/// # Errors
/// [`TestError`] when it is not clear what to test. A refused or failed request is no error but an [`Inspection`] that says so.
pub async fn test_request(runner: &Runner, plan: &Arc<Plan>, test: &TestRequest) -> Result<Inspection, TestError> {
    let id = target(plan, test.reference_name.as_deref())?;
    for (name, _) in &test.given {
        plan.find(name).ok_or_else(|| TestError::NoSuchTask { name: name.clone(), names: callable(plan) })?;
    }
    let node = plan.shared(id);
    let mut start = test.start.clone();
    let from_example = if test.use_example { fill_from_example(node, &mut start.input) } else { Vec::new() };
    let execution = known_so_far(runner, plan, test, start);
    let mut inspection = inspect(plan, id, &execution);
    inspection.from_example = from_example;
    if inspection.refusal.is_none()
        && let Some(input) = inspection.input.clone()
    {
        carry_out(runner, plan, node, input, test.send, &mut inspection).await;
    }
    Ok(inspection)
}

/// The task that is meant: the one of that name, or the only one that sends a request.
///
/// # Errors
/// [`TestError`] when there is none, or more than one.
pub fn target(plan: &Plan, name: Option<&str>) -> Result<NodeId, TestError> {
    let Some(name) = name else {
        let all: Vec<_> = plan.callable().map(|(id, _)| id).collect();
        return match all[..] {
            [] => Err(TestError::NothingToTest),
            [only] => Ok(only),
            _ => Err(TestError::NameOne { names: callable(plan) }),
        };
    };
    let id = plan.find(name).ok_or_else(|| TestError::NoSuchTask { name: name.to_owned(), names: callable(plan) })?;
    match plan.node(id).kind {
        Kind::Http | Kind::ByReference => Ok(id),
        _ => Err(TestError::SendsNothing { name: name.to_owned() }),
    }
}

fn callable(plan: &Plan) -> Vec<String> {
    plan.callable().map(|(_, node)| node.reference_name.to_string()).collect()
}

/// Inputs that the task reads and nobody gave, from the entry's first good example. Gives their names.
fn fill_from_example(node: &Node, input: &mut Arc<Value>) -> Vec<String> {
    let Some(example) = node.entry.as_ref().and_then(|entry| entry.first_example()) else { return Vec::new() };
    let Value::Object(input) = Arc::make_mut(input) else { return Vec::new() };
    let mut filled = Vec::new();
    for used in node.input.expressions() {
        let Some(name) = input_name(used.expression.text()) else { continue };
        if let Some(value) = example.get(name).filter(|_| !input.contains_key(name)) {
            input.insert(name.to_owned(), value.clone());
            filled.push(name.to_owned());
        }
    }
    filled
}

/// `workflow.input.NAME` or something inside it: `NAME`.
fn input_name(expression: &str) -> Option<&str> {
    let rest = expression.trim_end().strip_prefix("workflow.input.")?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    rest.get(..end).filter(|name| !name.is_empty() && !name.contains(['$', '{', '*']))
}

/// An execution in which the given tasks have completed with the given outputs.
fn known_so_far(runner: &Runner, plan: &Arc<Plan>, test: &TestRequest, start: Start) -> Execution {
    runner.at_now(|moment| {
        let mut execution = Execution::new(runner.library_of_runs(), plan, start, moment);
        for (name, output) in &test.given {
            if let Some(node) = plan.find(name) {
                execution.assume(node, output.clone(), moment);
            }
        }
        execution
    })
}

fn inspect(plan: &Plan, id: NodeId, execution: &Execution) -> Inspection {
    let node = plan.node(id);
    let context = Context { dialect: plan.dialect, task_id: None };
    let prepared = prepare(node, execution.scope(), plan.dialect, "");
    let (input, refusal) = match prepared {
        Ok(input) => (Some(input), None),
        Err(refusal) => (None, Some(refusal)),
    };
    Inspection {
        node: id,
        input,
        origins: node.input.trace(execution.scope(), &context),
        from_example: Vec::new(),
        refusal,
        warnings: Vec::new(),
        call: None,
        result: None,
    }
}

async fn carry_out(
    runner: &Runner,
    plan: &Arc<Plan>,
    node: &Arc<Node>,
    input: Resolved,
    send: bool,
    inspection: &mut Inspection,
) {
    let request = match request(node, input, plan.dialect) {
        Ok(request) => request,
        Err(refusal) => {
            inspection.refusal = Some(refusal);
            return;
        }
    };
    inspection.warnings = warnings(node, &request);
    let attempt = Attempt {
        plan: Arc::clone(plan),
        node: Arc::clone(node),
        task_id: crate::host::new_id(),
        request,
        services: runner.services(),
    };
    if send {
        let outcome = span::within(span::of_test(node), runner.http_task().execute(attempt)).await;
        inspection.call = outcome.call;
        inspection.result = outcome.result;
    } else {
        inspection.call = runner.http_task().plan(&attempt);
    }
}
