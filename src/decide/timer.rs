//! What happens by itself when its time comes.

use super::{Execution, Moment, Resend, RetryAdvice, TaskIndex, TaskResult};
use crate::definition::{Dialect, HttpInput, TimeoutPolicy, WorkflowTimeoutPolicy};
use crate::plan::{Kind, Node};
use crate::resolve::{TaskStatus, WorkflowStatus};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Everything that is due, the earliest first; of the same moment, what was set first.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(i64, u64, Timer)>>,
    /// How many were ever set: no two have the same.
    count: u64,
}

impl Timers {
    /// When the first one is due.
    pub(super) fn next_ms(&self) -> Option<i64> {
        self.heap.peek().map(|Reverse((due, ..))| *due)
    }

    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }

    fn set(&mut self, due_ms: i64, timer: Timer) {
        self.count += 1;
        self.heap.push(Reverse((due_ms, self.count, timer)));
    }

    fn first(&self) -> Option<Timer> {
        self.heap.peek().map(|Reverse((.., timer))| *timer)
    }

    fn take_first(&mut self) -> Option<Timer> {
        self.heap.pop().map(|Reverse((.., timer))| timer)
    }

    fn take_due(&mut self, now_ms: i64) -> Option<Timer> {
        if self.next_ms()? <= now_ms { self.take_first() } else { None }
    }

    fn retain(&mut self, mut keep: impl FnMut(Timer) -> bool) {
        self.heap.retain(|Reverse((.., timer))| keep(*timer));
    }
}

/// One thing that is due at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A task is handed out: after its start delay, before another attempt, or at a worker's wish.
    HandOut(TaskIndex),
    /// A worker has not been heard of for too long since that poll, counted from 1.
    ResponseTimeout(TaskIndex, u32),
    /// A WAIT is over.
    Wake(TaskIndex),
    /// An attempt takes too long.
    TaskTimeout(TaskIndex),
    /// The workflow takes too long.
    WorkflowTimeout,
}

impl Execution {
    pub(super) fn start_later(&mut self, task: TaskIndex, due_ms: i64) {
        self.timers.set(due_ms, Timer::HandOut(task));
    }

    pub(super) fn wake_at(&mut self, task: TaskIndex, due_ms: i64) {
        self.timers.set(due_ms, Timer::Wake(task));
    }

    /// Watches the workflow's own time-out. The server only acts on it with the policy TIME_OUT_WF.
    pub(super) fn watch_workflow(&mut self) {
        let (timeout, policy) = (self.plan.timeout_ms, self.plan.timeout_policy);
        if timeout > 0 && policy == WorkflowTimeoutPolicy::TimeOutWf {
            self.timers.set(self.started_ms.saturating_add(timeout), Timer::WorkflowTimeout);
        }
    }

    /// Watches a call of our own: a server never cuts one off, by its task definition's `timeoutSeconds`; here it is cut.
    pub(super) fn watch_call(&mut self, task: TaskIndex, moment: &Moment<'_>) {
        let total_ms = self.node(task).timeouts.total_ms;
        if total_ms > 0 && self.plan.dialect == Dialect::Legwork {
            self.timers.set(moment.now_ms.saturating_add(total_ms), Timer::TaskTimeout(task));
        }
    }

    /// A call that is sent again has its whole time again.
    pub(super) fn resent(&mut self, task: TaskIndex, moment: &Moment<'_>) {
        if self.scope.task(task.0).is_none_or(|state| state.status.is_terminal()) {
            return;
        }
        self.timers.retain(|timer| !matches!(timer, Timer::TaskTimeout(of) if of == task));
        self.task_mut(task).start_time = moment.now_ms;
        self.watch_call(task, moment);
    }

    /// Watches a worker that has taken a task.
    pub(super) fn watch_worker(&mut self, task: TaskIndex, moment: &Moment<'_>) {
        let node = self.node(task);
        if !matches!(node.kind, Kind::Worker { .. }) {
            return;
        }
        let polls = self.task(task).poll_count;
        if node.timeouts.response_ms > 0 {
            self.timers
                .set(moment.now_ms.saturating_add(node.timeouts.response_ms), Timer::ResponseTimeout(task, polls));
        }
        if node.timeouts.total_ms > 0 {
            let start = self.task(task).start_time;
            self.timers.set(start.saturating_add(node.timeouts.total_ms), Timer::TaskTimeout(task));
        }
    }

    /// Everything that is due by now happens, in the order it became due.
    pub(super) fn tick(&mut self, moment: &mut Moment<'_>) {
        while let Some(timer) = self.timers.take_due(moment.now_ms) {
            if self.is_stale(timer) {
                continue;
            }
            match timer {
                Timer::HandOut(task) => self.hand_out(task, moment),
                Timer::Wake(task) => self.wake(task, moment),
                Timer::ResponseTimeout(task, _) => self.time_out(task, "responseTimeout", moment),
                Timer::TaskTimeout(task) => self.time_out(task, "timeout", moment),
                Timer::WorkflowTimeout => self.time_out_workflow(moment),
            }
            self.drain(moment);
        }
    }

    /// Forgets what is due first and about nothing any more: else a run would wait for it in vain. What is due later is
    /// forgotten when it comes first, so that a step pays for the timers it has made and for no others.
    pub(super) fn forget_stale_timers(&mut self) {
        while self.timers.first().is_some_and(|timer| self.is_stale(timer)) {
            self.timers.take_first();
        }
    }

    /// Whether its task has ended, or the worker that it watches has been heard of since.
    fn is_stale(&self, timer: Timer) -> bool {
        match timer {
            Timer::HandOut(task) | Timer::Wake(task) | Timer::TaskTimeout(task) => self.task(task).status.is_terminal(),
            Timer::ResponseTimeout(task, polls) => {
                self.task(task).status.is_terminal() || self.task(task).poll_count != polls
            }
            Timer::WorkflowTimeout => false,
        }
    }

    fn time_out(&mut self, task: TaskIndex, what: &str, moment: &mut Moment<'_>) {
        let node = self.node(task);
        let state = self.task(task);
        let reason = match what {
            "timeout" => timed_out(
                "Task",
                moment.now_ms - state.start_time,
                node.timeouts.total_ms,
                policy_name(node.timeouts.policy),
            ),
            _ => format!(
                "responseTimeout: {} exceeded for the taskId: {} with Task Definition: {}",
                node.timeouts.response_ms / 1000,
                state.task_id,
                state.task_def_name
            ),
        };
        if what == "timeout" && node.timeouts.policy == TimeoutPolicy::AlertOnly {
            return;
        }
        let output = state.output.clone();
        let advice = self.advice_after_time_out(task, &node);
        let result = TaskResult { reason: Some(reason), advice, ..TaskResult::new(TaskStatus::TimedOut, output) };
        if what == "timeout" && node.timeouts.policy == TimeoutPolicy::TimeOutWf {
            self.task_mut(task).reason_for_incompletion.clone_from(&result.reason);
            self.close(task, TaskStatus::TimedOut, result.output, moment);
            self.set_output(Some(task));
            self.failed_task = Some(task);
            self.end(WorkflowStatus::TimedOut, result.reason, moment);
        } else {
            self.finish(task, result, moment);
        }
    }

    /// A call of our own that was cut off may have been carried out.
    fn advice_after_time_out(&self, task: TaskIndex, node: &Node) -> Option<RetryAdvice> {
        if matches!(node.kind, Kind::Worker { .. }) {
            return None;
        }
        let of_entry = node.entry.as_ref().map(|entry| entry.is_idempotent());
        let input = self.task(task).input.as_object().map(HttpInput::of);
        let method = input.and_then(|input| input.method?.as_str());
        let by_method = || method.is_some_and(|method| matches!(method, "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE"));
        let resend = if of_entry.unwrap_or_else(by_method) {
            Resend::Safe
        } else {
            Resend::Unsafe("the call may have been carried out, and must not be done twice".to_owned())
        };
        Some(RetryAdvice { resend, not_before_ms: None })
    }

    fn time_out_workflow(&mut self, moment: &mut Moment<'_>) {
        let elapsed = moment.now_ms - self.started_ms;
        // With the other policy nothing happens, not even this.
        let policy = policy_name(TimeoutPolicy::TimeOutWf);
        let reason = timed_out("Workflow", elapsed, self.plan.timeout_ms, policy);
        self.set_output(self.last());
        self.end(WorkflowStatus::TimedOut, Some(reason), moment);
    }

    pub(super) fn last(&self) -> Option<TaskIndex> {
        self.control.len().checked_sub(1).map(TaskIndex)
    }
}

fn policy_name(policy: TimeoutPolicy) -> &'static str {
    match policy {
        TimeoutPolicy::Retry => "RETRY",
        TimeoutPolicy::TimeOutWf => "TIME_OUT_WF",
        TimeoutPolicy::AlertOnly => "ALERT_ONLY",
    }
}

/// The server's sentence for a `timeoutSeconds` that is over.
fn timed_out(what: &str, elapsed_ms: i64, limit_ms: i64, policy: &str) -> String {
    let (elapsed, limit) = (elapsed_ms / 1000, limit_ms / 1000);
    format!(
        "{what} timed out after {elapsed} seconds. Timeout configured as {limit} seconds. Timeout policy configured to {policy}"
    )
}
