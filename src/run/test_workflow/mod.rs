//! Workflow tests: a whole definition run with mocked tasks, in virtual time, against what its author expects.
//!
//! Nothing real can be sent from here: there is no transport. Each task that would leave the process is answered by a mock of the
//! tests file; a task without one stays as it is, and the execution ends as RUNNING, as in a Conductor server's test mode. What
//! needs nobody outside (operators, scripts, sub-workflows) runs as always, unless it is mocked too. A retry that is due in three
//! days is due at once.
//!
//! Start with [`TestsFile::parse`], then [`test_workflow`].

mod check;
mod compare;
mod coverage;
mod drive;
mod expect;
mod file;
mod plans;
mod read;
#[cfg(test)]
mod tests;

pub use check::{CheckMocks, check_mocks};
pub use compare::Mismatch;
pub use coverage::{Branch, Coverage, Covered};
pub use drive::Unanswered;
pub use file::{Expect, ExpectTask, Expected, Mock, Mocks, Placed, Test, TestsFile};
pub use plans::UnderTest;

use crate::decide::{Family, Refused};
use crate::diagnostic::Diagnostic;
use std::time::{Duration, Instant};

/// What came of all tests of a file.
#[derive(Debug)]
pub struct Tested {
    /// The tests, in the order of the file.
    pub tests: Vec<Outcome>,
    /// What of the definition they have reached together.
    pub coverage: Coverage,
}

/// What came of one test.
#[derive(Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Where it was not as expected; empty when it passed.
    pub mismatches: Vec<Mismatch>,
    /// The executions: the workflow's own, and those that it started. The start itself may be refused.
    pub family: Result<Box<Family>, Refused>,
    /// Tasks that waited for somebody outside, without a mock.
    pub unanswered: Vec<Unanswered>,
    /// Mocks that no task asked for, as places in the tests file's words: `get, the 2nd`.
    pub unused: Vec<String>,
    /// How much virtual time has passed, in milliseconds.
    pub elapsed_ms: i64,
    /// How long the test took.
    pub took: Duration,
}

impl Outcome {
    /// Whether everything was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Tested {
    /// How many tests did not pass.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.tests.iter().filter(|test| !test.passed()).count()
    }
}

/// Runs all tests of a file, one after the other, each in a world of its own.
///
/// # Errors
/// Diagnostics when a definition cannot be planned; no test has run then. A test that fails is no error.
pub async fn test_workflow(under_test: &UnderTest, file: &TestsFile) -> Result<Tested, Vec<Diagnostic>> {
    let mut coverage = Coverage::of(under_test)?;
    let mut tests = Vec::new();
    for test in &file.tests {
        let started = Instant::now();
        let world = under_test.plans(&test.mocks)?;
        let driven = drive::run(&world, test).await;
        if let Ok(family) = &driven.family {
            coverage.add(family.root());
        }
        tests.push(Outcome {
            name: test.name.clone(),
            mismatches: expect::judge(test, &driven),
            family: driven.family,
            unanswered: driven.unanswered,
            unused: driven.unused,
            elapsed_ms: driven.elapsed_ms,
            took: started.elapsed(),
        });
    }
    Ok(Tested { tests, coverage })
}
