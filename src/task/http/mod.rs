//! HTTP: builds the request, sends it once, and gives the answer as the task's result.

mod ensure;
mod outcome;
mod rules;

use super::authorize::Credential;
use super::{Attempt, BoxFuture, CallRecord, Outcome, SystemTask};
use crate::catalogue::Entry;
use crate::decide::TaskResult;
use crate::definition::Dialect;
use crate::http::auth::{AuthError, Tokens};
use crate::http::{self, Build, Call, CallResult, Exchange, HttpRequest, RequestError, Rules};
use crate::resolve::{Resolved, TaskStatus};
use outcome::outcome;
use std::sync::{Arc, Mutex, PoisonError};

/// The HTTP task, and SIMPLE tasks by reference: their request has the same shape.
#[derive(Default)]
pub struct HttpTask {
    /// What is known about the answers of each API that was called, made once.
    rules: Mutex<Vec<(Arc<Entry>, Arc<Rules>)>>,
    anything: Arc<Rules>,
    /// Tokens that were asked for.
    tokens: Tokens,
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
    async fn call(&self, mut attempt: Attempt<'_>) -> Outcome {
        let input = std::mem::take(&mut attempt.request);
        // A server knows nothing of entries.
        let entry = attempt.node.entry.as_ref().filter(|_| attempt.plan.dialect == Dialect::Legwork);
        if let Some(with) = entry.and_then(|_| ensure::of(&attempt)) {
            return self.ensured(input, &attempt, with).await;
        }
        match build(input, &attempt) {
            Ok(request) => outcome(self.send(&request, entry, &attempt).await, request.method()),
            Err(refused) => not_built(refused, attempt.plan.dialect),
        }
    }

    /// A call that is made once for a key, however often it is asked for.
    async fn ensured(&self, input: Resolved, attempt: &Attempt<'_>, with: ensure::With<'_>) -> Outcome {
        let request = match build(input.clone(), attempt) {
            Ok(request) => request,
            Err(refused) => return not_built(refused, attempt.plan.dialect),
        };
        match ensure::Ensured::new(self, attempt, with, (&input, &request)) {
            Ok(ensured) => Box::pin(ensured.carry_out()).await,
            Err(why) => not_built(ensure::refused(why), attempt.plan.dialect),
        }
    }

    /// Sends one request of an entry, or of none: with the entry's credential, and once more when that has expired.
    async fn send(&self, request: &HttpRequest, entry: Option<&Arc<Entry>>, attempt: &Attempt<'_>) -> CallResult {
        let rules = self.rules_of(entry);
        let credential = entry.and_then(|entry| Credential::of(request, entry, attempt, &self.tokens));
        let Some(credential) = credential else { return deliver(request, &rules, attempt).await };
        let mut request = request.clone();
        if let Err(error) = credential.put(&mut request).await {
            return CallResult::from(error);
        }
        let result = deliver(&request, &rules, attempt).await;
        if !credential.renew(&request, &result) || credential.put(&mut request).await.is_err() {
            return result;
        }
        let mut renewed = deliver(&request, &rules, attempt).await;
        if credential.is_expired(&renewed) {
            // A third token would be refused as well.
            renewed.resend = http::Resend::Never;
        }
        renewed.after_expired(result);
        renewed
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

    fn rules_of(&self, entry: Option<&Arc<Entry>>) -> Arc<Rules> {
        let Some(entry) = entry else { return Arc::clone(&self.anything) };
        let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = known.iter().find(|(of, _)| Arc::ptr_eq(of, entry)) {
            return Arc::clone(rules);
        }
        let rules = Arc::new(rules::of(entry));
        known.push((Arc::clone(entry), Arc::clone(&rules)));
        rules
    }
}

/// Sends the request as it is.
async fn deliver(request: &HttpRequest, rules: &Rules, attempt: &Attempt<'_>) -> CallResult {
    let services = attempt.services;
    http::execute(Call {
        request,
        transport: &*services.transport,
        rules,
        redactor: &services.redactor,
        async_complete: attempt.node.async_complete,
    })
    .await
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
