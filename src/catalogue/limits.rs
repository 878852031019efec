//! What a task definition or its provider says of sending again, and of sending less.

use super::{Entry, RateLimit};
use schemars::JsonSchema;
use serde::Deserialize;

/// How failed calls are sent again, beside Conductor's own retry fields. Not with `--compat conductor`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Retries {
    /// How chance spreads the delay that the retry fields give.
    pub jitter: Option<Jitter>,
    /// In how many seconds after the first attempt was scheduled the last one must begin; `totalTimeoutSeconds` when absent.
    pub deadline_seconds: Option<u32>,
    /// How many failures the API may have, of all runs of a process together, before nothing is sent again.
    pub budget: Option<RetryBudget>,
}

/// How chance spreads a delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Jitter {
    /// Not at all; `backoffJitterMs` is added.
    None,
    /// Anything from nothing to the whole delay, so that callers that failed together do not come back together.
    Full,
}

/// A failure takes a token, a success gives a part of one back; while no more than half of them are left, nothing is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RetryBudget {
    /// All tokens.
    pub tokens: u32,
    /// What a success gives back.
    pub per_success: f64,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { tokens: 100, per_success: 0.1 }
    }
}

/// What a call keeps to, together with all other calls of the process. Not with `--compat conductor`, and only for hosts of the servers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Limits {
    /// The plan of `rate_labels` that the account has; `rate-plan` of a `legwork.toml` goes before it. Without one, only what answers tell is kept to.
    pub plan: Option<String>,
    /// Whether to keep to what answers tell: X-RateLimit-*, `RateLimit`, Retry-After of a 429.
    pub learn: Option<bool>,
    /// The most seconds that a call waits for its turn, 60 when absent; one that would wait longer is not sent.
    pub max_wait_seconds: Option<u32>,
    /// How many calls may be under way at once, for one account and host.
    pub concurrency: Option<u32>,
    /// When the host is left alone.
    pub breaker: Option<Breaker>,
    /// What no two calls may work on at once, a template over the parameters: `user {{email}}`.
    pub lock: Option<String>,
    /// After so many milliseconds without an answer the request is sent a second time; the first answer counts. Safe methods only.
    pub hedge_ms: Option<u32>,
    /// For how long an output is used again; a workflow task's `cacheConfig` goes before it.
    pub cache: Option<CacheSpec>,
}

/// For how long an output is used again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct CacheSpec {
    /// For which inputs it is the same, `${name}` for values of the input: `user ${user_id}`.
    pub key: String,
    /// For so many seconds.
    pub ttl_seconds: u64,
}

/// When a host is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Breaker {
    /// After so many failures in a row: no answer, or a status of 500 or more.
    #[schemars(range(min = 1))]
    pub failures: u32,
    /// For so many seconds; then one call tries it.
    pub open_seconds: u32,
}

impl Entry {
    /// How its calls are sent again: its own words go before the provider's.
    #[must_use]
    pub fn retries(&self) -> Retries {
        let (own, shared) = (&self.operation.retries, &self.provider.retries);
        Retries {
            jitter: own.jitter.or(shared.jitter),
            deadline_seconds: own.deadline_seconds.or(shared.deadline_seconds),
            budget: own.budget.or(shared.budget),
        }
    }

    /// What its calls keep to: its own words go before the provider's.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let (own, shared) = (&self.operation.limits, &self.provider.limits);
        Limits {
            plan: own.plan.clone().or_else(|| shared.plan.clone()),
            learn: own.learn.or(shared.learn),
            max_wait_seconds: own.max_wait_seconds.or(shared.max_wait_seconds),
            concurrency: own.concurrency.or(shared.concurrency),
            breaker: own.breaker.or(shared.breaker),
            lock: own.lock.clone().or_else(|| shared.lock.clone()),
            hedge_ms: own.hedge_ms.or(shared.hedge_ms),
            cache: own.cache.clone().or_else(|| shared.cache.clone()),
        }
    }

    /// The rate limit of its label in a plan.
    #[must_use]
    pub fn rate_limit(&self, plan: &str) -> Option<RateLimit> {
        self.rate_limits()?.get(plan).copied()
    }
}
