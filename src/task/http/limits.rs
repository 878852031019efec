//! What an entry says of limits, in the words of the HTTP layer; and one call that keeps to them.

use super::super::Attempt;
use crate::catalogue::{Entry, filled};
use crate::http::limit::{Became, BreakerPolicy, BudgetPolicy, Limits, Permit, Policy, Quota, Watched, Withheld};
use crate::http::{self, Call, CallResult, Exchange, HttpRequest, Kind, NotBefore};
use crate::resolve::TaskStatus;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a call waits for its turn unless its entry says otherwise.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the calls of one entry keep to.
#[derive(Debug)]
pub(super) struct Kept {
    policy: Policy,
    /// The template of what no two calls may work on at once.
    lock: Option<Value>,
}

/// A call that was made, or that was not because of its limits.
pub(super) struct Sent {
    pub(super) result: CallResult,
    /// What was decided about it, in sentences.
    pub(super) notes: Vec<Box<str>>,
    /// Whether it was not sent.
    pub(super) withheld: bool,
    /// Why it is not sent again although it could be.
    pub(super) not_again: Option<String>,
}

impl From<CallResult> for Sent {
    fn from(result: CallResult) -> Self {
        Self { result, notes: Vec::new(), withheld: false, not_again: None }
    }
}

/// What an entry's calls keep to; `None` when it says nothing, as most do.
pub(super) fn of(entry: &Entry, limits: &Limits) -> Option<Kept> {
    let (said, retries) = (entry.limits(), entry.retries());
    let plan = limits.plan().or(said.plan.as_deref());
    let quota = plan.and_then(|plan| entry.rate_limit(plan)).map(|limit| Quota {
        per_second: limit.per_second,
        per_minute: limit.per_minute,
        per_day: limit.per_day,
    });
    let policy = Policy {
        label: entry.rate_label().unwrap_or(&entry.name).into(),
        quota: quota.unwrap_or_default(),
        learn: said.learn.unwrap_or_default(),
        patience: {
            let said = said.max_wait_seconds.map_or(PATIENCE, |seconds| Duration::from_secs(u64::from(seconds)));
            limits.patience().map_or(said, |most| most.min(said))
        },
        concurrency: said.concurrency.and_then(|most| usize::try_from(most).ok()),
        breaker: said.breaker.map(|breaker| BreakerPolicy {
            failures: breaker.failures.max(1),
            open_ms: i64::from(breaker.open_seconds) * 1000,
        }),
        budget: retries
            .budget
            .map(|budget| BudgetPolicy { tokens: f64::from(budget.tokens), per_success: budget.per_success.max(0.0) }),
        hedge: said.hedge_ms.map(|after| Duration::from_millis(u64::from(after))),
    };
    let lock = said.lock.map(Value::String);
    let nothing = Policy { label: policy.label.clone(), patience: policy.patience, ..Policy::default() };
    (lock.is_some() || policy != nothing).then_some(Kept { policy, lock })
}

impl Kept {
    /// Makes a call that keeps to the limits.
    pub(super) async fn send(&self, call: Call<'_>, entry: &Entry, attempt: &Attempt<'_>) -> Sent {
        let limits = &attempt.services.limits;
        let lock = self.lock.as_ref().and_then(|template| lock_name(template, entry, call.request));
        match limits.enter(&self.policy, call.request, lock.as_deref()).await {
            Ok(permit) => carried_out(call, permit).await,
            Err(withheld) => not_sent(&call, &withheld),
        }
    }
}

async fn carried_out(call: Call<'_>, mut permit: Permit<'_>) -> Sent {
    let watched = Watched::new(call.transport, &permit);
    let result = http::execute(Call { transport: &watched, ..call }).await;
    let hedged = watched.note();
    let not_again = permit.settle(became(&result));
    let mut notes = std::mem::take(&mut permit.notes);
    notes.extend(hedged);
    Sent { result, notes, withheld: false, not_again }
}

fn became(result: &CallResult) -> Became {
    let again = result.resend == http::Resend::Safe;
    match result.status_code {
        _ if matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress) => Became::Good,
        None | Some(500..) => Became::Failed,
        Some(_) if again => Became::Throttled,
        Some(_) => Became::Refused,
    }
}

/// What no two calls may work on at once, with the host: `api.example.com user a@example.com`.
fn lock_name(template: &Value, entry: &Entry, request: &HttpRequest) -> Option<String> {
    let masked = request.masked();
    let body: Value = serde_json::from_slice(&masked.body).unwrap_or_default();
    let parameters = entry.parameters_of(&masked.target.to_string(), Some(&body));
    let name = filled(template, &parameters)?;
    Some(format!("{} {}", request.target().origin.authority(), name.as_str()?.to_lowercase()))
}

fn not_sent(call: &Call<'_>, withheld: &Withheld) -> Sent {
    let Withheld { kind, why, not_before_ms } = withheld;
    let reason = format!("{} {} was not sent: {why}", call.request.method(), call.request.shown_uri());
    let result = CallResult {
        status: TaskStatus::Failed,
        output: json!({"error": why, "kind": kind}),
        reason: Some(reason),
        kind: Some(Kind::Named((*kind).into())),
        resend: http::Resend::Safe,
        not_before: not_before_ms.map(NotBefore::At),
        sent: false,
        status_code: None,
        exchange: Some(Box::new(Exchange::planned(call.request, call.redactor))),
        refused: None,
    };
    Sent { result, notes: vec![format!("not sent: {why}").into()], withheld: true, not_again: None }
}
