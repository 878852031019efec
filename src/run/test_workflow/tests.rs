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

#[test]
fn a_loop_takes_a_mock_each_round_or_those_of_its_round() {
    let workflow = "
name: w
tasks:
  - name: l
    taskReferenceName: l
    type: DO_WHILE
    loopCondition: 'if ($.l.iteration < 3) { true; } else { false; }'
    inputParameters: {}
    loopOver: [{name: work, taskReferenceName: a}]
outputParameters: {last: '${a.output.n}'}
";
    check(
        workflow,
        "
taskRefToMockOutput: {a: [{output: {n: 1}}, {output: {n: 2}}, {output: {n: 3}}]}
expect:
  output: {last: 3}
  tasks: {a: {visits: 3, attempts: 1}, a__2: {output: {n: 2}}}
  pathContains: [l, a, a, a]
",
        &[],
    );
    let tests = "
taskRefToMockOutput: {a: [{output: {n: 1}}, {output: {n: 3}}], a__2: [{output: {n: 20}}]}
expect: {tasks: {a__2: {output: {n: 20}}, a__3: {output: {n: 3}}}}
";
    let tested = check(workflow, tests, &[]);
    assert_eq!(tested.coverage.missing().count(), 1, "a round of the loop was reached");
}

const PARENT: &str = "
name: w
tasks:
  - {name: pay, taskReferenceName: pay, type: SUB_WORKFLOW, subWorkflowParam: {name: child}, inputParameters: {n: 1}}
outputParameters: {made: '${pay.output.made}'}
";

const CHILD: &str = "
name: child
tasks:
  - {name: work, taskReferenceName: a, inputParameters: {n: '${workflow.input.n}'}}
outputParameters: {made: '${a.output.made}'}
";

#[test]
fn a_sub_workflow_has_mocks_of_its_own_or_is_mocked_as_a_whole() {
    let check = |tests: &str, expected: &[&str]| {
        let tested = tested(PARENT, tests, &[CHILD]);
        let lines: Vec<_> = tested.tests[0].mismatches.iter().map(|is| format!("{}: {}", is.what, is.found)).collect();
        assert_eq!(lines, expected);
    };
    check(
        "
subWorkflowTestRequest: {pay: {taskRefToMockOutput: {a: [{output: {made: 2}}]}}}
expect:
  output: {made: 2}
  subWorkflows: {pay: {input: {n: 1}, output: {made: 2}, tasks: {a: {input: {n: 1}}}}}
",
        &[],
    );
    check("
subWorkflowTestRequest: {pay: {taskRefToMockOutput: {a: [{status: FAILED_WITH_TERMINAL_ERROR, reasonForIncompletion: no}]}}}
expect: {status: FAILED, subWorkflows: {pay: {status: COMPLETED, tasks: {a: {status: COMPLETED}}}}}
", &[
        "subWorkflows.pay.status: FAILED: Task 00000000-0000-4000-8000-000000000004 failed with status: FAILED and reason: 'no'",
        "subWorkflows.pay.tasks.a.status: FAILED_WITH_TERMINAL_ERROR: no",
    ]);
    check(
        "taskRefToMockOutput: {pay: [{output: {made: 7}}]}\nexpect: {output: {made: 7}, tasks: {pay: {output: {made: 7}}}}",
        &[],
    );
    check(
        "taskRefToMockOutput: {pay: [{output: {made: 7}}]}\nexpect: {subWorkflows: {pay: {}}}",
        &["subWorkflows.pay: none was"],
    );
    check("expect: {status: RUNNING}", &[]);
}

#[test]
fn a_definition_in_place_takes_mocks_too() {
    let workflow = "
name: w
tasks:
  - name: s
    taskReferenceName: s
    type: SUB_WORKFLOW
    subWorkflowParam:
      name: inner
      workflowDefinition:
        name: inner
        version: 1
        schemaVersion: 2
        tasks:
          - {name: i, taskReferenceName: i, type: INLINE, inputParameters: {evaluatorType: javascript, expression: '1 + 1'}}
          - {name: h, taskReferenceName: h, type: HUMAN}
          - {name: q, taskReferenceName: q, type: INLINE, inputParameters: {evaluatorType: javascript, expression: '2 + 2'}}
        outputParameters: {i: '${i.output.result}', h: '${h.output.yes}', q: '${q.output.result}'}
outputParameters: {i: '${s.output.i}', h: '${s.output.h}', q: '${s.output.q}'}
";
    check(
        workflow,
        "
subWorkflowTestRequest: {s: {taskRefToMockOutput: {i: [{output: {result: 5}}], h: [{output: {yes: true}}]}}}
expect: {output: {i: 5, h: true, q: 4}}
",
        &[],
    );
}

#[test]
fn what_waits_passes_in_no_time_and_what_waits_for_somebody_is_named() {
    let workflow = |task: &str| format!("name: w\ntasks: [{{name: t, taskReferenceName: t, {task}}}]\n");
    let days = workflow("type: WAIT, inputParameters: {duration: 10 days}");
    let tested = check(&days, "expect: {tasks: {t: {status: COMPLETED}}}", &[]);
    assert_eq!(tested.tests[0].elapsed_ms, 10 * 86_400_000);
    let tested = check(&days, "taskRefToMockOutput: {t: [{executionTime: 5000}]}", &[]);
    assert_eq!(tested.tests[0].elapsed_ms, 5000);
    check(&workflow("type: HUMAN"), "input: {}", &["status: COMPLETED / RUNNING: `t` (HUMAN) has no mock"]);
    check(&workflow("type: HUMAN"), "taskRefToMockOutput: {t: [{output: {a: 1}}]}\nexpect: {output: {a: 1}}", &[]);
}

#[test]
fn branches_go_on_beside_one_that_is_stuck_or_retried() {
    let workflow = "
name: w
tasks:
  - name: f
    taskReferenceName: f
    type: FORK_JOIN
    forkTasks:
      - [{name: a, taskReferenceName: a}]
      - - {name: b, taskReferenceName: b, taskDefinition: {name: b, retryCount: 2, retryDelaySeconds: 3600}}
        - {name: w, taskReferenceName: w, type: WAIT, inputParameters: {duration: 1 hours}}
        - {name: c, taskReferenceName: c}
  - {name: j, taskReferenceName: j, type: JOIN, joinOn: [a, c]}
";
    check(
        workflow,
        "
taskRefToMockOutput: {b: [{status: FAILED}, {}], c: [{}]}
expect:
  status: RUNNING
  tasks: {a: {status: SCHEDULED}, b: {attempts: 2, status: COMPLETED}, c: {status: COMPLETED}, j: {status: IN_PROGRESS}}
",
        &[],
    );
}

#[test]
fn a_dynamic_fork_is_mocked_by_the_names_it_makes() {
    let workflow = "
name: w
tasks:
  - name: f
    taskReferenceName: f
    type: FORK_JOIN_DYNAMIC
    dynamicForkTasksParam: tasks
    dynamicForkTasksInputParamName: inputs
    inputParameters:
      tasks: [{name: one, taskReferenceName: one, type: SIMPLE}, {name: two, taskReferenceName: two, type: SIMPLE}]
      inputs: {one: {n: 1}, two: {n: 2}}
  - {name: j, taskReferenceName: j, type: JOIN}
";
    check(
        workflow,
        "
taskRefToMockOutput: {one: [{output: {r: 1}}], two: [{output: {r: 2}}]}
expect: {tasks: {two: {input: {n: 2}}, j: {output: {one: {r: 1}, two: {r: 2}}}}}
",
        &[],
    );
}

#[test]
fn a_loop_without_end_is_stopped_and_told() {
    let workflow = "
name: w
tasks:
  - name: l
    taskReferenceName: l
    type: DO_WHILE
    loopCondition: 'true'
    loopOver: [{name: s, taskReferenceName: s, type: SET_VARIABLE, inputParameters: {a: 1}}]
";
    check(workflow, "input: {}", &["status: COMPLETED / RUNNING: it does not end: stopped after 10000 steps"]);
}
