//! `TaskDef`: retry, time-outs and schemas of a task name.

use super::read::{Cursor, Field, Fields, Report, fields, read_object, write_object};
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
    /// `inputKeys`: names for people.
    pub input_keys: Vec<String>,
    /// `outputKeys`: names for people.
    pub output_keys: Vec<String>,
    /// `ownerEmail`.
    pub owner_email: Option<String>,
    /// `isolationGroupId`.
    pub isolation_group_id: Option<String>,
    /// `executionNameSpace`.
    pub execution_name_space: Option<String>,
    /// What the fields above do not hold exactly as written: unknown fields, and known ones of another type. Such a
    /// value goes before the typed one when the definition is written.
    pub extra: Map<String, Value>,
    /// The keys in the order they were written.
    pub keys: Vec<Box<str>>,
}

impl TaskDef {
    /// A definition of that name with Conductor's defaults: three retries a minute apart.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Reads a definition, as far as it can be read, without a word about what is wrong with it.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        read_object(&Cursor::root(value, None), &mut Report::new(None))
    }

    /// The wire names of the typed fields.
    pub fn field_names() -> impl Iterator<Item = &'static str> {
        Self::FIELDS.iter().map(|field| field.name)
    }

    /// The definition as a value: what was read comes out as it was written, key order included.
    #[must_use]
    pub fn to_value(&self) -> Value {
        write_object(self)
    }
}

impl Default for TaskDef {
    /// Conductor's defaults of every field, without a name.
    fn default() -> Self {
        Self {
            name: String::new(),
            description: None,
            retry_count: 3,
            retry_logic: RetryLogic::default(),
            retry_delay_seconds: 60,
            backoff_scale_factor: 1,
            max_retry_delay_seconds: 0,
            backoff_jitter_ms: 0,
            timeout_seconds: 0,
            timeout_policy: TimeoutPolicy::default(),
            response_timeout_seconds: 3600,
            poll_timeout_seconds: None,
            total_timeout_seconds: 0,
            concurrent_exec_limit: None,
            rate_limit_per_frequency: None,
            rate_limit_frequency_in_seconds: None,
            input_template: Map::new(),
            input_schema: None,
            output_schema: None,
            enforce_schema: false,
            x_legwork: None,
            input_keys: Vec::new(),
            output_keys: Vec::new(),
            owner_email: None,
            isolation_group_id: None,
            execution_name_space: None,
            extra: Map::new(),
            keys: Vec::new(),
        }
    }
}

impl Fields for TaskDef {
    const FIELDS: &'static [Field<Self>] = fields! {
        "name" => name,
        "description" => description,
        "retryCount" => retry_count,
        "retryLogic" => retry_logic,
        "retryDelaySeconds" => retry_delay_seconds,
        "backoffScaleFactor" => backoff_scale_factor,
        "maxRetryDelaySeconds" => max_retry_delay_seconds,
        "backoffJitterMs" => backoff_jitter_ms,
        "timeoutSeconds" => timeout_seconds,
        "timeoutPolicy" => timeout_policy,
        "responseTimeoutSeconds" => response_timeout_seconds,
        "pollTimeoutSeconds" => poll_timeout_seconds,
        "totalTimeoutSeconds" => total_timeout_seconds,
        "concurrentExecLimit" => concurrent_exec_limit,
        "rateLimitPerFrequency" => rate_limit_per_frequency,
        "rateLimitFrequencyInSeconds" => rate_limit_frequency_in_seconds,
        "inputTemplate" => input_template,
        "inputSchema" => input_schema,
        "outputSchema" => output_schema,
        "enforceSchema" => enforce_schema,
        "x-legwork" => x_legwork,
        "inputKeys" => input_keys,
        "outputKeys" => output_keys,
        "ownerEmail" => owner_email,
        "isolationGroupId" => isolation_group_id,
        "executionNameSpace" => execution_name_space,
    };
    const KEPT: &'static [&'static str] =
        &["baseType", "ownerApp", "createTime", "updateTime", "createdBy", "updatedBy", "accessPolicy", "tags"];

    fn written(&mut self) -> (&mut Map<String, Value>, &mut Vec<Box<str>>) {
        (&mut self.extra, &mut self.keys)
    }

    fn kept(&self) -> (&Map<String, Value>, &[Box<str>]) {
        (&self.extra, &self.keys)
    }
}
