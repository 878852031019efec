//! JUnit XML, as continuous integration reads it: a suite for the file, a case for each test or task.

use super::workflow_tests::place;
use crate::decide::Execution;
use crate::plan::Plan;
use crate::resolve::{TaskState, TaskStatus};
use crate::run::test_workflow::{Mismatch, Outcome, Tested, TestsFile};
use crate::run::{Ending, Inspection, Run};
use crate::secret::Redactor;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};
use std::time::Duration;

/// The tests of a file.
#[must_use]
pub fn tests_junit(tested: &Tested, file: &TestsFile) -> String {
    let mut suite = TestSuite::new(file.file.name());
    for test in &tested.tests {
        suite.add_test_case(case_of_test(test, file));
    }
    written(suite)
}

fn case_of_test(test: &Outcome, file: &TestsFile) -> TestCase {
    let status = match test.mismatches.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let more = test.mismatches.len() - 1;
            let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
            let line = |is: &Mismatch| format!("{}: expected {}, found {}", is.what, is.expected, is.found);
            let places = test.mismatches.iter().map(|is| format!("{}: {}\n", place(file, is), line(is)));
            status.set_message(format!("{}{more}", line(first))).set_type("mismatch");
            status.set_description(places.collect::<String>());
            status
        }
    };
    let mut case = TestCase::new(test.name.as_str(), status);
    case.set_classname(file.file.name()).set_time(test.took);
    case
}

/// A run: a case for each task, whose earlier attempts are its reruns, and one for the workflow itself.
#[must_use]
pub fn run_junit(plan: &Plan, run: &Run, redactor: &Redactor) -> String {
    let mut suite = TestSuite::new(&*plan.name);
    let execution = run.execution();
    for attempts in visits(execution) {
        suite.add_test_case(case_of_task(&plan.name, &attempts, redactor));
    }
    let workflow = &execution.scope().workflow;
    let status = match run.ending() {
        Ending::Completed => TestCaseStatus::success(),
        Ending::Waiting => skipped("waits for something from outside"),
        _ => failure(workflow.status.as_str(), workflow.reason_for_incompletion.as_deref(), redactor),
    };
    let ended_ms = execution.ended_ms().unwrap_or_else(|| execution.started_ms());
    let mut case = TestCase::new("the workflow", status);
    case.set_classname(&*plan.name).set_time(between(execution.started_ms(), ended_ms));
    suite.add_test_case(case);
    written(suite)
}

/// A test request: one case.
#[must_use]
pub fn test_junit(plan: &Plan, inspection: &Inspection, redactor: &Redactor) -> String {
    let node = plan.node(inspection.node);
    let refused = inspection.refusal.as_ref().map(crate::decide::Refusal::sentence);
    let refused = refused.or_else(|| inspection.call.as_ref()?.refused.as_ref().map(ToString::to_string));
    let status = match (&inspection.result, refused) {
        (_, Some(refused)) => failure("refused", Some(&refused), redactor),
        (None, None) => skipped("dry run: nothing was sent"),
        (Some(result), None) if matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress) => {
            TestCaseStatus::success()
        }
        (Some(result), None) => failure(result.status.as_str(), result.reason.as_deref(), redactor),
    };
    let mut case = TestCase::new(&*node.reference_name, status);
    let exchange = inspection.call.as_ref().and_then(|call| call.exchange.as_deref());
    case.set_classname(&*plan.name).set_time(exchange.map(crate::http::Exchange::total).unwrap_or_default());
    let mut suite = TestSuite::new(&*plan.name);
    suite.add_test_case(case);
    written(suite)
}

/// The task objects of each visit: its attempts, in order.
fn visits(execution: &Execution) -> Vec<Vec<&TaskState>> {
    let mut visits: Vec<Vec<&TaskState>> = Vec::new();
    for (index, state) in execution.scope().tasks().iter().enumerate() {
        let earlier = visits
            .iter_mut()
            .rev()
            .find(|attempts| attempts.first().is_some_and(|first| first.reference_name == state.reference_name));
        match earlier.filter(|_| state.retry_count > 0 && index > 0) {
            Some(attempts) => attempts.push(state),
            None => visits.push(vec![state]),
        }
    }
    visits
}

fn case_of_task(class: &str, attempts: &[&TaskState], redactor: &Redactor) -> TestCase {
    let Some((last, earlier)) = attempts.split_last() else {
        return TestCase::new(class, TestCaseStatus::skipped());
    };
    let reason = last.reason_for_incompletion.as_deref();
    let mut status = match last.status {
        TaskStatus::Completed => TestCaseStatus::success(),
        TaskStatus::CompletedWithErrors | TaskStatus::Skipped | TaskStatus::Canceled => {
            skipped(&redactor.redact(&format!("{}: {}", last.status.as_str(), reason.unwrap_or_default())))
        }
        TaskStatus::Scheduled | TaskStatus::InProgress => skipped("waits for something from outside"),
        failed => failure(failed.as_str(), reason, redactor),
    };
    for attempt in earlier {
        let mut rerun = TestRerun::new(NonSuccessKind::Failure);
        rerun.set_type(attempt.status.as_str()).set_time(between(attempt.start_time, attempt.end_time));
        rerun.set_message(&*redactor.redact(attempt.reason_for_incompletion.as_deref().unwrap_or_default()));
        status.add_rerun(rerun);
    }
    let mut case = TestCase::new(&*last.reference_name, status);
    case.set_classname(format!("{class}.{}", last.task_type)).set_time(between(last.start_time, last.end_time));
    case
}

fn failure(kind: &str, message: Option<&str>, redactor: &Redactor) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(&*redactor.redact(message.unwrap_or_default()));
    status
}

fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why.trim_end_matches([':', ' ']));
    status
}

fn between(start_ms: i64, end_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(end_ms - start_ms).unwrap_or(0))
}

/// The suite in a report of its own. Characters that XML cannot hold are left out.
fn written(suite: TestSuite) -> String {
    let mut report = Report::new("legwork");
    let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
    report.set_time(time).add_test_suite(suite);
    report.to_string().unwrap_or_default()
}
