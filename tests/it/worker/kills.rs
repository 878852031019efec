//! `kill -9` of a worker: nothing is lost, and nothing is done twice.

use super::Working;
use super::stub::Stub;
use crate::command::Scratch;
use serde_json::json;

const JOURNAL: [&str; 2] = ["--journal", "worker.journal"];

#[test]
fn a_result_that_the_server_does_not_have_is_kept_and_delivered_later() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let worker = Working::start(&scratch, &stub, &JOURNAL);
    stub.change(|state| state.is_held = true);
    let id = stub.put("things_create", json!({"email": "jill@example.com"}));
    stub.until("it is under way", |state| !state.calls.is_empty());
    stub.change(|state| (state.is_away, state.is_held) = (true, false));
    stub.until("the result was refused", |state| {
        state.seen.iter().any(|seen| seen.starts_with("POST /api/tasks\n") && seen.contains(r#""COMPLETED""#))
    });
    stub.change(|state| state.is_away = false);
    stub.task_when(&id, "COMPLETED");
    worker.ends(0);
    assert_eq!(stub.change(|state| state.calls.len()), 1);
}

#[test]
fn a_result_survives_the_worker_and_its_task_is_not_carried_out_again() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let worker = Working::start(&scratch, &stub, &JOURNAL);
    stub.change(|state| state.is_held = true);
    let (id, over) = (
        stub.put("things_create", json!({"email": "jill@example.com"})),
        stub.put("things_create", json!({"email": "joe@example.com"})),
    );
    stub.until("both are under way", |state| state.calls.len() == 2);
    stub.change(|state| (state.is_away, state.is_held) = (true, false));
    stub.until("both results were refused", |state| {
        state
            .seen
            .iter()
            .filter(|seen| seen.starts_with("POST /api/tasks\n") && seen.contains(r#""COMPLETED""#))
            .count()
            >= 2
    });
    worker.kill();
    // One of them was ended by somebody else meanwhile.
    stub.change(|state| {
        state.is_away = false;
        let task = state.tasks.iter_mut().find(|task| task.id == over).expect("it is there");
        "CANCELED".clone_into(&mut task.status);
    });
    let worker = Working::start(&scratch, &stub, &JOURNAL);
    stub.task_when(&id, "COMPLETED");
    worker.ends(0);
    let calls = stub.change(|state| (state.calls.len(), state.task(&over).map(|task| task.updates.len())));
    assert_eq!(calls, (2, Some(0)));
}

#[test]
fn a_call_in_doubt_is_made_again_only_when_that_does_no_harm() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let worker = Working::start(&scratch, &stub, &JOURNAL);
    stub.change(|state| state.is_held = true);
    let email = json!({"email": "jill@example.com"});
    let (create, replace) = (stub.put("things_create", email.clone()), stub.put("things_replace", email));
    stub.until("both are under way", |state| state.calls.len() == 2);
    worker.kill();
    stub.change(|state| state.is_held = false);
    let worker = Working::start(&scratch, &stub, &JOURNAL);
    stub.task_when(&replace, "COMPLETED");
    let task = stub.task_when(&create, "FAILED_WITH_TERMINAL_ERROR");
    assert!(task.updates[0]["reasonForIncompletion"].to_string().contains("it may have been carried out"), "{task:?}");
    worker.ends(0);
    let posts = stub.change(|state| state.calls.iter().filter(|call| call.starts_with("POST")).count());
    assert_eq!(posts, 1);
}

#[test]
fn killed_at_each_write_nothing_is_lost_and_nothing_is_done_twice() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let mut made = 0;
    // The first write begins a task, the second one holds its result, the third one forgets it.
    for (write, stage) in (1..=3).flat_map(|write| ["before", "within", "after"].map(|stage| (write, stage))) {
        let mut command = super::command(&scratch, &stub);
        command
            .args(JOURNAL)
            .args(["--egress-allow", "127.0.0.1"])
            .env("LEGWORK_KILL_WORKER_AT", format!("{stage}:{write}"));
        let mut worker = Working::spawn(&mut command);
        let id = stub.put("things_replace", json!({"email": format!("{stage}{write}@example.com")}));
        worker.child.wait().expect("it was killed");
        let is_open = stub.change(|state| state.task(&id).is_some_and(|task| task.status == "IN_PROGRESS"));
        let worker = Working::start(&scratch, &stub, &JOURNAL);
        // Killed before it was written down, the server hands the task out again when its time is over.
        if (write, stage) == (1, "before") || (write, stage) == (1, "within") {
            assert!(is_open);
            stub.change(|state| {
                let task = state.tasks.iter_mut().find(|task| task.id == id).expect("it is there");
                "SCHEDULED".clone_into(&mut task.status);
            });
        }
        stub.task_when(&id, "COMPLETED");
        worker.ends(0);
        made += 1;
        let told = stub.change(|state| state.task(&id).map(|task| task.updates.len()));
        assert!(told.is_some_and(|told| told <= 2), "{stage}:{write} {told:?}");
    }
    assert_eq!(stub.change(|state| state.tasks.len()), made);
}
