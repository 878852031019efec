//! What calls keep to together: rate limits, concurrency, locks, the circuit breaker, retry budgets, hedging, and outputs used again.
//!
//! One [`Limits`] is shared by all runs of a process, and nothing is global. What counts how is pure and knows no clock (`rate.rs`,
//! `breaker.rs`, `budget.rs`, `cache.rs`, `learn.rs`); here they are kept by key, and waited for. A call whose [`Policy`] says nothing never comes here.
//! Start with [`Limits::enter`].

mod breaker;
mod budget;
mod cache;
mod learn;
mod rate;
mod shared;
mod span;
mod watched;

pub use breaker::BreakerPolicy;
pub use budget::BudgetPolicy;
pub use rate::Quota;
pub use watched::Watched;

pub(super) use learn::not_before;
pub(super) use rate::midnight_after;

use super::headers::Headers;
use super::request::HttpRequest;
use crate::host;
use crate::host::database::Database;
use crate::metrics::Metrics;
use breaker::Breaker;
use budget::Budget;
use cache::Cache;
use rate::Rate;
use ring::digest::{SHA256, digest};
use serde_json::Value;
use shared::Shared;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// What one kind of call keeps to; made once from its task definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// The name of its rate limit.
    pub label: Box<str>,
    /// How many calls are known beforehand to be allowed.
    pub quota: Quota,
    /// Whether what answers tell is kept to.
    pub learn: bool,
    /// How long a call waits for its turn.
    pub patience: Duration,
    /// How many calls may be under way at once.
    pub concurrency: Option<usize>,
    /// When the host is left alone.
    pub breaker: Option<BreakerPolicy>,
    /// How many failures there may be before nothing is sent again.
    pub budget: Option<BudgetPolicy>,
    /// After how long without an answer a safe request is sent a second time.
    pub hedge: Option<Duration>,
}

/// Whose calls are counted together: those of one account at one host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Account {
    host: Box<str>,
    /// 24 bits of the credential's hash: enough to tell accounts apart on any machine, and too few to find the credential with.
    credential: u32,
}

/// A rate limit of an account.
type Label = (Account, Box<str>);

/// The state of all limits of a process.
#[derive(Debug, Default)]
pub struct Limits {
    plan: Option<Box<str>>,
    /// The longest that any call waits for its turn, whatever its policy says.
    patience: Option<Duration>,
    rates: Mutex<HashMap<Label, Rate>>,
    slots: Mutex<HashMap<Label, Arc<Semaphore>>>,
    locks: Mutex<HashMap<Box<str>, Arc<tokio::sync::Mutex<()>>>>,
    breakers: Mutex<HashMap<Box<str>, Breaker>>,
    budgets: Mutex<HashMap<Box<str>, Budget>>,
    cache: Mutex<Cache>,
    metrics: Option<Arc<Metrics>>,
    shared: OnceLock<Shared>,
}

/// A call that may go. Dropping it lets the next one go.
#[derive(Debug)]
pub struct Permit<'l> {
    limits: &'l Limits,
    policy: &'l Policy,
    account: Account,
    /// What was waited for, in sentences.
    pub notes: Vec<Box<str>>,
    settled: bool,
    _slot: Option<OwnedSemaphorePermit>,
    _lock: Option<Lock<'l>>,
}

/// A call that is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The kind of the failure.
    pub kind: &'static str,
    /// Why, in words.
    pub why: String,
    /// When it may be tried again, milliseconds since 1970.
    pub not_before_ms: Option<i64>,
}

/// What became of a call, as far as limits care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// The API answered as it should.
    Good,
    /// The API refused it, and is well.
    Refused,
    /// The API refused it, and it may be sent again.
    Throttled,
    /// The API has failed: no answer, or one of 500 or more.
    Failed,
}

/// A lock of what no two calls may work on at once.
#[derive(Debug)]
struct Lock<'l> {
    limits: &'l Limits,
    name: Box<str>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Limits {
    /// Limits for accounts that have that plan of their API, whatever the task definitions say.
    #[must_use]
    pub fn on_plan(plan: Option<&str>) -> Self {
        Self { plan: plan.map(Into::into), ..Self::default() }
    }

    /// With an end to every wait for a turn: for a caller that has better means than to wait.
    #[must_use]
    pub fn patient_for(mut self, most: Duration) -> Self {
        self.patience = Some(most);
        self
    }

    /// The longest that any call waits for its turn; `None` when its own policy says so.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        self.patience
    }

    /// With somebody who counts calls, waits and breakers.
    #[must_use]
    pub fn counted_by(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// Keeps to rate limits together with everybody else who uses the database, from now on. Those of another realm are counted apart.
    /// What is said first counts.
    pub fn share(&self, database: Database, realm: &str) {
        // Whoever shares them already goes on as it does.
        let _ = self.shared.set(Shared::new(database, realm));
    }

    /// Who counts.
    #[must_use]
    pub fn metrics(&self) -> Option<&Metrics> {
        self.metrics.as_deref()
    }

    /// The plan that accounts have.
    #[must_use]
    pub fn plan(&self) -> Option<&str> {
        self.plan.as_deref()
    }

    /// Waits until a call may go. `lock` names what no two calls may work on at once.
    ///
    /// # Errors
    /// [`Withheld`] when it would take longer than the policy's patience, or the host is left alone.
    ///
    /// # Cancel safety
    /// Dropping the future gives its place up; a moment of the rate limit that it had taken already is lost.
    pub async fn enter<'l>(
        &'l self,
        policy: &'l Policy,
        request: &HttpRequest,
        lock: Option<&str>,
    ) -> Result<Permit<'l>, Withheld> {
        let entered = self.enter_or_not(policy, request, lock).await;
        entered.inspect_err(|withheld| span::withheld(self, policy, withheld))
    }

    async fn enter_or_not<'l>(
        &'l self,
        policy: &'l Policy,
        request: &HttpRequest,
        lock: Option<&str>,
    ) -> Result<Permit<'l>, Withheld> {
        let account = Account::of(request);
        let mut notes = Vec::new();
        let held = match lock {
            Some(name) => Some(self.lock(name, policy, &mut notes).await?),
            None => None,
        };
        let slot = match policy.concurrency {
            Some(most) => Some(self.slot(policy, &account, most, &mut notes).await?),
            None => None,
        };
        self.turn(policy, &account, &mut notes).await?;
        self.ask_breaker(policy, &account)?;
        Ok(Permit { limits: self, policy, account, notes, settled: false, _slot: slot, _lock: held })
    }

    async fn lock<'l>(&'l self, name: &str, policy: &Policy, notes: &mut Vec<Box<str>>) -> Result<Lock<'l>, Withheld> {
        let mutex = Arc::clone(kept(&self.locks).entry(name.into()).or_default());
        let start = Instant::now();
        let waits = tokio::time::timeout(policy.patience, mutex.lock_owned());
        let mut lock = Lock { limits: self, name: name.into(), guard: None };
        let Ok(guard) = waits.await else {
            let why = format!("another call on `{name}` is under way for {} s", policy.patience.as_secs());
            return Err(Withheld { kind: "busy", why, not_before_ms: None });
        };
        lock.guard = Some(guard);
        self.waited((policy, "lock"), notes, start, || format!("another call on `{name}`"));
        Ok(lock)
    }

    async fn slot(
        &self,
        policy: &Policy,
        account: &Account,
        most: usize,
        notes: &mut Vec<Box<str>>,
    ) -> Result<OwnedSemaphorePermit, Withheld> {
        let key = (account.clone(), policy.label.clone());
        let slots = Arc::clone(kept(&self.slots).entry(key).or_insert_with(|| Arc::new(Semaphore::new(most.max(1)))));
        let start = Instant::now();
        let Ok(Ok(slot)) = tokio::time::timeout(policy.patience, slots.acquire_owned()).await else {
            let why = format!("{most} calls to {} are under way for {} s", account.host, policy.patience.as_secs());
            return Err(Withheld { kind: "busy", why, not_before_ms: None });
        };
        self.waited((policy, "concurrency"), notes, start, || {
            format!("one of the {most} calls at once to {}", account.host)
        });
        Ok(slot)
    }

    /// Waits for a moment of the rate limit.
    async fn turn(&self, policy: &Policy, account: &Account, notes: &mut Vec<Box<str>>) -> Result<(), Withheld> {
        let key = (account.clone(), policy.label.clone());
        let patience_ms = i64::try_from(policy.patience.as_millis()).unwrap_or(i64::MAX);
        let start = Instant::now();
        let mut taken = None;
        loop {
            let at = match self.shared.get() {
                Some(_) if policy.quota == Quota::default() && !policy.learn => return Ok(()),
                Some(shared) => shared_turn(shared, (policy, account), patience_ms, taken).await?,
                None => match self.own_turn(&key, policy.quota, patience_ms, taken) {
                    Some(at) => at,
                    None => return Ok(()),
                },
            };
            let now = host::now_ms();
            let at = at.map_err(|at| used_up(policy, account, at))?;
            if at <= now {
                self.waited((policy, "rate_limit"), notes, start, || {
                    format!("the rate limit {} of {}", policy.label, account.host)
                });
                return Ok(());
            }
            if at - now > patience_ms {
                return Err(used_up(policy, account, at));
            }
            taken = Some(at);
            tokio::time::sleep(Duration::from_millis(u64::try_from(at - now).unwrap_or_default())).await;
        }
    }

    /// A moment of a limit that this process keeps to alone; `None` when nothing is known of it.
    fn own_turn(&self, key: &Label, quota: Quota, patience_ms: i64, taken: Option<i64>) -> Option<Result<i64, i64>> {
        let mut rates = kept(&self.rates);
        if quota == Quota::default() && !rates.contains_key(key) {
            return None;
        }
        let rate = rates.entry(key.clone()).or_insert_with(|| Rate::new(quota));
        // What was taken stays taken, unless an answer has closed the limit in the meantime.
        Some(match taken {
            None => rate.take(host::now_ms(), patience_ms),
            Some(at) => Ok(rate.closed_since(at)),
        })
    }

    /// Notes a wait that somebody could notice.
    fn waited(
        &self,
        (policy, limit): (&Policy, &'static str),
        notes: &mut Vec<Box<str>>,
        start: Instant,
        what: impl FnOnce() -> String,
    ) {
        let took = start.elapsed();
        let waited = took.as_millis();
        if waited >= 2 {
            notes.push(format!("waited {waited} ms for {}", what()).into());
            span::waited(self, (policy, limit), took);
        }
    }

    fn ask_breaker(&self, policy: &Policy, account: &Account) -> Result<(), Withheld> {
        let Some(breaker) = policy.breaker else { return Ok(()) };
        let asked = self.at_breaker(&account.host, |state| state.ask(breaker, host::now_ms()));
        asked.map_err(|at| Withheld {
            kind: "breaker_open",
            why: format!(
                "{} has failed {} times in a row and is left alone for a while",
                account.host, breaker.failures
            ),
            not_before_ms: Some(at),
        })
    }

    /// Asks or tells the breaker of a host; a change of its state is told to those who listen.
    fn at_breaker<T>(&self, host: &str, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breakers = kept(&self.breakers);
        let breaker = breakers.entry(host.into()).or_default();
        let before = breaker.state();
        let acted = act(breaker);
        let after = breaker.state();
        drop(breakers);
        if after != before {
            span::breaker(self, host, after);
        }
        acted
    }

    /// Takes in what an answer's fields say.
    fn learn(&self, policy: &Policy, account: &Account, status: u16, headers: &Headers) {
        let now = host::now_ms();
        let Some(told) = learn::told(status, headers, now) else { return };
        let label = told.label.clone().unwrap_or_else(|| policy.label.clone());
        let quota = if label == policy.label { policy.quota } else { Quota::default() };
        if let Some(shared) = self.shared.get() {
            return shared.learn(shared_label(account, &label), quota, told);
        }
        let mut rates = kept(&self.rates);
        let rate = rates.entry((account.clone(), label)).or_insert_with(|| Rate::new(quota));
        if let Some((span, allowance)) = told.left {
            rate.observe(span, allowance, now);
        }
        if let Some(until) = told.closed_until_ms {
            rate.close_until(until);
        }
        if rate.is_open(now) {
            rates.retain(|_, rate| !rate.is_open(now));
        }
    }

    /// The output that a key had not long ago, and its age in milliseconds.
    #[must_use]
    pub fn cached(&self, key: &str) -> Option<(Arc<Value>, i64)> {
        kept(&self.cache).get(key, host::now_ms())
    }

    /// Keeps an output to be used again.
    pub fn cache(&self, key: String, output: &Value, ttl: Duration) {
        let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        kept(&self.cache).put(key, Arc::new(output.clone()), host::now_ms(), ttl_ms);
    }
}

impl Permit<'_> {
    /// Says what became of the call; gives why nothing is sent again when the retry budget is used up.
    pub fn settle(&mut self, became: Became) -> Option<String> {
        self.settled = true;
        let (limits, host) = (self.limits, &self.account.host);
        if let Some(policy) = self.policy.breaker {
            let went_well = became != Became::Failed;
            limits.at_breaker(host, |breaker| breaker.tell(policy, went_well, host::now_ms()));
        }
        let policy = self.policy.budget?;
        let mut budgets = kept(&limits.budgets);
        let budget = budgets.entry(host.clone()).or_default();
        match became {
            Became::Good => budget.succeeded(policy),
            Became::Refused => {}
            Became::Throttled | Became::Failed if budget.failed(policy) => {}
            Became::Throttled | Became::Failed => {
                return Some(format!("the retry budget of {host} is used up: too many of the last calls failed"));
            }
        }
        None
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.settled && self.policy.breaker.is_some() {
            self.limits.at_breaker(&self.account.host, Breaker::forget);
        }
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        self.guard = None;
        let mut locks = kept(&self.limits.locks);
        // The map's own is the last one: nobody waits for it.
        if locks.get(&self.name).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.name);
        }
    }
}

impl Account {
    fn of(request: &HttpRequest) -> Self {
        let credential = request.headers().get("Authorization").map_or(0, |text| {
            let hash = digest(&SHA256, text.as_bytes());
            hash.as_ref().iter().take(3).fold(0, |tag, byte| tag << 8 | u32::from(*byte))
        });
        Self { host: request.target().origin.authority().into(), credential }
    }
}

/// A moment of a limit that others keep to as well. When they cannot be asked, nothing goes.
async fn shared_turn(
    shared: &Shared,
    (policy, account): (&Policy, &Account),
    patience_ms: i64,
    taken: Option<i64>,
) -> Result<Result<i64, i64>, Withheld> {
    let label = shared_label(account, &policy.label);
    let asked = match taken {
        None => shared.take(&label, policy.quota, patience_ms).await,
        Some(at) => shared.closed_since(&label, policy.quota, at).await.map(Ok),
    };
    asked.map_err(|err| {
        let why = format!("the rate limit {} of {} is shared, and {err}", policy.label, account.host);
        Withheld { kind: "rate_limit", why, not_before_ms: None }
    })
}

/// The name of a limit for everybody: host, account and label.
fn shared_label(account: &Account, label: &str) -> String {
    format!("{} {:06x} {label}", account.host, account.credential)
}

fn used_up(policy: &Policy, account: &Account, at_ms: i64) -> Withheld {
    let why = format!(
        "the rate limit {} of {} is used up for longer than {} s",
        policy.label,
        account.host,
        policy.patience.as_secs()
    );
    Withheld { kind: "rate_limit", why, not_before_ms: Some(at_ms) }
}

/// What stands behind a mutex; a panic elsewhere leaves it usable.
fn kept<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
