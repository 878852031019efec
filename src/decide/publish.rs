//! EVENT: what is published is written down; nothing is sent.

use super::{Execution, Moment, TaskIndex, TaskResult};
use crate::resolve::{TaskStatus, java_text};
use serde_json::{Value, json};

impl Execution {
    /// The output holds the message: the input with some facts about the workflow.
    pub(super) fn publish(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let sink = self.task(task).input.get("sink").map(java_text).unwrap_or_default();
        let workflow = &self.scope.workflow;
        let mut output = self.task(task).input.as_object().cloned().unwrap_or_default();
        let queue = queue(&sink, &workflow.workflow_type, &self.task(task).reference_name);
        let facts = json!({
            "workflowInstanceId": workflow.workflow_id, "workflowType": workflow.workflow_type,
            "workflowVersion": workflow.version, "correlationId": workflow.correlation_id, "taskToDomain": {},
        });
        if let Value::Object(facts) = facts {
            output.extend(facts);
        }
        let (status, reason) = match queue {
            Ok(queue) => {
                output.insert("event_produced".to_owned(), queue.as_str().into());
                self.published(task, &queue)
            }
            Err(reason) => (TaskStatus::Failed, Some(reason)),
        };
        let output = self.server_object(output);
        if status == TaskStatus::InProgress {
            self.in_progress_from(task, moment);
            self.task_mut(task).output = output.into();
            return;
        }
        self.finish(task, TaskResult { reason, ..TaskResult::new(status, output) }, moment);
    }

    /// What comes of a message to a queue.
    fn published(&self, task: TaskIndex, queue: &str) -> (TaskStatus, Option<String>) {
        let kind = queue.split(':').next().unwrap_or_default();
        if kind != "conductor" && self.is_conductor() {
            let id = &self.task(task).task_id;
            let why = format!("Error loading queue:{queue}, for task:{id}, error: Unknown queue type {kind}");
            return (TaskStatus::Failed, Some(why));
        }
        let is_async = self.node(task).async_complete;
        (if is_async { TaskStatus::InProgress } else { TaskStatus::Completed }, None)
    }
}

/// The name of the queue that a sink means.
fn queue(sink: &str, workflow: &str, reference_name: &str) -> Result<String, String> {
    match sink.strip_prefix("conductor") {
        None => Ok(sink.to_owned()),
        Some("") => Ok(format!("conductor:{workflow}:{reference_name}")),
        Some(rest) => match rest.strip_prefix(':') {
            Some(name) => Ok(format!("conductor:{workflow}:{}", name.replace("conductor:", ""))),
            None => Err(format!("Invalid / Unsupported sink specified: {sink}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_names_a_queue() {
        let check = |sink: &str, expected: &str| assert_eq!(queue(sink, "w", "e").unwrap_or_else(|why| why), expected);
        check("conductor", "conductor:w:e");
        check("conductor:mine", "conductor:w:mine");
        check("sqs:mine", "sqs:mine");
        check("conductors", "Invalid / Unsupported sink specified: conductors");
    }
}
