//! The policies of a task in words: what is retried when, and how long things may take.

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
    format!("{attempts}, {logic} from {}{limit}", duration_ms(delay_ms))
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
