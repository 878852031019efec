//! What a run tells those who listen: reporters, the live view, a log.

use crate::decide::TaskAddress;
use crate::metrics::Metrics;
use crate::resolve::{TaskState, WorkflowState};

/// Something that a listener may want to show. Values in it are not masked yet.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A request is about to be sent, or a worker was asked.
    Started {
        /// The task object.
        task: TaskAddress,
        /// What is known about it.
        state: &'a TaskState,
    },
    /// A task object has reached a status that it keeps.
    Ended {
        /// The task object.
        task: TaskAddress,
        /// What is known about it.
        state: &'a TaskState,
    },
    /// Nothing happens before that time, milliseconds since 1970.
    Waiting {
        /// When it goes on.
        until_ms: i64,
    },
    /// The workflow has ended, or nothing can go on.
    Stopped {
        /// What is known about it.
        workflow: &'a WorkflowState,
    },
}

/// Listens to a run.
pub trait Observer: Send + Sync {
    /// Something has happened. It is called from the run itself and must not block.
    fn progress(&self, progress: &Progress<'_>);
}

/// Counts retries; calls are counted where they are made.
impl Observer for Metrics {
    fn progress(&self, progress: &Progress<'_>) {
        if let Progress::Started { state, .. } = progress
            && state.retry_count > 0
        {
            self.retried(&state.task_def_name);
        }
    }
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn progress(&self, _: &Progress<'_>) {}
}
