//! Tasks: polled for, told about.

use super::{ApiError, Ask, Server, part};
use crate::resolve::TaskStatus;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt::Write;
use std::time::Duration;

/// What is polled for.
#[derive(Debug, Clone, Copy)]
pub struct Poll<'p> {
    /// The queue: a task definition's name.
    pub queue: &'p str,
    /// Who polls.
    pub worker_id: &'p str,
    /// The domain; `None` for tasks without one.
    pub domain: Option<&'p str>,
    /// The most tasks.
    pub count: usize,
    /// How long the server waits until there is one.
    pub wait: Duration,
}

/// A task that the server has handed out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolledTask {
    /// Its id.
    pub task_id: String,
    /// The execution it belongs to.
    pub workflow_instance_id: String,
    /// The task definition's name.
    pub task_def_name: String,
    /// The status, a name of [`TaskStatus`].
    pub status: String,
    /// The input.
    pub input_data: Option<Value>,
    /// The output that an earlier update has left.
    pub output_data: Option<Map<String, Value>>,
    /// How many attempts went before.
    pub retry_count: i64,
    /// How often it was polled, this time included.
    pub poll_count: i64,
    /// How long the server waits for a sign of life; 0 for ever.
    pub response_timeout_seconds: i64,
    /// When it was put into its queue the first time, milliseconds since 1970.
    pub scheduled_time: i64,
}

/// What is told about a task. Its JSON is also what a journal keeps of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskUpdate {
    /// The execution it belongs to.
    pub workflow_instance_id: String,
    /// The task.
    pub task_id: String,
    /// Who tells.
    pub worker_id: String,
    /// `IN_PROGRESS`, COMPLETED, FAILED or `FAILED_WITH_TERMINAL_ERROR`.
    pub status: TaskStatus,
    /// The output; it replaces the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_data: Option<Value>,
    /// Why it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_for_incompletion: Option<String>,
    /// With `IN_PROGRESS`: handed out again after so long.
    #[serde(default)]
    pub callback_after_seconds: i64,
    /// Only a sign of life: nothing else of it counts.
    #[serde(default)]
    pub extend_lease: bool,
    /// Lines for the task's log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<TaskLog>,
}

/// A line of a task's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskLog {
    /// The line.
    pub log: String,
    /// The task.
    pub task_id: String,
    /// When, milliseconds since 1970.
    pub created_time: i64,
}

impl PolledTask {
    /// Whether nothing more can be told about it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        TaskStatus::parse(&self.status).is_some_and(TaskStatus::is_terminal)
    }

    /// An update of that status, with nothing else to say.
    #[must_use]
    pub fn update(&self, status: TaskStatus, worker_id: &str) -> TaskUpdate {
        TaskUpdate {
            workflow_instance_id: self.workflow_instance_id.clone(),
            task_id: self.task_id.clone(),
            worker_id: worker_id.to_owned(),
            status,
            output_data: None,
            reason_for_incompletion: None,
            callback_after_seconds: 0,
            extend_lease: false,
            logs: Vec::new(),
        }
    }
}

impl Server {
    /// Tasks of a queue, as many as there are and at most as many as were asked for. They are the caller's from then on.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    ///
    /// # Cancel safety
    /// None: tasks in an answer that nobody reads are handed out again only after their `responseTimeoutSeconds`.
    pub async fn poll(&self, poll: Poll<'_>) -> Result<Vec<PolledTask>, ApiError> {
        let Poll { queue, worker_id, domain, count, wait } = poll;
        let mut path = format!(
            "/tasks/poll/batch/{}?workerid={}&count={count}&timeout={}",
            part(queue),
            part(worker_id),
            wait.as_millis()
        );
        if let Some(domain) = domain {
            // A String takes everything.
            let _ = write!(path, "&domain={}", part(domain));
        }
        let response = self.ask(&Ask::get(path)).await?;
        if response.body.is_empty() {
            return Ok(Vec::new());
        }
        serde_json::from_slice(&response.body).map_err(|source| ApiError::Unreadable {
            path: format!("/tasks/poll/batch/{}", part(queue)).into(),
            source: std::sync::Arc::new(source),
        })
    }

    /// Tells about a task. What is told of a task that is over, the server takes and ignores.
    ///
    /// # Errors
    /// [`ApiError::is_missing`] when the server does not know the task; else when it does not answer, or refuses.
    pub async fn update(&self, update: &TaskUpdate) -> Result<(), ApiError> {
        // A finished document: its output need not be copied.
        let body = serde_json::to_string(update).unwrap_or_default();
        self.ask(&Ask::post("/tasks".to_owned(), body.into())).await.map(drop)
    }

    /// A task as it is now.
    ///
    /// # Errors
    /// As of [`update`](Self::update).
    pub async fn task(&self, task_id: &str) -> Result<PolledTask, ApiError> {
        self.read(&Ask::get(format!("/tasks/{}", part(task_id)))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_reads_back_as_it_was_written() {
        let task = PolledTask { task_id: "t".into(), workflow_instance_id: "w".into(), ..PolledTask::default() };
        let update = task.update(TaskStatus::Completed, "me");
        let text = serde_json::to_string(&update).expect("JSON");
        let expected = r#"{"workflowInstanceId":"w","taskId":"t","workerId":"me","status":"COMPLETED","callbackAfterSeconds":0,"extendLease":false}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<TaskUpdate>(&text).expect("an update"), update);
    }
}
