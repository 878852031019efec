//! The retry budget of an API: while most calls fail, another attempt is one more call for an API that is in trouble already.
//!
//! Source: gRPC's retry throttling (proposal A6): a failure takes a token, a success gives a part of one back, and there are no
//! retries while no more than half of the tokens are left.

/// How many failures an API may have before nothing is sent to it again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BudgetPolicy {
    /// The tokens of a process; half of them may be lost.
    pub tokens: f64,
    /// What a success gives back.
    pub per_success: f64,
}

/// The state of one API.
#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: f64,
}

impl Budget {
    /// A call went well.
    pub(super) fn succeeded(&mut self, policy: BudgetPolicy) {
        self.spent = (self.spent - policy.per_success).max(0.0);
    }

    /// A call failed in a way that another attempt could mend. Says whether there may be one.
    pub(super) fn failed(&mut self, policy: BudgetPolicy) -> bool {
        self.spent = (self.spent + 1.0).min(policy.tokens);
        self.spent < policy.tokens / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `F` fails and may be retried, `f` fails and may not, `s` succeeds.
    #[track_caller]
    fn check(course: &str) {
        let policy = BudgetPolicy { tokens: 4.0, per_success: 0.5 };
        let mut budget = Budget::default();
        for (at, step) in course.chars().enumerate() {
            match step {
                's' => budget.succeeded(policy),
                step => assert_eq!(budget.failed(policy), step == 'F', "step {at} of {course}"),
            }
        }
    }

    #[test]
    fn half_of_the_tokens_may_be_lost() {
        check("Fffff");
        check("FsFf");
        check("FfssssF");
    }
}
