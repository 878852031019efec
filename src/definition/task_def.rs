//! `TaskDef`: retry, time-outs and schemas of a task name.

use serde_json::{Map, Value};

/// How the delay before a retry grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryLogic {
    /// The same delay each time.
    #[default]
    Fixed,
    /// delay * backoffScaleFactor * (attempt + 1).
    LinearBackoff,
    /// delay * 2^attempt.
    ExponentialBackoff,
}

/// What happens when a task's `timeoutSeconds` are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeoutPolicy {
    /// The task is retried.
    Retry,
    /// The workflow ends as `TIMED_OUT`.
    #[default]
    TimeOutWf,
    /// Nothing but an alert.
    AlertOnly,
}

/// A task definition. Source: conductor-common `TaskDef.java`, 3.32.3.
#[derive(Debug, Clone)]
pub struct TaskDef {
    /// `name`.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// `retryCount`, 3 when absent.
    pub retry_count: i64,
    /// `retryLogic`, FIXED when absent.
    pub retry_logic: RetryLogic,
    /// `retryDelaySeconds`, 60 when absent.
    pub retry_delay_seconds: i64,
    /// `backoffScaleFactor`, 1 when absent.
    pub backoff_scale_factor: i64,
    /// `maxRetryDelaySeconds`, 0 for none.
    pub max_retry_delay_seconds: i64,
    /// `backoffJitterMs`, 0 for none.
    pub backoff_jitter_ms: i64,
    /// `timeoutSeconds`, 0 for none.
    pub timeout_seconds: i64,
    /// `timeoutPolicy`, `TIME_OUT_WF` when absent.
    pub timeout_policy: TimeoutPolicy,
    /// `responseTimeoutSeconds`, 3600 when absent.
    pub response_timeout_seconds: i64,
    /// `pollTimeoutSeconds`.
    pub poll_timeout_seconds: Option<i64>,
    /// `totalTimeoutSeconds`, 0 for none.
    pub total_timeout_seconds: i64,
    /// `concurrentExecLimit`.
    pub concurrent_exec_limit: Option<i64>,
    /// `rateLimitPerFrequency`.
    pub rate_limit_per_frequency: Option<i64>,
    /// `rateLimitFrequencyInSeconds`.
    pub rate_limit_frequency_in_seconds: Option<i64>,
    /// `inputTemplate`: put where the task's input lacks the key.
    pub input_template: Map<String, Value>,
    /// `inputSchema` as written.
    pub input_schema: Option<Value>,
    /// `outputSchema` as written.
    pub output_schema: Option<Value>,
    /// `enforceSchema`.
    pub enforce_schema: bool,
    /// `x-legwork` as written.
    pub x_legwork: Option<Value>,
    /// Everything else that was written, in order.
    pub extra: Map<String, Value>,
    /// The keys in the order they were written.
    pub keys: Vec<Box<str>>,
}
