//! Workflow tests for people and for programs.

use super::paint::Paint;
use super::policy::duration_ms;
use crate::run::test_workflow::{Branch, Coverage, Covered, Mismatch, Outcome, Tested, TestsFile};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// The tests in lines: each with its differences, then how many passed, and what no test has reached.
///
/// Nothing in it can be secret: a test knows only stand-ins.
#[must_use]
pub fn tests_summary(tested: &Tested, file: &TestsFile, paint: Paint) -> String {
    let mut text = String::new();
    for test in &tested.tests {
        outcome(&mut text, test, file, paint);
    }
    let (all, failed) = (tested.tests.len(), tested.failed());
    let count = format!("{all} {}, {} passed", if all == 1 { "test" } else { "tests" }, all - failed);
    let failed = if failed > 0 { paint.bad(&format!(", {failed} failed")) } else { String::new() };
    let _ = writeln!(text, "{}{failed}", paint.strong(&count));
    coverage(&mut text, &tested.coverage, paint);
    text
}

fn outcome(into: &mut String, test: &Outcome, file: &TestsFile, paint: Paint) {
    let mark = if test.passed() { paint.good("✔") } else { paint.bad("✘") };
    let _ = writeln!(into, "{mark} {}  {}", test.name, paint.faint(&facts(test)));
    for mismatch in &test.mismatches {
        let Mismatch { what, expected, found, .. } = mismatch;
        let _ = writeln!(into, "    {}  {}", paint.faint(&place(file, mismatch)), paint.strong(what));
        let _ = writeln!(into, "      expected  {}\n      found     {}", paint.good(expected), paint.bad(found));
    }
    if !test.unused.is_empty() {
        let _ = writeln!(into, "    {} {}", paint.warn("mocks that nothing asked for:"), test.unused.join(", "));
    }
}

/// `4 tasks, 3 days in 2 ms`.
fn facts(test: &Outcome) -> String {
    let Ok(family) = &test.family else { return "not started".to_owned() };
    let tasks: usize = family.executions().map(|(_, execution)| execution.scope().tasks().len()).sum();
    let tasks = if tasks == 1 { "1 task".to_owned() } else { format!("{tasks} tasks") };
    let took = duration_ms(milliseconds(test.took));
    match test.elapsed_ms {
        0 => format!("{tasks}, {took}"),
        elapsed => format!("{tasks}, {} in {took}", long(elapsed)),
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Virtual time may be long: `2 days 3 h`, `5 min`, `12 s`.
fn long(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..120 => duration_ms(milliseconds),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `tests.yaml:12:9`.
pub(super) fn place(file: &TestsFile, mismatch: &Mismatch) -> String {
    let span = file.spans.locate(&mismatch.pointer).value;
    let (line, column) = file.file.position(span.start);
    format!("{}:{line}:{column}", file.file.name())
}

fn coverage(text: &mut String, coverage: &Coverage, paint: Paint) {
    let (tasks, branches) = (coverage.tasks(), coverage.branches());
    let ways = match branches.1 {
        0 => String::new(),
        all => format!(", {} of {all} branches", branches.0),
    };
    let _ = writeln!(
        text,
        "{} {} % of the workflow: {} of {} tasks{ways}",
        paint.strong("coverage"),
        coverage.percent(),
        tasks.0,
        tasks.1
    );
    for item in coverage.missing() {
        let (line, column) = coverage.file.position(item.span.start);
        let place = format!("{}:{line}:{column}", coverage.file.name());
        let _ = writeln!(text, "  {} {}  {}", paint.warn("not reached"), words(item), paint.faint(&place));
    }
}

/// `is_it_there, case COMPLETED`.
fn words(item: &Covered) -> String {
    let name = &item.reference_name;
    match &item.branch {
        None => name.clone(),
        Some(Branch::Case(case)) => format!("{name}, case {case}"),
        Some(Branch::Default) => format!("{name}, no case matches"),
        Some(Branch::Fork(first)) => format!("{name}, the branch of {first}"),
        Some(Branch::Body(_)) => format!("{name}, a round of the loop"),
        Some(Branch::Retry) => format!("{name}, another attempt"),
        Some(Branch::Failure) if name.is_empty() => "the failure workflow".to_owned(),
        Some(Branch::Failure) => format!("{name}, the flow goes on after its failure"),
    }
}

/// The tests: `{"passed", "failed", "tests": [{"name", "passed", "mismatches": [{"what", "expected", "found", "place"}], "unanswered",
/// "unusedMocks", "elapsedMs", "tookMs", "execution", "started": [execution]}], "coverage": {"percent", "tasks", "branches", "missing"}}`.
#[must_use]
pub fn tests_json(tested: &Tested, file: &TestsFile) -> Value {
    let tests: Vec<_> = tested.tests.iter().map(|test| test_json(test, file)).collect();
    let coverage = &tested.coverage;
    let pair = |(reached, all): (usize, usize)| json!({"reached": reached, "all": all});
    let missing: Vec<_> = coverage
        .missing()
        .map(|item| {
            let (line, column) = coverage.file.position(item.span.start);
            json!({"task": item.reference_name, "what": words(item), "line": line, "column": column})
        })
        .collect();
    json!({
        "passed": tested.tests.len() - tested.failed(),
        "failed": tested.failed(),
        "tests": tests,
        "coverage": {
            "percent": coverage.percent(),
            "tasks": pair(coverage.tasks()),
            "branches": pair(coverage.branches()),
            "missing": missing,
        },
    })
}

fn test_json(test: &Outcome, file: &TestsFile) -> Value {
    let mismatch =
        |is: &Mismatch| json!({"what": is.what, "expected": is.expected, "found": is.found, "place": place(file, is)});
    let unanswered = test
        .unanswered
        .iter()
        .map(|task| json!({"task": task.reference_name, "taskType": task.task_type, "mocksUsed": task.used}));
    let family = test.family.as_ref().ok();
    let started = family.into_iter().flat_map(|family| family.executions().skip(1));
    let started: Vec<_> = started.map(|(_, execution)| super::execution(execution)).collect();
    json!({
        "name": test.name,
        "passed": test.passed(),
        "mismatches": test.mismatches.iter().map(mismatch).collect::<Vec<_>>(),
        "unanswered": unanswered.collect::<Vec<_>>(),
        "unusedMocks": test.unused,
        "elapsedMs": test.elapsed_ms,
        "tookMs": milliseconds(test.took),
        "execution": family.map(|family| super::execution(family.root())),
        "started": started,
    })
}
