//! What one task does, case by case.

use super::{bindings, id, login, notes, ran, users};
use crate::cli::Served;
use crate::command::{Ran, Scratch};

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

/// An API of our own: items of an organisation, found by their name.
fn shop(scratch: &Scratch, ensure: &str) {
    scratch.file(
        "shop/_provider.yaml",
        "provider: shop
servers: [https://api.shop.example.com]
sandbox: {collections: {items: {id: {field: number, length: 8}, keys: [name]}}}
",
    );
    scratch.file(
        "shop/items.yaml",
        format!(
            "- name: items_create
  retryCount: 0
  x-legwork:
    request: {{method: POST, uri: '{{{{server}}}}/orgs/{{{{org}}}}/items', body: {{name: '{{{{name}}}}', colour: '{{{{colour}}}}'}}}}
    ensure: {ensure}
    sandbox: {{operation: create, collection: items, reply: {{status: 201}}}}
- name: items_find
  retryCount: 0
  x-legwork:
    request: {{method: GET, uri: '{{{{server}}}}/orgs/{{{{org}}}}/items/{{{{name}}}}'}}
    sandbox: {{operation: get, collection: items, id: name, reply: {{status: 200}}}}
"
        ),
    );
}

fn make(scratch: &Scratch, sandbox: &Served, (key, name, colour): (u32, &str, &str)) -> Ran {
    let text = format!(
        "name: w
version: 1
schemaVersion: 2
tasks:
  - name: items_create
    taskReferenceName: make
    type: SIMPLE
    inputParameters: {{ensureKey: {key}, org: ours, name: {name}, colour: {colour}}}
outputParameters: {{number: '${{make.output.response.body.number}}', colour: '${{make.output.response.body.colour}}'}}
"
    );
    scratch.file("w.yaml", text);
    let sandbox = format!("--sandbox={}", sandbox.url());
    let run = ["run", "w.yaml", "--task-definitions", "shop", "--ledger", "items.ledger", "--output", "json"];
    scratch.run(&[&run[..], &[&sandbox]].concat())
}

#[test]
fn what_is_there_is_looked_for_first_when_the_definition_says_so() {
    let scratch = Scratch::new();
    let ensure = "{key: /name, lookup: items_find, with: {org: '{{org}}', name: '{{name}}'}, on: [first], id: /number, \
                  verify: {/colour: '{{colour}}'}, keep: [/colour]}";
    shop(&scratch, ensure);
    let sandbox = Served::start(&scratch, &["--task-definitions", "shop"]);
    let attempts = |ran: &Ran| ran.json()["calls"][0]["exchange"]["attempts"].as_array().map_or(0, Vec::len);
    let first = make(&scratch, &sandbox, (1, "ball", "red")).exits(0);
    assert_eq!(attempts(&first), 2, "it was looked for, and made");
    let again = make(&scratch, &sandbox, (1, "ball", "red")).exits(0);
    assert_eq!(
        (attempts(&again), again.json()["execution"]["output"].clone()),
        (0, first.json()["execution"]["output"].clone())
    );
    std::fs::remove_file(scratch.path().join("items.ledger")).expect("it is there");
    let other = make(&scratch, &sandbox, (2, "ball", "blue")).exits(1);
    assert!(other.stdout.contains("whose `/colour` is not what the call would have made"), "{}", other.stdout);
    let found = make(&scratch, &sandbox, (3, "ball", "red")).exits(0);
    assert_eq!(found.json()["execution"]["output"], first.json()["execution"]["output"]);
    assert_eq!(attempts(&found), 1, "it was found, and not made");
}

#[test]
fn a_key_without_a_ledger_binds_nothing_and_says_so() {
    let scratch = Scratch::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-first-login.yaml");
    let run = ["run", example, "--sandbox", "-i", "user=user-17", "-i", "email=jill@example.com"];
    scratch.run(&run).exits(0).prints("`ensureKey` binds nothing without a ledger");
}
