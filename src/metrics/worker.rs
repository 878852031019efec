//! What a worker of a Conductor server counts.

use super::Metrics;
use super::family::{Counters, Gauges, Histograms};
use std::time::Duration;

/// Counters and gauges of a worker.
#[derive(Debug)]
pub(super) struct WorkerCounts {
    polls: Counters<2>,
    tasks: Counters<2>,
    durations: Histograms<1>,
    in_flight: Gauges<0>,
    kept: Gauges<0>,
}

impl Default for WorkerCounts {
    fn default() -> Self {
        Self {
            polls: Counters::new(
                "legwork_worker_polls_total",
                "Polls of the Conductor server: some tasks, none, or no answer.",
                ["task", "result"],
            ),
            tasks: Counters::new("legwork_worker_tasks_total", "Tasks by what was told of them.", ["task", "status"]),
            durations: Histograms::new(
                "legwork_worker_task_duration_seconds",
                "How long tasks took, from the poll to the result.",
                ["task"],
            ),
            in_flight: Gauges::new("legwork_worker_tasks_in_flight", "Tasks under way.", []),
            kept: Gauges::new("legwork_worker_kept_results", "Results that the server does not have yet.", []),
        }
    }
}

impl WorkerCounts {
    pub(super) fn write(&self, text: &mut String) {
        self.polls.write(text);
        self.tasks.write(text);
        self.durations.write(text);
        self.in_flight.write(text);
        self.kept.write(text);
    }
}

impl Metrics {
    /// Counts a poll: `result` is `tasks`, `empty` or `failed`.
    pub fn polled(&self, task: &str, result: &'static str) {
        self.worker.polls.add([task, result]);
    }

    /// Counts a task by the status that was told of it.
    pub fn worked(&self, task: &str, status: &'static str, took: Duration) {
        self.worker.tasks.add([task, status]);
        self.worker.durations.observe([task], took);
    }

    /// Keeps how many tasks are under way.
    pub fn working(&self, count: usize) {
        self.worker.in_flight.set([], i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Keeps how many results the server does not have yet.
    pub fn kept_results(&self, count: usize) {
        self.worker.kept.set([], i64::try_from(count).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_counted() {
        let metrics = Metrics::default();
        metrics.polled("create", "empty");
        metrics.worked("create", "COMPLETED", Duration::from_millis(3));
        metrics.kept_results(2);
        let text = metrics.text();
        for line in [
            "legwork_worker_polls_total{task=\"create\",result=\"empty\"} 1",
            "legwork_worker_tasks_total{task=\"create\",status=\"COMPLETED\"} 1",
            "legwork_worker_task_duration_seconds_count{task=\"create\"} 1",
            "legwork_worker_kept_results 2",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} in {text}");
        }
        assert!(!text.contains("legwork_worker_tasks_in_flight"));
    }
}
