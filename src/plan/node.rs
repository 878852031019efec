//! One step of a plan: a task with everything parsed, compiled and looked up.

use super::Kind;
use crate::catalogue::{Entry, Jitter, Retries};
use crate::definition::{RetryLogic, TaskDef, TaskType, TimeoutPolicy, WorkflowTask};
use crate::resolve::Template;
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The index of a [`Node`] in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) usize);

/// One task of the definition, ready to run.
#[derive(Debug)]
pub struct Node {
    /// `taskReferenceName`.
    pub reference_name: Arc<str>,
    /// `name`.
    pub name: Arc<str>,
    /// The type that an execution shows: a SIMPLE task's is its name.
    pub shown_type: Arc<str>,
    /// The task definition's name that an execution shows.
    pub shown_name: Arc<str>,
    /// The type as written.
    pub task_type: TaskType,
    /// Where the task stands in the definition, `/tasks/0`.
    pub pointer: Pointer,
    /// The input, compiled: `inputParameters` over the task definition's `inputTemplate`.
    pub input: Template,
    /// The task definition's `inputTemplate` as written.
    pub input_defaults: Map<String, Value>,
    /// Put into the input after everything else, as it is: what a dynamic fork gives its tasks.
    pub given: Map<String, Value>,
    /// What it does.
    pub kind: Kind,
    /// The next task of the same list.
    pub next: Option<NodeId>,
    /// The operator whose list it stands in; `None` at the top.
    pub parent: Option<NodeId>,
    /// Failure does not stop the flow.
    pub optional: bool,
    /// Failure stops the workflow only at its end.
    pub permissive: bool,
    /// Milliseconds between scheduling and the start.
    pub start_delay_ms: i64,
    /// The result of the call is not the end: an update from outside is.
    pub async_complete: bool,
    /// When a failed attempt is followed by another one.
    pub retry: RetryPolicy,
    /// The task definition's time-outs.
    pub timeouts: Timeouts,
    /// The catalogue's entry it belongs to.
    pub entry: Option<Arc<Entry>>,
    /// The entry that finds what its call was to make, when its entry names one (`ensure`).
    pub lookup: Option<Arc<Entry>>,
    /// `cacheConfig`: its output is used again for a while. Not in Conductor's dialect, where it has no effect.
    pub cache: Option<Cache>,
}

/// How long an output is used again, and for which inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// `key`, with `${name}` for values of the task's input.
    pub key: Box<str>,
    /// `ttlInSecond`.
    pub ttl_seconds: u64,
}

/// When a failed attempt is followed by another one. Source: `TaskDef.java`, `DeciderService.retry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub count: u32,
    /// How the delay grows.
    pub logic: RetryLogic,
    /// The first delay in milliseconds.
    pub delay_ms: i64,
    /// Factor of LINEAR_BACKOFF.
    pub scale: i64,
    /// The longest delay in milliseconds; 0 for none.
    pub max_delay_ms: i64,
    /// Up to that many milliseconds are added by chance.
    pub jitter_ms: i64,
    /// The delay is anything from nothing to what is computed, by chance.
    pub full_jitter: bool,
    /// In how many milliseconds after the first attempt was scheduled the last one must begin; 0 for no limit.
    pub deadline_ms: i64,
}

/// A task definition's time-outs, in milliseconds; 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From start to end of one attempt.
    pub total_ms: i64,
    /// Between two signs of life of a worker.
    pub response_ms: i64,
    /// What happens then.
    pub policy: TimeoutPolicy,
}

impl Cache {
    /// Reads a `cacheConfig`, `{"key": "${uri}", "ttlInSecond": 60}`; `None` when it is not that.
    pub(super) fn of(written: &Value) -> Option<Self> {
        let key = written.get("key")?.as_str().filter(|key| !key.is_empty())?;
        Some(Self { key: key.into(), ttl_seconds: written.get("ttlInSecond")?.as_u64()? })
    }
}

impl RetryPolicy {
    /// The policy of a task: its own `retryCount` goes before the definition's; without a definition only workers are retried.
    /// What an entry says beside Conductor's fields is passed in where it counts.
    pub(super) fn of(task: &WorkflowTask, definition: Option<&TaskDef>, entry: Option<&Retries>) -> Self {
        let made_up = TaskDef::named(&task.name);
        let default_count = if task.task_type == TaskType::Simple { made_up.retry_count } else { 0 };
        let count = task.retry_count.unwrap_or_else(|| definition.map_or(default_count, |def| def.retry_count));
        let def = definition.unwrap_or(&made_up);
        Self {
            count: u32::try_from(count).unwrap_or(0),
            logic: def.retry_logic,
            delay_ms: def.retry_delay_seconds.saturating_mul(1000),
            scale: def.backoff_scale_factor,
            max_delay_ms: def.max_retry_delay_seconds.saturating_mul(1000),
            jitter_ms: def.backoff_jitter_ms,
            full_jitter: entry.is_some_and(|entry| entry.jitter == Some(Jitter::Full)),
            deadline_ms: entry.map_or(0, |entry| {
                let seconds = entry.deadline_seconds.map_or(def.total_timeout_seconds.max(0), i64::from);
                seconds.saturating_mul(1000)
            }),
        }
    }

    /// The delay in milliseconds before the attempt that follows attempt `attempt` (0 for the first); `chance` is in 0..1.
    #[must_use]
    pub fn delay_ms(&self, attempt: u32, chance: f64) -> i64 {
        let grown = match self.logic {
            RetryLogic::Fixed => self.delay_ms,
            RetryLogic::LinearBackoff => {
                self.delay_ms.saturating_mul(self.scale).saturating_mul(i64::from(attempt).saturating_add(1))
            }
            RetryLogic::ExponentialBackoff => self.delay_ms.saturating_mul(1_i64 << attempt.min(40)),
        };
        let capped = if self.max_delay_ms > 0 { grown.min(self.max_delay_ms) } else { grown };
        let capped = capped.max(0);
        let spread = if self.full_jitter { jitter(capped, chance) } else { capped };
        spread.saturating_add(jitter(self.jitter_ms, chance))
    }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a jitter needs no exactness")]
fn jitter(limit_ms: i64, chance: f64) -> i64 {
    if limit_ms <= 0 { 0 } else { (limit_ms as f64 * chance.clamp(0.0, 1.0)) as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(logic: RetryLogic) -> RetryPolicy {
        let (full_jitter, deadline_ms) = (false, 0);
        RetryPolicy {
            count: 9,
            logic,
            delay_ms: 1000,
            scale: 3,
            max_delay_ms: 7000,
            jitter_ms: 0,
            full_jitter,
            deadline_ms,
        }
    }

    fn check(logic: RetryLogic, expected: [i64; 4]) {
        let policy = policy(logic);
        assert_eq!([0, 1, 2, 3].map(|attempt| policy.delay_ms(attempt, 0.5)), expected, "{logic:?}");
    }

    #[test]
    fn each_logic_grows_its_own_way_and_is_capped() {
        check(RetryLogic::Fixed, [1000, 1000, 1000, 1000]);
        check(RetryLogic::LinearBackoff, [3000, 6000, 7000, 7000]);
        check(RetryLogic::ExponentialBackoff, [1000, 2000, 4000, 7000]);
    }

    #[test]
    fn jitter_is_added_after_the_cap() {
        let policy = RetryPolicy { delay_ms: 10, max_delay_ms: 5, jitter_ms: 100, ..policy(RetryLogic::Fixed) };
        assert_eq!(policy.delay_ms(0, 0.5), 55);
    }

    #[test]
    fn a_huge_attempt_number_saturates() {
        let policy = RetryPolicy { delay_ms: i64::MAX / 2, max_delay_ms: 0, ..policy(RetryLogic::ExponentialBackoff) };
        assert_eq!(policy.delay_ms(4000, 0.0), i64::MAX);
    }
    #[test]
    fn full_jitter_is_anything_up_to_the_delay() {
        let policy = RetryPolicy { full_jitter: true, ..policy(RetryLogic::ExponentialBackoff) };
        assert_eq!([0.0, 0.25, 1.0].map(|chance| policy.delay_ms(1, chance)), [0, 500, 2000]);
    }
}
