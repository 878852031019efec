//! What becomes of tasks.

use super::stub::{Stub, Task};
use super::{SECRET, Working, command};
use crate::command::Scratch;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn email(name: &str) -> Value {
    json!({"email": format!("{name}@example.com")})
}

#[test]
fn a_task_is_carried_out_and_told_of() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let worker = Working::start(&scratch, &stub, &["--worker-id", "me"]);
    let id = stub.put("things_create", email("jill"));
    let task = stub.task_when(&id, "COMPLETED");
    assert_eq!(task.output["response"]["body"]["sent"], email("jill"));
    assert_eq!(task.updates[0]["workerId"], "me");
    let log = task.updates[0]["logs"][0]["log"].as_str().expect("a line");
    assert_eq!(log, format!("POST {}/api-under-test/things → 201", stub.url()));
    stub.until("both are registered", |state| state.task_definitions.len() == 2);
    let registered = stub.change(|state| state.task_definitions["things_create"].clone());
    assert_eq!((&registered["retryCount"], registered.get("x-legwork")), (&json!(3), None));
    worker.ends(0);
}

#[test]
fn what_no_retry_can_mend_ends_the_task() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let _worker = Working::start(&scratch, &stub, &[]);
    let check = |input: Value, expected: &str| {
        let id = stub.put("things_create", input);
        let task = stub.task_when(&id, "FAILED_WITH_TERMINAL_ERROR");
        let reason = task.updates[0]["reasonForIncompletion"].as_str().unwrap_or_default();
        assert!(reason.contains(expected), "{reason}");
    };
    check(json!({"email": "a"}), "refused before anything was sent: /email");
    check(json!({}), "refused before anything was sent");
    assert!(stub.change(|state| state.calls.is_empty()));
    // It may have been carried out.
    stub.change(|state| state.answers = vec![(500, "{}"), (400, r#"{"message": "no such plan"}"#)]);
    check(email("jill"), "not retried: the POST may have been carried out, and must not be done twice");
    check(email("jill"), "answered 400");
}

#[test]
fn an_unset_secret_ends_the_task() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let mut command = command(&scratch, &stub);
    let worker = Working::spawn(command.env_remove("CONDUCTOR_SECRET_api_token").args(["--egress-allow", "127.0.0.1"]));
    let id = stub.put("things_create", email("jill"));
    let task = stub.task_when(&id, "FAILED_WITH_TERMINAL_ERROR");
    assert!(task.updates[0]["reasonForIncompletion"].to_string().contains("secret api_token is not set"), "{task:?}");
    assert!(worker.said().contains("things_create needs secrets that are not set: api_token"), "{}", worker.said());
}

#[test]
fn private_addresses_are_called_by_nobody_who_was_not_allowed_to() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let _worker = Working::spawn(&mut command(&scratch, &stub));
    let id = stub.put("things_create", email("jill"));
    let task = stub.task_when(&id, "FAILED_WITH_TERMINAL_ERROR");
    assert!(task.updates[0]["reasonForIncompletion"].to_string().contains("must not be called"), "{task:?}");
    assert!(stub.change(|state| state.calls.is_empty()));
}

#[test]
fn what_may_be_sent_again_is_retried_by_the_server() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let _worker = Working::start(&scratch, &stub, &[]);
    stub.change(|state| state.answers = vec![(500, "{}")]);
    let id = stub.put("things_replace", email("jill"));
    stub.task_when(&id, "FAILED");
    stub.task_when(&format!("{id}-again"), "COMPLETED");
}

#[test]
fn a_wait_goes_back_to_the_server() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let _worker = Working::start(&scratch, &stub, &[]);
    stub.change(|state| state.answers = vec![(429, r#"{"message": "slowly"}"#)]);
    let id = stub.put("things_create", email("jill"));
    stub.until("it waits", |state| state.task(&id).is_some_and(|task| !task.updates.is_empty()));
    let waits = stub.change(|state| state.task(&id).expect("it is there").updates[0].clone());
    assert_eq!((&waits["status"], &waits["callbackAfterSeconds"]), (&json!("IN_PROGRESS"), &json!(1)));
    assert_eq!(waits["outputData"]["legwork"]["attempts"], 1);
    assert!(waits["outputData"]["legwork"]["waits"].to_string().contains("slowly"));
    let task = stub.task_when(&id, "COMPLETED");
    assert_eq!((task.polls, task.output["response"]["statusCode"].as_i64()), (2, Some(201)));
}

#[test]
fn a_lease_is_renewed_while_the_call_is_under_way() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let _worker = Working::start(&scratch, &stub, &[]);
    stub.change(|state| state.is_held = true);
    let input = email("jill");
    let id = stub.put_task(Task { queue: "things_create".into(), input, response_timeout: 2, ..Task::default() });
    let renewed = |update: &Value| update["extendLease"] == true;
    stub.until("the lease is renewed twice", |state| {
        state.task(&id).is_some_and(|task| task.updates.iter().filter(|update| renewed(update)).count() == 2)
    });
    stub.change(|state| state.is_held = false);
    let task = stub.task_when(&id, "COMPLETED");
    assert_eq!(task.updates.iter().filter(|update| !renewed(update)).count(), 1, "{:?}", task.updates);
    assert_eq!(stub.change(|state| state.calls.len()), 1);
}

#[test]
fn a_domain_s_tasks_are_polled_for_in_it() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let _worker = Working::start(&scratch, &stub, &["--domain", "eu", "--domain", "things_replace=us"]);
    let put = |queue: &str, domain: Option<&str>| {
        let domain = domain.map(str::to_owned);
        stub.put_task(Task { queue: queue.to_owned(), domain, input: email("jill"), ..Task::default() })
    };
    let (eu, us, nowhere) =
        (put("things_create", Some("eu")), put("things_replace", Some("us")), put("things_create", None));
    stub.task_when(&eu, "COMPLETED");
    stub.task_when(&us, "COMPLETED");
    assert_eq!(stub.change(|state| state.task(&nowhere).map(|task| task.polls)), Some(0));
}

#[test]
fn no_secret_reaches_the_server() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    stub.change(|state| state.wants_token = true);
    let key = ["--auth-key", "the-key", "--secret", "conductor_auth_secret=@key"];
    scratch.file("key", "the-key-s-own-secret\n");
    let worker = Working::start(&scratch, &stub, &key);
    let id = stub.put("things_create", email("jill"));
    let task = stub.task_when(&id, "COMPLETED");
    // The API has echoed it.
    assert_eq!(task.output["response"]["body"]["authorization"], "Bearer ***");
    // A token that the server does not know any more is asked for again.
    stub.change(|state| state.tokens += 1);
    let id = stub.put("things_create", email("joe"));
    stub.task_when(&id, "COMPLETED");
    let said = worker.said();
    worker.ends(0);
    let encoded = STANDARD.encode(SECRET);
    for seen in stub.change(|state| state.seen.clone()).iter().chain([&said]) {
        assert!(!seen.contains(SECRET) && !seen.contains(&encoded), "{seen}");
        assert!(!seen.contains("the-key-s-own-secret") || seen.starts_with("POST /api/token"), "{seen}");
    }
    assert!(!said.contains("token-0000"), "{said}");
}

#[test]
fn two_workers_share_a_queue_and_nothing_is_done_twice() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let workers = [(); 2].map(|()| Working::start(&scratch, &stub, &["--concurrency", "8"]));
    let ids: Vec<_> = (0..60).map(|number| stub.put("things_create", email(&number.to_string()))).collect();
    for id in &ids {
        stub.task_when(id, "COMPLETED");
    }
    let calls = stub.change(|state| state.calls.clone());
    assert_eq!((calls.len(), calls.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    for worker in workers {
        worker.ends(0);
    }
}

#[test]
fn a_worker_that_is_told_to_stop_ends_what_it_has_begun() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let worker = Working::start(&scratch, &stub, &[]);
    stub.change(|state| state.is_held = true);
    let id = stub.put("things_create", email("jill"));
    stub.until("it is under way", |state| !state.calls.is_empty());
    worker.terminate();
    worker.says("ends what is under way");
    stub.change(|state| state.is_held = false);
    worker.has_ended(0);
    let after = stub.put("things_create", email("joe"));
    let state = stub.change(|state| [id, after].map(|id| state.task(&id).map(|task| task.status.clone())));
    assert_eq!(state, [Some("COMPLETED".to_owned()), Some("SCHEDULED".to_owned())]);
}

#[test]
fn a_server_that_is_away_at_the_start_is_waited_for() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    stub.change(|state| state.is_away = true);
    let _worker = Working::start(&scratch, &stub, &[]);
    stub.until("it was asked", |state| state.seen.len() > 2);
    stub.change(|state| state.is_away = false);
    let id = stub.put("things_create", email("jill"));
    stub.task_when(&id, "COMPLETED");
}

#[test]
fn a_server_is_named_or_the_command_refuses() {
    let scratch = Scratch::new();
    scratch.run(&["worker"]).exits(2).says("E0660").says("no Conductor server is named");
    scratch.run(&["worker", "--server", "conductor"]).exits(2).says("E0660").says("the URI has no scheme");
    let refused = scratch.run(&["worker", "--server", "http://jill:s3cret-words@h"]).exits(2);
    refused.says("`http://***@h` is not the URL").says("the URI holds credentials");
    let unknown = ["worker", "--server", "http://127.0.0.1:1", "--task", "zoom_users_creat"];
    scratch.run(&unknown).exits(2).says("E0610").says("did you mean `zoom_users_create`?");
}
