//! Small workflows and their tests.

use super::{CheckMocks, Tested, TestsFile, UnderTest, check_mocks, test_workflow};
use crate::catalogue::Catalogue;
use crate::definition::Document;
use crate::plan::Options;
use crate::source::SourceFile;
use std::sync::Arc;

fn document(text: &str) -> Arc<Document> {
    Arc::new(Document::parse(SourceFile::new("w.yaml", text)))
}

fn under_test(workflow: &str, others: &[&str]) -> UnderTest {
    UnderTest {
        document: document(workflow),
        workflows: others.iter().map(|text| document(text)).collect(),
        catalogue: Catalogue::builtin(),
        options: Options::default(),
    }
}

fn tested(workflow: &str, tests: &str, others: &[&str]) -> Tested {
    let file = TestsFile::parse(SourceFile::new("t.yaml", tests)).expect("a tests file");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(test_workflow(&under_test(workflow, others), &file)).expect("a plan")
}

/// The differences of all tests: `what: expected / found`.
#[track_caller]
fn check(workflow: &str, tests: &str, expected: &[&str]) -> Tested {
    let tested = tested(workflow, tests, &[]);
    let all = tested.tests.iter().flat_map(|test| &test.mismatches);
    let lines: Vec<_> = all.map(|is| format!("{}: {} / {}", is.what, is.expected, is.found)).collect();
    assert_eq!(lines, expected);
    tested
}

const ONE: &str = "
name: w
tasks:
  - {name: work, taskReferenceName: a, type: SIMPLE, inputParameters: {n: '${workflow.input.n}'}}
outputParameters: {made: '${a.output.made}'}
";

#[test]
fn a_mock_answers_and_the_expected_is_compared() {
    let tests = "
input: {n: 1}
taskRefToMockOutput: {a: [{output: {made: 2, more: 3}}]}
expect:
  output: {made: 2}
  exactInput: {n: 1}
  path: [a]
  tasks: {a: {status: COMPLETED, attempts: 1, visits: 1, input: {n: 1}, output: {made: 2}}}
";
    let tested = check(ONE, tests, &[]);
    assert!((tested.coverage.percent() - 50.0).abs() < 1e-9, "a SIMPLE task has attempts that were not needed");
    check(
        ONE,
        "
taskRefToMockOutput: {a: [{output: {made: 2, more: 3}}]}
expect:
  status: FAILED
  reason: because
  output: {made: 1}
  variables: {v: 1}
  path: [b]
  pathContains: [a, b]
  tasks:
    a: {reached: false, exactOutput: {made: 2}, attempts: 2}
    z: {status: COMPLETED}
  subWorkflows: {a: {}}
",
        &[
            "status: FAILED / COMPLETED",
            "reason: something with \"because\" / nothing",
            "output.made: 1 / 2",
            "variables.v: 1 / nothing",
            "path: b / a",
            "path: a, b (`b` does not come there) / a",
            "tasks.a: the task is not reached / COMPLETED",
            "tasks.a.attempts: 2 / 1",
            "tasks.a.output.more: nothing / 3",
            "tasks.z: the task is reached / it never came up",
            "subWorkflows.a: a workflow is started / none was",
        ],
    );
}

#[test]
fn a_task_without_a_mock_stops_the_run() {
    check(ONE, "tests: [{expect: {status: RUNNING, tasks: {a: {status: SCHEDULED}}}}]", &[]);
    check(ONE, "tests: [{input: {}}]", &["status: COMPLETED / RUNNING: `a` (work) has no mock"]);
    let failed = "taskRefToMockOutput: {a: [{status: FAILED}]}";
    check(ONE, failed, &["status: COMPLETED / RUNNING: `a` (work) has used up its 1 mocks"]);
}

#[test]
fn a_retry_schedule_of_days_takes_no_time() {
    let workflow = "
name: w
tasks:
  - name: work
    taskReferenceName: a
    taskDefinition: {name: work, retryCount: 3, retryDelaySeconds: 86400}
";
    let failed = "{status: FAILED, reasonForIncompletion: down}";
    let tests = format!(
        "tests: [{{taskRefToMockOutput: {{a: [{failed}, {failed}, {failed}, {{executionTime: 1500, queueWaitTime: 500}}]}}, expect: {{tasks: {{a: {{attempts: 4}}}}}}}}]"
    );
    let tested = check(workflow, &tests, &[]);
    assert_eq!(tested.tests[0].elapsed_ms, 3 * 86_400_000 + 2000);
    assert!(tested.tests[0].took.as_secs() < 5, "{:?}", tested.tests[0].took);
}

#[test]
fn an_execution_time_beyond_its_limit_times_out() {
    let workflow = "
name: w
tasks:
  - name: work
    taskReferenceName: a
    taskDefinition: {name: work, retryCount: 0, timeoutSeconds: 10, responseTimeoutSeconds: 9, timeoutPolicy: RETRY}
";
    let tests = "
taskRefToMockOutput: {a: [{executionTime: 20000}]}
expect: {status: TIMED_OUT, tasks: {a: {status: TIMED_OUT}}}
";
    check(workflow, tests, &[]);
}

#[test]
fn a_task_in_progress_gets_its_next_mock() {
    let tests = "
taskRefToMockOutput: {a: [{status: IN_PROGRESS, output: {made: 1}}, {output: {made: 2}}]}
expect: {output: {made: 2}, tasks: {a: {attempts: 1}}}
";
    check(ONE, tests, &[]);
}

#[test]
fn a_system_task_can_be_mocked_and_keeps_its_type() {
    let workflow = "
name: w
tasks:
  - {name: s, taskReferenceName: s, type: SET_VARIABLE, inputParameters: {v: 1}}
  - {name: n, taskReferenceName: n, type: NOOP}
outputParameters: {v: '${workflow.variables.v}', n: '${n.output.x}'}
";
    check(workflow, "expect: {output: {v: 1}}", &[]);
    let tested = check(workflow, "taskRefToMockOutput: {n: [{output: {x: 7}}]}\nexpect: {output: {v: 1, n: 7}}", &[]);
    let family = tested.tests[0].family.as_ref().expect("started");
    assert_eq!(family.root().scope().latest("n").map(|state| &*state.task_type), Some("NOOP"));
    check(
        workflow,
        "taskRefToMockOutput: {n: [{status: FAILED, reasonForIncompletion: no}]}",
        &[
            "status: COMPLETED / FAILED: Task 00000000-0000-4000-8000-000000000003 failed with status: FAILED and reason: 'no'",
        ],
    );
}

#[test]
fn mocks_that_nothing_asked_for_are_told() {
    let tests = "taskRefToMockOutput: {a: [{}, {}, {}], b: [{}]}";
    assert_eq!(tested(ONE, tests, &[]).tests[0].unused, ["a (1 of 3 used)", "b"]);
}

#[test]
fn the_ways_that_no_test_took_are_counted() {
    let workflow = "
name: w
failureWorkflow: mend
tasks:
  - name: s
    taskReferenceName: s
    type: SWITCH
    evaluatorType: value-param
    expression: v
    inputParameters: {v: '${workflow.input.v}'}
    decisionCases:
      A: [{name: a, taskReferenceName: a, type: NOOP, optional: true}]
      B: []
";
    let tested = check(workflow, "tests: [{input: {v: A}}, {input: {v: C}}]", &[]);
    assert_eq!((tested.coverage.tasks(), tested.coverage.branches()), ((2, 2), (2, 5)));
    let missing: Vec<_> = tested.coverage.missing().map(|item| format!("{:?}", item.branch)).collect();
    assert_eq!(missing, ["Some(Failure)", "Some(Case(\"B\"))", "Some(Failure)"]);
}

#[test]
fn names_and_outputs_are_checked_as_closely_as_asked_for() {
    let check = |mode, expected: &[&str]| {
        let tests = "
tests:
  - taskRefToMockOutput:
      create: [{output: {response: {statusCode: '201', odd: 1}}}, {output: {}}, {status: FAILED, output: {x: 1}}]
      creat: []
    expect: {tasks: {crate: {reached: false}}}
";
        let workflow = "
name: w
tasks: [{name: call, taskReferenceName: create, type: HTTP, inputParameters: {uri: 'http://h/', method: GET}}]
";
        let file = TestsFile::parse(SourceFile::new("t.yaml", tests)).expect("a tests file");
        let found = check_mocks(&under_test(workflow, &[]), &file, mode);
        let lines: Vec<_> = found.iter().map(|is| format!("{:?} {}", is.severity, is.message)).collect();
        assert_eq!(lines, expected, "{mode:?}");
    };
    check(CheckMocks::None, &[]);
    check(
        CheckMocks::Present,
        &[
            "Warning the workflow has no task `creat`",
            "Error the mock of `create`: `response.statusCode` must be a whole number, but is text",
            "Warning the mock of `create`: `odd` is not a key that the API documents here",
            "Warning the workflow has no task `crate`",
        ],
    );
    check(
        CheckMocks::Strict,
        &[
            "Error the workflow has no task `creat`",
            "Error the mock of `create`: `response.statusCode` must be a whole number, but is text",
            "Error the mock of `create`: `odd` is not a key that the API documents here",
            "Error the mock of `create`: `response` is missing",
            "Error the workflow has no task `crate`",
        ],
    );
}
