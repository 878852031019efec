//! What one task does, case by case.

use super::{bindings, id, login, notes, ran, users};
use crate::cli::Served;
use crate::command::Scratch;

#[test]
fn the_first_login_creates_and_the_second_sends_nothing() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    let first = ran(login(&scratch, &sandbox, "user-17", "Jill@example.com")).exits(0);
    assert!(notes(&first).contains("created, and bound to the key `user-17`"), "{}", notes(&first));
    // The address has changed since; who is bound stays bound.
    for email in ["jill@example.com", "jill.new@example.com"] {
        let again = ran(login(&scratch, &sandbox, "user-17", email)).exits(0);
        assert_eq!(id(&again), id(&first));
        assert!(notes(&again).contains("nothing was sent"), "{}", notes(&again));
        assert_eq!(again.json()["calls"][0]["sent"], false);
        assert_eq!(again.json()["calls"][0]["exchange"]["attempts"].as_array().map(Vec::len), Some(0));
    }
    assert_eq!(users(&sandbox).len(), 1);
    assert_eq!(bindings(&scratch), [("user-17".to_owned(), Some(id(&first)))]);
}

#[test]
fn by_reference_it_is_the_same_binding() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    let first = ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(0);
    scratch.file(
        "reference.yaml",
        "name: reference
version: 1
schemaVersion: 2
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: SIMPLE
    inputParameters: {ensureKey: user-17, action: custCreate, email: jill@example.com, type: 2}
outputParameters: {zoom_user_id: '${create.output.response.body.id}', by: '${create.output.ensuredBy}'}
",
    );
    let sandboxed = format!("--sandbox={}", sandbox.url());
    for command in ["run", "test"] {
        scratch
            .run(&[command, "reference.yaml", "--ledger", "users.ledger", &sandboxed])
            .exits(0)
            .prints(&id(&first))
            .prints("the key `user-17` is bound to");
    }
    assert_eq!(users(&sandbox).len(), 1);
}

#[test]
fn one_who_is_there_already_is_looked_up_and_bound() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    let first = ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(0);
    std::fs::remove_file(scratch.path().join("users.ledger")).expect("it is there");
    let again = ran(login(&scratch, &sandbox, "user-17", "JILL@example.com")).exits(0);
    assert_eq!(id(&again), id(&first));
    assert!(notes(&again).contains("looked up with zoom_users_get"), "{}", notes(&again));
    let whys: Vec<_> = again.json()["calls"][0]["exchange"]["attempts"]
        .as_array()
        .expect("attempts")
        .iter()
        .map(|attempt| attempt["why"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(whys, ["first", "look-up"], "the look-up stands in the report");
}

#[test]
fn an_unknown_outcome_is_looked_up() {
    // The user is created and the answer is lost: the connection is closed before the head of the answer has come.
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &["--fault", "500; entry=zoom_users_create; once"]);
    let first = ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(0);
    assert!(first.json()["calls"].as_array().expect("calls").len() == 2, "the retry is an attempt of its own");
    assert!(notes(&first).contains("found nothing: the call was not carried out"), "{}", notes(&first));
    assert_eq!(users(&sandbox).len(), 1);
}

#[test]
fn what_belongs_to_another_key_is_refused_and_not_sent() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(0);
    let other = ran(login(&scratch, &sandbox, "user-18", "JILL@example.com")).exits(1);
    let task = &other.json()["execution"]["tasks"][0];
    assert_eq!(task["status"], "FAILED_WITH_TERMINAL_ERROR");
    assert_eq!(task["outputData"]["kind"], "taken_elsewhere");
    assert_eq!(other.json()["calls"][0]["sent"], false);
    assert_eq!(bindings(&scratch).len(), 1);
}

#[test]
fn a_call_that_made_nothing_leaves_nothing() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &["--fault", "400; code=1107; once"]);
    ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(1);
    assert_eq!(bindings(&scratch), []);
    ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(0);
}

#[test]
fn a_sandbox_s_bindings_are_its_own() {
    let scratch = Scratch::new();
    let (one, two) = (Served::start(&scratch, &[]), Served::start(&scratch, &[]));
    ran(login(&scratch, &one, "user-17", "jill@example.com")).exits(0);
    ran(login(&scratch, &two, "user-17", "jill@example.com")).exits(0);
    assert_eq!((users(&one).len(), users(&two).len()), (1, 1));
}

#[test]
fn a_run_that_is_resumed_asks_the_ledger() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    let mut command = login(&scratch, &sandbox, "user-17", "jill@example.com");
    command.args(["--journal", "a.journal"]).env("LEGWORK_KILL_LEDGER_AT", "before:2");
    assert_eq!(ran(command).code, None);
    assert_eq!(users(&sandbox).len(), 1, "it was created, and not bound");
    let resumed = scratch.run(&["resume", "a.journal", "--output", "json"]).exits(0);
    assert_eq!(users(&sandbox), [("jill@example.com".to_owned(), id(&resumed))]);
    assert_eq!(bindings(&scratch), [("user-17".to_owned(), Some(id(&resumed)))]);
}
