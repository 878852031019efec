//! HTTP: builds the request, sends it once, and gives the answer as the task's result.

mod cached;
mod ensure;
mod limits;
mod measured;
mod outcome;
mod rules;

use super::authorize::Credential;
use super::{Attempt, BoxFuture, CallRecord, Outcome, Services, SystemTask};
use crate::catalogue::{ENSURE_KEY, Entry};
use crate::decide::TaskResult;
use crate::definition::Dialect;
use crate::http::auth::{AuthError, Tokens};
use crate::http::{self, Build, Call, CallResult, Exchange, HttpRequest, Pages, RequestError, Rules, Step};
use crate::resolve::{Resolved, TaskStatus};
use limits::Sent;
use outcome::outcome;
use std::sync::{Arc, Mutex, PoisonError};

/// The HTTP task, and SIMPLE tasks by reference: their request has the same shape.
#[derive(Default)]
pub struct HttpTask {
    /// What is known of each entry that was called, made once.
    known: Mutex<Vec<(Arc<Entry>, Arc<Known>)>>,
    anything: Arc<Known>,
    /// Tokens that were asked for.
    tokens: Tokens,
}

/// What is known of an entry's calls.
#[derive(Default)]
struct Known {
    rules: Rules,
    limits: Option<limits::Kept>,
}

impl SystemTask for HttpTask {
    fn execute<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(self.call(attempt))
    }

    fn plan(&self, attempt: &Attempt<'_>) -> Option<CallRecord> {
        let call = match self.planned(attempt) {
            Ok((request, asked_first)) => CallRecord {
                exchange: Some(Box::new(Exchange::planned(&request, &attempt.services.redactor))),
                asked_first,
                ..CallRecord::default()
            },
            Err(refused) => CallRecord { refused: Some(refused), ..CallRecord::default() },
        };
        Some(call)
    }
}

impl HttpTask {
    /// What few calls need waits on the heap, so that the others need not carry the room for it.
    async fn call(&self, mut attempt: Attempt<'_>) -> Outcome {
        let input = std::mem::take(&mut attempt.request);
        // A server knows nothing of entries.
        let entry = attempt.node.entry.as_ref().filter(|_| attempt.plan.dialect == Dialect::Legwork);
        if let Some(with) = entry.and_then(|_| ensure::of(&attempt)) {
            return Box::pin(self.ensured(input, &attempt, with)).await;
        }
        if let Some(cache) = &attempt.node.cache {
            return Box::pin(self.cached(input, &attempt, (entry, cache))).await;
        }
        let binds_nothing =
            entry.is_some_and(|entry| entry.ensure().is_some() && input.value.get(ENSURE_KEY).is_some());
        let mut outcome = match build(input, &attempt) {
            Ok(request) => outcome(self.whole(&request, entry, &attempt).await, request.method()),
            Err(refused) => not_built(refused, attempt.plan.dialect),
        };
        if let Some(call) = outcome.call.as_mut().filter(|_| binds_nothing) {
            call.notes.push(format!("`{ENSURE_KEY}` binds nothing without a ledger: name one with --ledger").into());
        }
        outcome
    }

    /// A call that is made once for a key, however often it is asked for.
    async fn ensured(&self, input: Resolved, attempt: &Attempt<'_>, with: ensure::With<'_>) -> Outcome {
        let request = match build(input.clone(), attempt) {
            Ok(request) => request,
            Err(refused) => return not_built(refused, attempt.plan.dialect),
        };
        match ensure::Ensured::new(self, attempt, with, (&input, &request)) {
            Ok(ensured) => ensured.carry_out().await,
            Err(why) => not_built(ensure::refused(why), attempt.plan.dialect),
        }
    }

    /// The answer, with all its pages when the request asks for them.
    async fn whole(&self, request: &HttpRequest, entry: Option<&Arc<Entry>>, attempt: &Attempt<'_>) -> Sent {
        let mut sent = self.send(request, entry, attempt).await;
        let Some(mut pages) = Pages::of(request) else { return sent };
        let mut notes = Vec::new();
        loop {
            notes.append(&mut sent.notes);
            let Sent { result, withheld, not_again, .. } = sent;
            match pages.take(result) {
                Step::Next(next) => sent = Box::pin(self.send(&next, entry, attempt)).await,
                Step::Done(result) => return Sent { result: *result, notes, withheld, not_again },
            }
        }
    }

    /// Sends one request of an entry, or of none: with the entry's credential, when it has one.
    async fn send(&self, request: &HttpRequest, entry: Option<&Arc<Entry>>, attempt: &Attempt<'_>) -> Sent {
        let known = self.known(entry, attempt.services);
        let known = (&*known, entry);
        match entry.and_then(|entry| Credential::of(request, entry, attempt, &self.tokens)) {
            None => deliver(request, known, attempt).await,
            Some(credential) => Box::pin(deliver_with(credential, request.clone(), known, attempt)).await,
        }
    }

    /// The request as it would be sent, and what would be asked for first.
    fn planned(&self, attempt: &Attempt<'_>) -> Result<(HttpRequest, Option<String>), RequestError> {
        let mut request = build(attempt.request.clone(), attempt)?;
        let entry = attempt.node.entry.as_deref().filter(|_| attempt.plan.dialect == Dialect::Legwork);
        let credential = entry.and_then(|entry| Credential::of(&request, entry, attempt, &self.tokens));
        match credential.map(|credential| credential.plan(&mut request)) {
            Some(Ok(asked_first)) => Ok((request, asked_first)),
            Some(Err(AuthError::Unusable(refused))) => Err(refused),
            // Nobody was asked, so nobody can have refused.
            None | Some(Err(AuthError::NoAnswer { .. } | AuthError::Refused { .. })) => Ok((request, None)),
        }
    }

    fn known(&self, entry: Option<&Arc<Entry>>, services: &Services) -> Arc<Known> {
        let Some(entry) = entry else { return Arc::clone(&self.anything) };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = known.iter().find(|(of, _)| Arc::ptr_eq(of, entry)) {
            return Arc::clone(known);
        }
        let made = Arc::new(Known { rules: rules::of(entry), limits: limits::of(entry, &services.limits) });
        known.push((Arc::clone(entry), Arc::clone(&made)));
        made
    }
}

/// Sends the request with a credential, and once more when that has expired.
async fn deliver_with(
    credential: Credential<'_>,
    mut request: HttpRequest,
    known: (&Known, Option<&Arc<Entry>>),
    attempt: &Attempt<'_>,
) -> Sent {
    if let Err(error) = credential.put(&mut request).await {
        return CallResult::from(error).into();
    }
    let sent = deliver(&request, known, attempt).await;
    if !credential.renew(&request, &sent.result) || credential.put(&mut request).await.is_err() {
        return sent;
    }
    let mut renewed = deliver(&request, known, attempt).await;
    if credential.is_expired(&renewed.result) {
        // A third token would be refused as well.
        renewed.result.resend = http::Resend::Never;
    }
    renewed.result.after_expired(sent.result);
    renewed.notes.splice(0..0, sent.notes);
    renewed
}

/// Sends the request as it is, as the limits of its entry allow; counted where somebody counts.
async fn deliver(request: &HttpRequest, with: (&Known, Option<&Arc<Entry>>), attempt: &Attempt<'_>) -> Sent {
    match attempt.services.limits.metrics() {
        None => deliver_now(request, with, attempt).await,
        Some(metrics) => Box::pin(measured::deliver(metrics, request, with, attempt)).await,
    }
}

async fn deliver_now(
    request: &HttpRequest,
    (known, entry): (&Known, Option<&Arc<Entry>>),
    attempt: &Attempt<'_>,
) -> Sent {
    let services = attempt.services;
    // A look-up beside the task's own call ends by itself.
    let is_own = || entry.is_none() || attempt.node.entry.as_ref().map(Arc::as_ptr) == entry.map(Arc::as_ptr);
    let call = Call {
        request,
        transport: &*services.transport,
        rules: &known.rules,
        redactor: &services.redactor,
        async_complete: attempt.node.async_complete && is_own(),
    };
    match (&known.limits, entry) {
        // They are those of the entry's own hosts.
        (Some(limits), Some(entry)) if entry.trusts(&request.target().origin.host) => {
            Box::pin(limits.send(call, entry, attempt)).await
        }
        _ => http::execute(call).await.into(),
    }
}

/// The request with its secrets, and its masked view beside it.
fn build(input: Resolved, attempt: &Attempt<'_>) -> Result<HttpRequest, RequestError> {
    let services = attempt.services;
    let with = Build { dialect: attempt.plan.dialect, secrets: &*services.secrets, redactor: &services.redactor };
    HttpRequest::build(input, with)
}

/// A task whose request cannot be built fails, and another attempt would fail as well.
fn not_built(refused: RequestError, dialect: Dialect) -> Outcome {
    let result = CallResult::from(&refused);
    let status = match (result.status, dialect) {
        (TaskStatus::Scheduled, _) => None,
        (TaskStatus::Failed, Dialect::Legwork) => Some(TaskStatus::FailedWithTerminalError),
        (status, _) => Some(status),
    };
    let result = status.map(|status| TaskResult { reason: result.reason, ..TaskResult::new(status, result.output) });
    Outcome { result, call: Some(CallRecord { refused: Some(refused), ..CallRecord::default() }) }
}
