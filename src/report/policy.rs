//! The policies of a task in words: what is retried when, and how long things may take.

use crate::catalogue::Entry;
use crate::definition::RetryLogic;
use crate::plan::{Node, RetryPolicy};

/// `3 more attempts, EXPONENTIAL_BACKOFF from 2 s`.
pub(super) fn retries(node: &Node) -> String {
    let RetryPolicy { count, logic, delay_ms, max_delay_ms, .. } = node.retry;
    if count == 0 {
        return "none".to_owned();
    }
    let logic = match logic {
        RetryLogic::Fixed => "FIXED",
        RetryLogic::LinearBackoff => "LINEAR_BACKOFF",
        RetryLogic::ExponentialBackoff => "EXPONENTIAL_BACKOFF",
    };
    let attempts = if count == 1 { "1 more attempt".to_owned() } else { format!("{count} more attempts") };
    let limit = if max_delay_ms > 0 { format!(", at most {}", duration_ms(max_delay_ms)) } else { String::new() };
    let jitter = if node.retry.full_jitter { ", full jitter" } else { "" };
    let deadline = match node.retry.deadline_ms {
        0 => String::new(),
        deadline => format!(", all within {}", duration_ms(deadline)),
    };
    let budget = node.entry.as_ref().and_then(|entry| entry.retries().budget);
    let budget =
        budget.map(|budget| format!(", none while {} of {} tokens are lost", budget.tokens / 2, budget.tokens));
    format!("{attempts}, {logic} from {}{limit}{jitter}{deadline}{}", duration_ms(delay_ms), budget.unwrap_or_default())
}

/// What a call keeps to beside its retries: a name and a sentence each.
pub(super) fn limits(node: &Node) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    if let Some(entry) = &node.entry {
        let limits = entry.limits();
        told.extend(entry.rate_label().map(|label| ("rate limit", rate(entry, label))));
        told.extend(limits.concurrency.map(|most| ("concurrency", format!("{most} at once"))));
        told.extend(limits.lock.map(|lock| ("lock", format!("one at a time on `{lock}`"))));
        told.extend(limits.breaker.map(|breaker| {
            (
                "breaker",
                format!("{} failures in a row, then left alone for {} s", breaker.failures, breaker.open_seconds),
            )
        }));
        told.extend(limits.hedge_ms.map(|after| ("hedging", format!("sent a second time after {after} ms"))));
        told.extend(entry.ensure().map(|ensure| {
            ("ensure", format!("with a ledger, made once for `{}`, looked up with {}", ensure.key, ensure.lookup))
        }));
    }
    told.extend(node.cache.as_ref().map(|cache| ("cache", format!("{} s for `{}`", cache.ttl_seconds, cache.key))));
    told
}

/// `Light: 30 a second by the plan pro, and what answers tell`.
fn rate(entry: &Entry, label: &str) -> String {
    let limits = entry.limits();
    let plan = limits.plan.as_deref();
    let kept = plan.and_then(|plan| Some((plan, entry.rate_limit(plan)?))).map(|(plan, limit)| {
        let spans = [(limit.per_second, "second"), (limit.per_minute, "minute"), (limit.per_day, "day")];
        let spans: Vec<_> = spans.iter().filter_map(|(most, span)| Some(format!("{} a {span}", (*most)?))).collect();
        format!("{} by the plan {plan}", spans.join(", "))
    });
    let learned = limits.learn.unwrap_or_default().then(|| "what answers tell".to_owned());
    let parts: Vec<_> = kept.into_iter().chain(learned).collect();
    if parts.is_empty() { label.to_owned() } else { format!("{label}: {}", parts.join(", and ")) }
}

/// A time in words: `250 ms`, `2 s`, `1.5 s`.
#[must_use]
pub fn duration_ms(milliseconds: i64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        _ if milliseconds % 1000 == 0 => format!("{} s", milliseconds / 1000),
        _ => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::duration_ms;

    #[test]
    fn durations_read_well() {
        let check = |milliseconds, expected| assert_eq!(duration_ms(milliseconds), expected);
        check(0, "0 ms");
        check(999, "999 ms");
        check(2000, "2 s");
        check(61_550, "61.5 s");
    }
}
