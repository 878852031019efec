//! Executions driven on passed-in time: definition and answers in, the trail of task objects out.

use super::{
    Command, Event, Family, Moment, Refused, Resend, RetryAdvice, Start, TaskAddress, TaskIndex, TaskResult,
    WorkflowIndex,
};
use crate::catalogue::Catalogue;
use crate::definition::{Dialect, Document};
use crate::plan::{Options, Plan, build};
use crate::resolve::TaskStatus;
use crate::secret::{Secret, SecretStore};
use crate::source::SourceFile;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

fn plan(tasks: &str, task_defs: &str, dialect: Dialect) -> Arc<Plan> {
    let text = format!("name: t\nversion: 1\nschemaVersion: 2\n{tasks}");
    let document = Arc::new(Document::parse(SourceFile::new("t.yaml", text)));
    let mut catalogue = Catalogue::builtin();
    if !task_defs.is_empty() {
        let problems = catalogue.add(SourceFile::new("defs.json", task_defs));
        assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
    }
    let planned = build(&document, &catalogue, Options { dialect, ..Options::default() });
    planned.plan.unwrap_or_else(|| panic!("refused: {:?}", planned.diagnostics))
}

/// Drives an execution on virtual time: every call and offer is answered at once by `answer(reference, attempt)`.
fn drive(plan: &Arc<Plan>, input: &Value, mut answer: impl FnMut(&str, u32) -> TaskResult) -> (Family, Vec<i64>) {
    let (mut now_ms, mut id, mut starts) = (1_000_000_i64, 0_u32, Vec::new());
    let mut new_id = || {
        id += 1;
        format!("id{id}")
    };
    let mut chance = || 0.5;
    let start = Start::with_input(input.as_object().cloned().unwrap_or_default());
    let mut moment = Moment { now_ms, new_id: &mut new_id, chance: &mut chance, secrets: &NoSecrets };
    let (mut execution, mut commands) =
        Family::start(&Arc::default(), plan, start, &mut moment).expect("the start is accepted");
    loop {
        let mut events = Vec::new();
        for command in std::mem::take(&mut commands) {
            let (Command::Offer { task, .. } | Command::Call(super::Call { task, .. })) = command else { continue };
            starts.push(now_ms);
            let state = &execution.root().scope().tasks()[task.task.get()];
            events.push(Event::Answered { task, result: answer(&state.reference_name, state.retry_count) });
        }
        if events.is_empty() {
            let Some(due) = execution.next_wake_ms() else { break };
            now_ms = now_ms.max(due);
            events.push(Event::Tick);
        }
        for event in events {
            let mut moment = Moment { now_ms, new_id: &mut new_id, chance: &mut chance, secrets: &NoSecrets };
            commands.extend(execution.step(event, &mut moment));
        }
    }
    (execution, starts)
}

fn address(task: usize) -> TaskAddress {
    TaskAddress { workflow: WorkflowIndex::ROOT, task: TaskIndex::from(task) }
}

/// One line a task object, then the workflow: `ref#attempt STATUS`.
fn trail(execution: &Family) -> String {
    let mut text = String::new();
    for state in execution.root().scope().tasks() {
        let _ = write!(text, "{}#{} {}, ", state.reference_name, state.retry_count, state.status.as_str());
    }
    text + execution.root().scope().workflow.status.as_str()
}

fn completed(_: &str, _: u32) -> TaskResult {
    TaskResult::new(TaskStatus::Completed, json!({"ok": true}))
}

fn failed(_: &str, _: u32) -> TaskResult {
    TaskResult { reason: Some("no".into()), ..TaskResult::new(TaskStatus::Failed, json!({"tried": true})) }
}

const CALL: &str =
    "- {name: call, taskReferenceName: call, type: HTTP, inputParameters: {uri: 'http://h/', method: GET}";

fn check(tasks: &str, defs: &str, answer: impl FnMut(&str, u32) -> TaskResult, expected: &str) -> (Family, Vec<i64>) {
    let plan = plan(tasks, defs, Dialect::Conductor);
    let (execution, starts) = drive(&plan, &json!({"n": 1}), answer);
    assert_eq!(trail(&execution), expected);
    (execution, starts)
}

#[test]
fn a_sequence_ends_with_the_output_of_its_last_task() {
    let tasks = format!(
        "tasks:\n{CALL}}}\n- {{name: s, taskReferenceName: s, type: SET_VARIABLE, inputParameters: {{a: '${{call.output.ok}}'}}}}"
    );
    let (execution, _) = check(&tasks, "", completed, "call#0 COMPLETED, s#0 COMPLETED, COMPLETED");
    assert_eq!(execution.root().scope().workflow.variables, json!({"a": true}));
    assert_eq!(*execution.root().scope().workflow.output, json!({}));
}

#[test]
fn a_failure_ends_the_workflow_with_the_servers_sentence() {
    let (execution, _) = check(&format!("tasks:\n{CALL}}}"), "", failed, "call#0 FAILED, FAILED");
    let workflow = &execution.root().scope().workflow;
    assert_eq!(
        workflow.reason_for_incompletion.as_deref(),
        Some("Task id2 failed with status: FAILED and reason: 'no'")
    );
    assert_eq!(*workflow.output, json!({"tried": true}));
}

#[test]
fn retries_wait_as_the_task_definition_says() {
    let defs = r#"[{"name": "call", "retryCount": 3, "retryLogic": "EXPONENTIAL_BACKOFF", "retryDelaySeconds": 2, "timeoutSeconds": 0}]"#;
    let expected = "call#0 FAILED, call#1 FAILED, call#2 FAILED, call#3 FAILED, FAILED";
    let (_, starts) = check(&format!("tasks:\n{CALL}}}"), defs, failed, expected);
    let waits: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(waits, [2000, 4000, 8000]);
}

#[test]
fn a_retry_schedule_of_three_days_takes_no_time() {
    let defs = r#"[{"name": "call", "retryCount": 72, "retryDelaySeconds": 3600, "timeoutSeconds": 0}]"#;
    let plan = plan(&format!("tasks:\n{CALL}}}"), defs, Dialect::Conductor);
    let (execution, starts) = drive(&plan, &json!({}), failed);
    assert_eq!(execution.root().scope().tasks().len(), 73);
    assert_eq!(starts.last().zip(starts.first()).map(|(last, first)| last - first), Some(72 * 3_600_000));
}

#[test]
fn an_optional_failure_is_passed_over_after_its_retries() {
    let tasks =
        format!("tasks:\n{CALL}, optional: true, retryCount: 1}}\n- {{name: n, taskReferenceName: n, type: NOOP}}");
    let expected = "call#0 FAILED, call#1 COMPLETED_WITH_ERRORS, n#0 COMPLETED, COMPLETED";
    check(&tasks, "", failed, expected);
}

#[test]
fn a_permissive_failure_counts_at_the_end() {
    let tasks = format!("tasks:\n{CALL}, permissive: true}}\n- {{name: n, taskReferenceName: n, type: NOOP}}");
    check(&tasks, "", failed, "call#0 FAILED, n#0 COMPLETED, FAILED");
}

#[test]
fn a_terminal_error_is_never_retried() {
    let answer = |_: &str, _| TaskResult::new(TaskStatus::FailedWithTerminalError, json!({}));
    check(&format!("tasks:\n{CALL}, retryCount: 5}}"), "", answer, "call#0 FAILED_WITH_TERMINAL_ERROR, FAILED");
}

#[test]
fn a_switch_takes_the_matching_list_and_goes_on_after_it() {
    let tasks = "tasks:
- name: sw
  taskReferenceName: sw
  type: SWITCH
  evaluatorType: value-param
  expression: v
  inputParameters: {v: '${workflow.input.n}'}
  decisionCases:
    '1': [{name: a, taskReferenceName: a, type: NOOP}]
  defaultCase: [{name: b, taskReferenceName: b, type: NOOP}]
- {name: z, taskReferenceName: z, type: NOOP}";
    check(tasks, "", completed, "sw#0 COMPLETED, a#0 COMPLETED, z#0 COMPLETED, COMPLETED");
}

#[test]
fn ten_thousand_tasks_in_a_row_need_no_deep_stack() {
    let mut tasks = "tasks:\n".to_owned();
    for index in 0..10_000 {
        let _ = writeln!(tasks, "- {{name: n, taskReferenceName: n{index}, type: NOOP}}");
    }
    let plan = plan(&tasks, "", Dialect::Conductor);
    let (execution, _) = drive(&plan, &json!({}), completed);
    assert_eq!(execution.root().scope().tasks().len(), 10_000);
    assert!(execution.has_ended());
}

#[test]
fn advice_goes_before_the_computed_delay_in_the_default_dialect() {
    let defs = r#"[{"name": "call", "retryCount": 1, "retryDelaySeconds": 60, "timeoutSeconds": 0}]"#;
    let plan = plan(&format!("tasks:\n{CALL}}}"), defs, Dialect::Legwork);
    let advice = RetryAdvice { resend: Resend::Safe, not_before_ms: Some(1_005_000) };
    let (_, starts) =
        drive(&plan, &json!({}), |name, attempt| TaskResult { advice: Some(advice.clone()), ..failed(name, attempt) });
    assert_eq!(starts, [1_000_000, 1_005_000]);
}

#[test]
fn what_may_have_been_carried_out_is_not_sent_again() {
    let defs = r#"[{"name": "call", "retryCount": 3, "retryDelaySeconds": 0, "timeoutSeconds": 0}]"#;
    let plan = plan(&format!("tasks:\n{CALL}}}"), defs, Dialect::Legwork);
    let advice = RetryAdvice { resend: Resend::Unsafe("it may have been carried out".into()), not_before_ms: None };
    let (execution, starts) =
        drive(&plan, &json!({}), |name, attempt| TaskResult { advice: Some(advice.clone()), ..failed(name, attempt) });
    assert_eq!(starts.len(), 1);
    let reason = execution.root().scope().tasks()[0].reason_for_incompletion.clone();
    assert_eq!(reason.as_deref(), Some("no; not retried: it may have been carried out"));
}

#[test]
fn no_attempt_begins_after_the_deadline_of_all_attempts() {
    let defs = r#"[{"name": "call", "retryCount": 9, "retryDelaySeconds": 4, "totalTimeoutSeconds": 10, "timeoutSeconds": 0}]"#;
    let check = |dialect, not_before_ms, expected: &[i64], reason: &str| {
        let plan = plan(&format!("tasks:\n{CALL}}}"), defs, dialect);
        let advice = RetryAdvice { resend: Resend::Safe, not_before_ms };
        let (execution, starts) = drive(&plan, &json!({}), |name, attempt| TaskResult {
            advice: Some(advice.clone()),
            ..failed(name, attempt)
        });
        assert_eq!(starts, expected);
        let last = execution.root().scope().tasks().last().and_then(|task| task.reason_for_incompletion.clone());
        assert_eq!(last.as_deref(), Some(reason));
    };
    let over =
        "no; not retried: the next attempt is due in 4 s, and the deadline of 10 s over all attempts is over before";
    check(Dialect::Legwork, None, &[1_000_000, 1_004_000, 1_008_000], over);
    let midnight =
        "no; not retried: the next attempt is due in 3600 s, and the deadline of 10 s over all attempts is over before";
    check(Dialect::Legwork, Some(4_600_000), &[1_000_000], midnight);
    let all: Vec<_> = (0..10).map(|attempt| 1_000_000 + attempt * 4000).collect();
    check(Dialect::Conductor, None, &all, "no");
}

#[test]
fn a_missing_value_inside_a_text_is_refused_before_anything_is_sent() {
    let tasks = "tasks:\n- {name: call, taskReferenceName: call, type: HTTP, inputParameters: {uri: 'http://h/${workflow.input.id}', method: GET}}";
    let plan = plan(tasks, "", Dialect::Legwork);
    let (execution, starts) = drive(&plan, &json!({}), completed);
    assert_eq!(trail(&execution), "call#0 FAILED_WITH_TERMINAL_ERROR, FAILED");
    assert!(starts.is_empty(), "nothing was handed out");
    assert_eq!(execution.root().refusals().len(), 1);
}

#[test]
fn an_answer_that_comes_too_late_or_twice_changes_nothing() {
    let plan = plan(&format!("tasks:\n{CALL}}}"), "", Dialect::Conductor);
    let (mut execution, _) = drive(&plan, &json!({}), completed);
    let before = trail(&execution);
    let mut moment = Moment { now_ms: 0, new_id: &mut String::new, chance: &mut || 0.0, secrets: &NoSecrets };
    let late = Event::Answered { task: address(0), result: failed("", 0) };
    assert!(execution.step(late, &mut moment).is_empty());
    let unknown = Event::Answered { task: address(77), result: failed("", 0) };
    assert!(execution.step(unknown, &mut moment).is_empty());
    assert_eq!(trail(&execution), before);
}

#[test]
fn a_workflow_whose_time_is_over_is_timed_out() {
    let tasks = format!("timeoutSeconds: 5\ntimeoutPolicy: TIME_OUT_WF\ntasks:\n{CALL}, startDelay: 60}}");
    check(&tasks, "", completed, "call#0 CANCELED, TIMED_OUT");
}

#[test]
fn another_version_is_refused() {
    let plan = plan(&format!("tasks:\n{CALL}}}"), "", Dialect::Conductor);
    let start = Start { version: Some(9), ..Start::default() };
    let mut moment = Moment { now_ms: 0, new_id: &mut String::new, chance: &mut || 0.0, secrets: &NoSecrets };
    let refused = Family::start(&Arc::default(), &plan, start, &mut moment).err();
    assert_eq!(refused, Some(Refused::NoSuchVersion { name: "t".into(), version: 9 }));
}

#[test]
fn a_call_that_takes_too_long_is_cut_off_and_only_repeated_when_that_does_no_harm() {
    let defs = r#"[{"name": "call", "retryCount": 1, "retryDelaySeconds": 0, "timeoutSeconds": 2, "responseTimeoutSeconds": 1, "timeoutPolicy": "RETRY"}]"#;
    let check = |method: &str, expected: &str| {
        let tasks = format!(
            "tasks:\n- {{name: call, taskReferenceName: call, type: HTTP, inputParameters: {{uri: 'http://h/', method: {method}}}}}"
        );
        let plan = plan(&tasks, defs, Dialect::Legwork);
        let mut moment = Moment { now_ms: 0, new_id: &mut String::new, chance: &mut || 0.0, secrets: &NoSecrets };
        let (mut execution, _) =
            Family::start(&Arc::default(), &plan, Start::default(), &mut moment).expect("the start is accepted");
        while let Some(due) = execution.next_wake_ms() {
            moment.now_ms = due;
            execution.step(Event::Tick, &mut moment);
        }
        assert_eq!(trail(&execution), expected, "{method}");
    };
    check("GET", "call#0 TIMED_OUT, call#1 TIMED_OUT, TIMED_OUT");
    check("POST", "call#0 TIMED_OUT, TIMED_OUT");
}

#[test]
fn a_worker_that_is_heard_of_is_watched_anew_and_one_that_has_ended_no_longer() {
    let defs = r#"[{"name": "w", "retryCount": 0, "responseTimeoutSeconds": 10, "timeoutSeconds": 0}]"#;
    let tasks = "tasks: [{name: w, taskReferenceName: w, type: SIMPLE}, {name: n, taskReferenceName: n, type: SIMPLE}]";
    let plan = plan(tasks, defs, Dialect::Conductor);
    let mut moment = Moment { now_ms: 0, new_id: &mut String::new, chance: &mut || 0.0, secrets: &NoSecrets };
    let start = Family::start(&Arc::default(), &plan, Start::default(), &mut moment);
    let (mut execution, _) = start.expect("the start is accepted");
    execution.step(Event::Polled { task: address(0) }, &mut moment);
    assert_eq!(execution.next_wake_ms(), Some(10_000));

    moment.now_ms = 8_000;
    let called_back =
        TaskResult { callback_after_ms: Some(1_000), ..TaskResult::new(TaskStatus::InProgress, json!({})) };
    execution.step(Event::Answered { task: address(0), result: called_back }, &mut moment);
    moment.now_ms = 9_000;
    execution.step(Event::Tick, &mut moment);
    execution.step(Event::Polled { task: address(0) }, &mut moment);
    assert_eq!(execution.next_wake_ms(), Some(19_000));

    execution.step(Event::Answered { task: address(0), result: completed("w", 0) }, &mut moment);
    assert_eq!(trail(&execution), "w#0 COMPLETED, n#0 SCHEDULED, RUNNING");
    assert_eq!(execution.next_wake_ms(), None, "nothing happens by itself any more");
}

#[test]
fn an_input_template_fills_what_is_missing_and_what_resolves_to_null() {
    let inputs = "inputParameters: {a: ~, b: '${workflow.input.none}', c: 1}";
    let defs = r#"[{"name": "x", "inputTemplate": {"a": "a${workflow.input.n}", "b": "b${workflow.input.n}", "c": 2, "d": "${workflow.input.none}"}}]"#;
    let given = |kind: &str| {
        let tasks = format!("tasks: [{{name: x, taskReferenceName: t, type: {kind}, {inputs}}}]");
        let (execution, _) = check(&tasks, defs, completed, "t#0 COMPLETED, COMPLETED");
        (*execution.root().scope().tasks()[0].input).clone()
    };
    let raw = json!({"a": "a1", "b": "b${workflow.input.n}", "c": 1, "d": "${workflow.input.none}"});
    assert_eq!(given("SIMPLE"), raw);
    assert_eq!(given("SET_VARIABLE"), json!({"a": null, "b": null, "c": 1}), "operators have no definition");
}

#[test]
fn a_blank_reason_of_terminate_is_none() {
    let tasks = "tasks: [{name: t, taskReferenceName: t, type: TERMINATE, inputParameters: {terminationStatus: FAILED, terminationReason: ' '}}]";
    let (execution, _) = check(tasks, "", completed, "t#0 COMPLETED, FAILED");
    let reason = execution.root().scope().workflow.reason_for_incompletion.clone();
    assert_eq!(reason.as_deref(), Some("Workflow is FAILED by TERMINATE task: id2"));
}

#[test]
fn variables_and_reasons_have_the_servers_limits() {
    let tasks = "tasks: [{name: a, taskReferenceName: a, type: SET_VARIABLE, inputParameters: {a: 1}}, {name: b, taskReferenceName: b, type: SET_VARIABLE, inputParameters: {a: '${workflow.input.long}'}}]";
    let input = json!({"long": "x".repeat(256 * 1024)});
    let (execution, _) = drive(&plan(tasks, "", Dialect::Conductor), &input, completed);
    assert_eq!(trail(&execution), "a#0 COMPLETED, b#0 FAILED_WITH_TERMINAL_ERROR, FAILED");
    assert_eq!(execution.root().scope().workflow.variables, json!({"a": 1}));

    let long = |_: &str, _: u32| TaskResult { reason: Some("\u{1f600}".repeat(400)), ..failed("", 0) };
    let (execution, _) = check(&format!("tasks:\n{CALL}}}"), "", long, "call#0 FAILED, FAILED");
    assert_eq!(execution.root().scope().tasks()[0].reason_for_incompletion, Some("\u{1f600}".repeat(250)));
}

#[test]
fn objects_that_a_server_makes_have_the_order_of_its_maps() {
    let tasks = "tasks: [{name: s, taskReferenceName: s, type: SET_VARIABLE, inputParameters: {b: {q: 1, a: '${workflow.input.n}', p: 2}, a: {q: 1, p: 2}}}, {name: z, taskReferenceName: z, type: SET_VARIABLE, inputParameters: {t: '${s.input}'}}]";
    let plan = plan(tasks, "", Dialect::Conductor);
    let (execution, _) = drive(&plan, &json!({"n": {"q": 1, "p": 2}}), completed);
    let text = execution.root().scope().tasks()[1].input.to_string();
    assert_eq!(text, r#"{"t":{"a":{"p":2,"q":1},"b":{"p":2,"q":1,"a":{"q":1,"p":2}}}}"#);
}

#[test]
fn what_is_over_time_says_so_in_the_servers_words() {
    let waits = |_: &str, _: u32| TaskResult::new(TaskStatus::InProgress, json!({}));
    let tasks = "timeoutSeconds: 2\ntimeoutPolicy: TIME_OUT_WF\ntasks: [{name: w, taskReferenceName: w, type: SIMPLE}]";
    let (execution, _) = check(tasks, "", waits, "w#0 CANCELED, TIMED_OUT");
    let said = "timed out after 2 seconds. Timeout configured as 2 seconds. Timeout policy configured to TIME_OUT_WF";
    assert_eq!(execution.root().scope().workflow.reason_for_incompletion, Some(format!("Workflow {said}")));
}
