//! A task definition with `ensure` under several workers: what is made for a key is made once.

#[cfg(feature = "postgres")]
mod shared;

use super::Working;
use super::stub::Stub;
use crate::cli::Served;
use crate::command::Scratch;
use crate::ensure::users;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Two workers and one ledger: five users, each asked for four times.
fn each_is_made_once(ledger: &str) {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    let sandbox = Served::start(&scratch, &["--fault", "delay=50; entry=zoom_users_create"]);
    let (server, sandbox_url) = (stub.url(), format!("--sandbox={}", sandbox.url()));
    let _workers = ["one", "other"].map(|name| {
        let mut command = scratch.command();
        command.args(["worker", "--server", &server, "--task", "zoom_users_create", "--worker-id", name]);
        Working::spawn(command.args(["--ledger", ledger, &sandbox_url, "--log", "info"]))
    });
    let asked: Vec<_> = (0..20).map(|number| (number % 5, number)).collect();
    let put = |(user, _): &(i32, i32)| {
        let (key, email) = (format!("user-{user}"), format!("user{user}@example.com"));
        let input = json!({"ensureKey": key, "action": "custCreate", "email": email, "type": 2});
        (email, stub.put("zoom_users_create", input))
    };
    let put: Vec<_> = asked.iter().map(put).collect();
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (email, task) in put {
        let task = stub.task_when(&task, "COMPLETED");
        let id = task.output["response"]["body"]["id"].as_str().expect("an id").to_owned();
        ids.entry(email).or_default().insert(id);
    }
    let made: BTreeMap<_, BTreeSet<_>> =
        users(&sandbox).into_iter().map(|(email, id)| (email, BTreeSet::from([id]))).collect();
    assert_eq!((made.len(), &ids), (5, &made), "one user for each key, and its id for everybody");
}

#[test]
fn two_workers_of_one_machine_make_one_user_for_a_key() {
    each_is_made_once("users.ledger");
}
