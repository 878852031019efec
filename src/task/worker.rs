//! Answers of workers, given beforehand: what a SIMPLE task gets when no worker is there.

use crate::decide::TaskResult;
use crate::resolve::TaskStatus;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One answer of a worker, `{"status": "COMPLETED", "output": {…}, "reason": "…", "callbackAfterSeconds": 1}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkerAnswer {
    /// The task's status: COMPLETED, FAILED, FAILED_WITH_TERMINAL_ERROR or IN_PROGRESS.
    pub status: TaskStatus,
    /// The output.
    #[serde(default)]
    pub output: Option<Map<String, Value>>,
    /// Why it did not complete.
    #[serde(default)]
    pub reason: Option<String>,
    /// With IN_PROGRESS: polled again after that time.
    #[serde(default)]
    pub callback_after_seconds: Option<f64>,
}

/// Answers by queue, one for each poll in order, the last one repeated: `{"<queue>": [answer, …]}`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct WorkerAnswers {
    queues: HashMap<String, Vec<WorkerAnswer>>,
}

impl WorkerAnswers {
    /// Whether somebody answers for the queue.
    #[must_use]
    pub fn answers_for(&self, queue: &str) -> bool {
        self.queues.contains_key(queue)
    }

    /// The answer to the `poll`-th poll of a queue (0 for the first); `None` when nobody answers for the queue.
    #[must_use]
    pub fn answer(&self, queue: &str, poll: usize) -> Option<TaskResult> {
        let answers = self.queues.get(queue)?;
        let answer = answers.get(poll).or_else(|| answers.last())?;
        Some(answer.result())
    }
}

impl WorkerAnswer {
    #[expect(clippy::cast_possible_truncation, reason = "a time of more than 290 million years needs no exactness")]
    fn result(&self) -> TaskResult {
        TaskResult {
            reason: self.reason.clone(),
            callback_after_ms: self.callback_after_seconds.map(|seconds| (seconds * 1000.0) as i64),
            ..TaskResult::new(self.status, Value::Object(self.output.clone().unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(poll: usize, expected: Option<(TaskStatus, Option<i64>)>) {
        let text = r#"{"q": [{"status": "IN_PROGRESS", "callbackAfterSeconds": 1.5}, {"status": "COMPLETED"}]}"#;
        let answers: WorkerAnswers = serde_json::from_str(text).expect("well-formed");
        let answer = answers.answer("q", poll).map(|result| (result.status, result.callback_after_ms));
        assert_eq!(answer, expected, "poll {poll}");
    }

    #[test]
    fn answers_come_in_order_and_the_last_is_repeated() {
        check(0, Some((TaskStatus::InProgress, Some(1500))));
        check(1, Some((TaskStatus::Completed, None)));
        check(7, Some((TaskStatus::Completed, None)));
    }

    #[test]
    fn a_status_that_nobody_knows_is_refused_with_the_known_ones() {
        let refused = serde_json::from_str::<WorkerAnswers>(r#"{"q": [{"status": "COMPLETD"}]}"#)
            .map_err(|error| error.to_string());
        let message = refused.err().unwrap_or_default();
        assert!(message.contains("COMPLETD") && message.contains("`COMPLETED`"), "{message}");
    }

    #[test]
    fn a_queue_that_nobody_answers_for_has_no_answer() {
        assert!(WorkerAnswers::default().answer("q", 0).is_none());
    }
}
