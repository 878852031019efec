//! `kill -9` at every stage of every write, then `legwork resume` until the end: the same result, and nothing sent twice.

use super::server::{Seen, Server, answer};
use super::{SECRET, killed_at, legwork, workflow};
use crate::command::{Ran, Scratch};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A workflow, what goes with it, and the exit code of its run.
struct Case {
    tasks: &'static str,
    arguments: &'static [&'static str],
    files: &'static [(&'static str, &'static str)],
    code: i32,
}

/// Runs the case once without a kill, then once for each stage of each write, and compares.
#[track_caller]
fn check(case: &Case) {
    let (scratch, server) = (Scratch::new(), Server::start());
    workflow(&scratch, &server, case.tasks);
    for (name, text) in case.files {
        scratch.file(name, text);
    }
    let run = |journal: &'static str| {
        let fixed = ["run", "w.yaml", "--journal", journal, "--output", "execution"];
        [&fixed, case.arguments].concat()
    };
    let whole = legwork(&scratch, &run("whole.journal")).exits(case.code);
    let (expected, calls) = (outcome(&whole), server.seen());
    for stage in ["before", "within", "after"] {
        let mut write = 1;
        loop {
            server.clear();
            let at = format!("{stage}:{write}");
            let ran = killed_at(&scratch, &at, &run("killed.journal"));
            holds_no_secret(&scratch);
            if ran.code.is_some() {
                assert!(write > 1, "{at}: no write was reached: {ran:#?}");
                break;
            }
            let ran = to_the_end(&scratch, &server, &run("killed.journal"));
            assert_eq!((ran.code, outcome(&ran)), (Some(case.code), expected.clone()), "{at}: {}", ran.stderr);
            nothing_twice(&calls, &server.seen(), &at);
            std::fs::remove_file(scratch.path().join("killed.journal")).expect("it is there");
            write += 1;
        }
        std::fs::remove_file(scratch.path().join("killed.journal")).expect("it is there");
    }
}

/// Resumes until the run has ended. Where a call is in doubt, the server is asked, as a user would.
fn to_the_end(scratch: &Scratch, server: &Server, again: &[&str]) -> Ran {
    let mut arguments: Vec<String> = ["resume", "killed.journal", "--output", "execution"].map(str::to_owned).into();
    // The first try is killed as well, at its first write.
    killed_at(scratch, "after:1", &["resume", "killed.journal"]);
    for _ in 0..20 {
        let ran = legwork(scratch, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        if ran.stderr.contains("is empty") {
            return legwork(scratch, again);
        }
        let doubts: Vec<_> = doubts(&ran);
        if doubts.is_empty() {
            return ran;
        }
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        for (name, line) in doubts {
            arguments.extend(match server.carried_out(&line) {
                Some(seen) => ["--answer".to_owned(), format!("{name}={}", output(&seen))],
                None => ["--resend".to_owned(), name],
            });
        }
    }
    panic!("it does not come to an end");
}

/// The calls that a resume reports: reference name, and `POST /path`.
fn doubts(ran: &Ran) -> Vec<(String, String)> {
    let told = ran.stderr.split("E0631").skip(1);
    let read = told.filter_map(|text| {
        let mut quoted = text.split('`');
        let name = quoted.nth(1)?.to_owned();
        let (method, uri) = quoted.next()?.split_once('(')?.1.split_once(')')?.0.split_once(' ')?;
        let path = uri.splitn(4, '/').nth(3)?;
        Some((name, format!("{method} /{path}")))
    });
    read.collect()
}

fn output(seen: &Seen) -> Value {
    let path = seen.line.split(' ').nth(1).unwrap_or_default();
    json!({"response": {"statusCode": 200, "body": answer(path, &seen.body, None)}})
}

/// What must be the same, however often the process was killed: the status and answer of each task's last attempt, and the
/// output. Ids stand as the names of their tasks.
fn outcome(ran: &Ran) -> Value {
    let execution = ran.json();
    let tasks = execution["tasks"].as_array().expect("tasks");
    let last: BTreeMap<_, _> = tasks.iter().map(|task| (text(&task["referenceTaskName"]), task)).collect();
    let last = last
        .values()
        .map(|task| json!([task["referenceTaskName"], task["status"], task["outputData"]["response"]["body"]]));
    let outcome =
        json!({"status": execution["status"], "output": execution["output"], "tasks": last.collect::<Vec<_>>()});
    let named = tasks.iter().fold(outcome.to_string(), |outcome, task| {
        outcome.replace(text(&task["taskId"]), text(&task["referenceTaskName"]))
    });
    serde_json::from_str(&named).expect("still JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A call that may be repeated comes once more at most for each of the two kills; every other one exactly as often as without them.
fn nothing_twice(expected: &[Seen], seen: &[Seen], at: &str) {
    let count = |all: &[Seen], line: &str| all.iter().filter(|seen| seen.line == line).count();
    for call in expected {
        let (wanted, found) = (count(expected, &call.line), count(seen, &call.line));
        let most = if call.line.starts_with("POST") { wanted } else { wanted + 2 };
        assert!((wanted..=most).contains(&found), "{at}: {} came {found} times, not {wanted}", call.line);
    }
    assert!(
        seen.len() <= expected.len() + 2 || !seen.iter().any(|call| call.line.contains("/alone")),
        "{at}: {seen:#?}"
    );
}

fn holds_no_secret(scratch: &Scratch) {
    let files = std::fs::read_dir(scratch.path()).expect("the folder").flatten();
    for entry in files.filter(|entry| entry.path().is_file()) {
        let bytes = std::fs::read(entry.path()).expect("a file");
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "{} holds the secret", entry.path().display());
    }
}

#[test]
fn a_sequence() {
    check(&Case {
        tasks: "
  - {name: a, taskReferenceName: a, type: HTTP, inputParameters: {uri: SERVER/alone/a, method: GET, headers: {Authorization: 'Bearer ${workflow.secrets.token}'}}}
  - {name: v, taskReferenceName: v, type: SET_VARIABLE, inputParameters: {echoed: '${a.output.response.body.authorization}'}}
  - {name: b, taskReferenceName: b, type: HTTP, inputParameters: {uri: SERVER/alone/b, method: POST, body: {told: '${workflow.variables.echoed}'}}}
  - {name: c, taskReferenceName: c, type: HTTP, inputParameters: {uri: SERVER/alone/c, method: PUT, body: {id: '${v.taskId}', from: '${b.output.response.body.path}'}}}
  - {name: d, taskReferenceName: d, type: HTTP, inputParameters: {uri: SERVER/alone/d, method: POST, body: {c: '${c.output.response.body.path}'}}}
outputParameters: {b: '${b.output.response.body.body}', d: '${d.output.response.body.path}'}",
        arguments: &[],
        files: &[],
        code: 0,
    });
}

#[test]
fn retries() {
    check(&Case {
        tasks: "
  - {name: often, taskReferenceName: a, type: HTTP, inputParameters: {uri: SERVER/flaky/2/a, method: GET}}
  - {name: often, taskReferenceName: b, type: HTTP, inputParameters: {uri: SERVER/flaky/1/b, method: POST, body: {}}}
  - {name: never, taskReferenceName: c, type: HTTP, optional: true, inputParameters: {uri: SERVER/flaky/9/c, method: GET}}
  - {name: never, taskReferenceName: d, type: HTTP, inputParameters: {uri: SERVER/flaky/9/d, method: GET}}
outputParameters: {a: '${a.output.response.body.path}'}",
        arguments: &["--task-definitions", "definitions.yaml"],
        files: &[(
            "definitions.yaml",
            "- {name: often, retryCount: 3, retryDelaySeconds: 0}\n- {name: never, retryCount: 0}\n",
        )],
        code: 1,
    });
}

#[test]
fn workers_and_signals() {
    check(&Case {
        tasks: "
  - {name: w, taskReferenceName: w, type: SIMPLE}
  - {name: a, taskReferenceName: a, type: HTTP, asyncComplete: true, inputParameters: {uri: 'SERVER/a', method: PUT, body: {w: '${w.output.n}'}}}
  - {name: w, taskReferenceName: w2, type: SIMPLE}
  - {name: b, taskReferenceName: b, type: HTTP, inputParameters: {uri: SERVER/b, method: GET}}
outputParameters: {a: '${a.output.told}', w: '${w.output.n}', w2: '${w2.output.n}'}",
        arguments: &["--worker-answers", "answers.json", "--signals", "signals.json"],
        files: &[
            (
                "answers.json",
                r#"{"w": [{"status": "IN_PROGRESS", "callbackAfterSeconds": 0}, {"status": "COMPLETED", "output": {"n": 1}}, {"status": "COMPLETED", "output": {"n": 2}}]}"#,
            ),
            ("signals.json", r#"[{"ref": "a", "status": "COMPLETED", "output": {"told": "from outside"}}]"#),
        ],
        code: 0,
    });
}

#[test]
fn forks() {
    check(&Case {
        tasks: "
  - name: fork
    taskReferenceName: fork
    type: FORK_JOIN
    forkTasks:
      - - {name: a, taskReferenceName: a, type: HTTP, inputParameters: {uri: SERVER/a, method: POST, body: {n: 1}}}
        - {name: b, taskReferenceName: b, type: HTTP, inputParameters: {uri: SERVER/b, method: POST, body: {a: '${a.output.response.body.path}'}}}
      - - {name: c, taskReferenceName: c, type: HTTP, inputParameters: {uri: SERVER/c, method: GET}}
      - - {name: d, taskReferenceName: d, type: HTTP, inputParameters: {uri: SERVER/d, method: POST, body: {n: 2}}}
  - {name: join, taskReferenceName: join, type: JOIN, joinOn: [b, c, d]}
  - {name: e, taskReferenceName: e, type: HTTP, inputParameters: {uri: SERVER/e, method: POST, body: {d: '${join.output.d.response.body.path}'}}}
outputParameters: {b: '${b.output.response.body.body}', e: '${e.output.response.body.body}'}",
        arguments: &[],
        files: &[],
        code: 0,
    });
}

#[test]
fn sub_workflows() {
    check(&Case {
        tasks: "
  - {name: a, taskReferenceName: a, type: HTTP, inputParameters: {uri: SERVER/a, method: POST, body: {n: 1}}}
  - name: child
    taskReferenceName: child
    type: SUB_WORKFLOW
    subWorkflowParam: {name: child, version: 1}
    inputParameters: {server: SERVER, from: '${a.output.response.body.path}'}
  - {name: z, taskReferenceName: z, type: HTTP, inputParameters: {uri: SERVER/z, method: POST, body: {of: '${child.output.path}'}}}
outputParameters: {z: '${z.output.response.body.body}'}",
        arguments: &["--workflows", "workflows"],
        files: &[(
            "workflows/child.yaml",
            "name: child
version: 1
schemaVersion: 2
tasks:
  - {name: b, taskReferenceName: b, type: HTTP, inputParameters: {uri: '${workflow.input.server}/b', method: POST, body: {from: '${workflow.input.from}'}}}
  - {name: c, taskReferenceName: c, type: HTTP, inputParameters: {uri: '${workflow.input.server}/c', method: GET}}
outputParameters: {path: '${b.output.response.body.path}'}
",
        )],
        code: 0,
    });
}

#[test]
fn waits_and_loops() {
    check(&Case {
        tasks: "
  - {name: w, taskReferenceName: w, type: WAIT, inputParameters: {duration: 0 seconds}}
  - name: loop
    taskReferenceName: loop
    type: DO_WHILE
    loopCondition: \"if ($.loop['iteration'] < 2) { true; } else { false; }\"
    inputParameters: {}
    loopOver:
      - {name: a, taskReferenceName: a, type: HTTP, inputParameters: {uri: 'SERVER/a/${loop.output.iteration}', method: POST, body: {n: 1}}}
  - {name: z, taskReferenceName: z, type: HTTP, inputParameters: {uri: SERVER/z, method: GET}}
outputParameters: {z: '${z.output.response.body.path}'}",
        arguments: &[],
        files: &[],
        code: 0,
    });
}
