//! Sends a request, follows where it is redirected to, and gives the outcome.

use super::classify::Rules;
use super::exchange::{Exchange, Why};
use super::redirect;
use super::request::HttpRequest;
use super::result::{self, CallResult};
use super::retry_after::NotBefore;
use super::span;
use super::transport::{Delivery, Failure, Response, Transport};
use crate::definition::Dialect;
use crate::host;
use crate::secret::Redactor;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One call.
#[derive(Clone, Copy)]
pub struct Call<'c> {
    /// What is sent.
    pub request: &'c HttpRequest,
    /// Who sends it.
    pub transport: &'c dyn Transport,
    /// What is known about the API's answers.
    pub rules: &'c Rules,
    /// Who masks the exchange.
    pub redactor: &'c Redactor,
    /// `asyncComplete` of the workflow task: an accepted answer leaves the task `IN_PROGRESS`.
    pub async_complete: bool,
}

/// Sends the request once, follows its redirects, and judges what came of it.
///
/// In Conductor's dialect 429, 503 and a closed GET are repeated once, as its client does unseen.
///
/// # Cancel safety
/// Dropping the future closes the connection in use; whether the server carried the call out is then unknown.
pub async fn execute(call: Call<'_>) -> CallResult {
    let mut exchange = Exchange::planned(call.request, call.redactor);
    let course = run(call, &mut exchange).await;
    let mut result = match &course.result {
        Ok(response) => result::answered(call.request, response, call.rules, call.async_complete),
        Err(failure) => result::failed(call.request, failure, call.rules, course.written),
    };
    result.sent = course.written;
    result.exchange = Some(Box::new(exchange));
    result
}

/// What a call came to.
struct Course {
    result: Result<Arc<Response>, Failure>,
    written: bool,
}

async fn run(call: Call<'_>, exchange: &mut Exchange) -> Course {
    let total = call.request.time_outs().total;
    let deadline = total.and_then(|total| Instant::now().checked_add(total));
    let mut request = Cow::Borrowed(call.request);
    let mut visited = Vec::new();
    let mut written = false;
    let mut why = Why::First;
    let mut repeated = false;
    loop {
        let resent = exchange.attempts().len();
        let Delivery { result, trace } = span::send(call, &request, deadline, (why, resent)).await;
        let outcome = result.map(Arc::new);
        written |= trace.written;
        exchange.push(why, &request, &outcome, trace);
        if let Some(wait) = repeat_after(&request, &outcome).filter(|_| !repeated) {
            tokio::time::sleep(wait).await;
            (why, repeated) = (Why::Repeat, true);
            continue;
        }
        let response = match outcome {
            Ok(response) => response,
            Err(failure) => return Course { result: Err(failure), written },
        };
        match redirect::next(&request, &response, &visited) {
            Ok(None) => return Course { result: Ok(response), written },
            Ok(Some(next)) => {
                visited.push(request.target().clone());
                request = Cow::Owned(next);
            }
            Err(failure) => return Course { result: Err(failure), written },
        }
        (why, repeated) = (Why::Redirect, false);
    }
}

/// How long Conductor's client waits before it sends the request once more; `None` when it does not.
///
/// Source: `DefaultHttpRequestRetryStrategy` and `HttpRequestRetryExec` of Apache `HttpClient` 5.
fn repeat_after(request: &HttpRequest, outcome: &Result<Arc<Response>, Failure>) -> Option<Duration> {
    if request.dialect() != Dialect::Conductor {
        return None;
    }
    let second = Duration::from_secs(1);
    match outcome {
        Ok(response) if matches!(response.status, 429 | 503) => {
            let retry_after = response.headers.get("Retry-After").and_then(|value| NotBefore::parse(&value));
            let wait = retry_after.map_or(second, |moment| moment.delay(host::now_ms()));
            // It does not wait longer than it would wait for an answer.
            (request.time_outs().read.is_none_or(|limit| wait <= limit)).then_some(wait)
        }
        Err(Failure::Closed { .. }) if request.is_idempotent() => Some(second),
        _ => None,
    }
}
