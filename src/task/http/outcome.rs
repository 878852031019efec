//! The result of a call as the outcome of its task, with what is known about sending it again.

use super::super::{CallRecord, Outcome};
use super::limits::Sent;
use crate::decide::{Resend, RetryAdvice, TaskResult};
use crate::definition::Dialect;
use crate::host;
use crate::http::{self, CallResult};
use std::time::Duration;

pub(super) fn outcome(sent: Sent, method: &str) -> Outcome {
    let Sent { result, notes, withheld, not_again } = sent;
    if let Some(refused) = result.refused {
        return super::not_built(*refused, Dialect::Legwork);
    }
    let mut advice = advice(&result, method);
    if let Some(why) = not_again.filter(|_| advice.resend == Resend::Safe) {
        advice.resend = Resend::Never(why);
    }
    let answered = result.is_answered();
    let CallResult { exchange, sent, kind, .. } = result;
    let call = CallRecord { exchange, sent, answered, kind, withheld, notes, ..CallRecord::default() };
    let result =
        TaskResult { reason: result.reason, advice: Some(advice), ..TaskResult::new(result.status, result.output) };
    Outcome { result: Some(result), call: Some(call) }
}

fn advice(result: &CallResult, method: &str) -> RetryAdvice {
    let now_ms = host::now_ms();
    let not_before_ms = result.not_before.map(|moment| now_ms.saturating_add(milliseconds(moment.delay(now_ms))));
    let resend = match result.resend {
        http::Resend::Safe => Resend::Safe,
        http::Resend::Unsafe => {
            Resend::Unsafe(format!("the {method} may have been carried out, and must not be done twice"))
        }
        http::Resend::Never => Resend::Never("the same request would fail again".to_owned()),
    };
    RetryAdvice { resend, not_before_ms }
}

fn milliseconds(delay: Duration) -> i64 {
    i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)
}
