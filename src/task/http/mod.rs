//! HTTP: builds the request, sends it once, and gives the answer as the task's result.

mod ensure;
mod outcome;
mod rules;

use super::authorize::authorize;
use super::{Attempt, BoxFuture, CallRecord, Outcome, SystemTask};
use crate::catalogue::Entry;
use crate::decide::TaskResult;
use crate::definition::Dialect;
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
}

impl SystemTask for HttpTask {
    fn execute<'a>(&'a self, attempt: Attempt<'a>) -> BoxFuture<'a, Outcome> {
        Box::pin(self.call(attempt))
    }

    fn plan(&self, attempt: &Attempt<'_>) -> Option<CallRecord> {
        let call = match build(attempt.request.clone(), attempt.node.entry.as_ref(), attempt) {
            Ok(request) => CallRecord {
                exchange: Some(Box::new(Exchange::planned(&request, &attempt.services.redactor))),
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
        match build(input, attempt.node.entry.as_ref(), &attempt) {
            Ok(request) => outcome(self.send(&request, entry, &attempt).await, request.method()),
            Err(refused) => not_built(refused, attempt.plan.dialect),
        }
    }

    /// A call that is made once for a key, however often it is asked for.
    async fn ensured(&self, input: Resolved, attempt: &Attempt<'_>, with: ensure::With<'_>) -> Outcome {
        let request = match build(input.clone(), Some(with.entry), attempt) {
            Ok(request) => request,
            Err(refused) => return not_built(refused, attempt.plan.dialect),
        };
        match ensure::Ensured::new(self, attempt, with, (&input, &request)) {
            Ok(ensured) => Box::pin(ensured.carry_out()).await,
            Err(why) => not_built(ensure::refused(why), attempt.plan.dialect),
        }
    }

    /// Sends one request of an entry, or of none.
    async fn send(&self, request: &HttpRequest, entry: Option<&Arc<Entry>>, attempt: &Attempt<'_>) -> CallResult {
        let rules = self.rules_of(entry);
        let services = attempt.services;
        http::execute(Call {
            request,
            transport: &*services.transport,
            rules: &rules,
            redactor: &services.redactor,
            async_complete: attempt.node.async_complete,
        })
        .await
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

/// The request with its secrets, and its masked view beside it.
fn build(input: Resolved, entry: Option<&Arc<Entry>>, attempt: &Attempt<'_>) -> Result<HttpRequest, RequestError> {
    let services = attempt.services;
    let with = Build { dialect: attempt.plan.dialect, secrets: &*services.secrets, redactor: &services.redactor };
    let mut request = HttpRequest::build(input, with)?;
    if attempt.plan.dialect == Dialect::Legwork {
        authorize(&mut request, entry, attempt)?;
    }
    Ok(request)
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
