//! What calls keep to together, from outside: the real command against the sandbox.

use crate::command::{Ran, Scratch};
use serde_json::Value;

const PROVIDER: &str = "provider: shop
servers: [https://api.shop.example.com]
rate_labels: {Slow: {free: {per_second: 1}, none: {per_day: 1}}}
error_body: {code: /code, message: /message}
sandbox:
  collections: {items: {id: {field: id, length: 8}, keys: [name]}}
  answers: {failure: {status: 500, body: {code: 500, message: Broken.}}}
";

/// Makes a provider with two operations; `limits` stands below `x-legwork` of both.
fn shop(scratch: &Scratch, limits: &str) {
    scratch.file("shop/_provider.yaml", PROVIDER);
    scratch.file(
        "shop/items.yaml",
        format!(
            "- name: items_create
  retryCount: 0
  x-legwork:
    request: {{method: POST, uri: '{{{{server}}}}/items', body: {{name: '{{{{name}}}}'}}}}
    rate_label: Slow
    {limits}
    sandbox: {{operation: create, collection: items, reply: {{status: 201}}}}
- name: items_get
  retryCount: 0
  x-legwork:
    request: {{method: GET, uri: '{{{{server}}}}/items/{{{{name}}}}'}}
    rate_label: Slow
    {limits}
    sandbox: {{operation: get, collection: items, id: name, reply: {{status: 200}}}}
"
        ),
    );
}

fn run(scratch: &Scratch, tasks: &str, arguments: &[&str]) -> Ran {
    scratch.file("w.yaml", format!("name: w\nversion: 1\nschemaVersion: 2\ntasks:\n{tasks}"));
    let fixed = ["run", "w.yaml", "--sandbox", "--task-definitions", "shop", "--output", "json"];
    scratch.run(&[&fixed[..], arguments].concat())
}

fn create(name: &str) -> String {
    format!(
        "  - {{name: items_create, taskReferenceName: {name}, type: SIMPLE, optional: true, inputParameters: {{name: {name}}}}}\n"
    )
}

/// The notes of each call, in the order they ended.
fn notes(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    let calls = report["calls"].as_array().expect("calls").iter();
    calls.map(|call| call["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()).collect()
}

/// The kinds of the tasks, in order; null of one that went well.
fn kinds(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    let tasks = report["execution"]["tasks"].as_array().expect("tasks").iter();
    tasks.map(|task| task["outputData"]["kind"].as_str().unwrap_or("went well").to_owned()).collect()
}

#[test]
fn a_call_waits_for_the_rate_limit_of_its_plan() {
    let scratch = Scratch::new();
    shop(&scratch, "limits: {plan: free}");
    let ran = run(&scratch, &[create("a"), create("b")].concat(), &[]).exits(0);
    let notes = notes(&ran);
    assert_eq!(notes[0], "");
    assert!(notes[1].contains("for the rate limit Slow of api.shop.example.com"), "{notes:?}");
}

#[test]
fn a_call_that_would_wait_too_long_is_not_sent() {
    let scratch = Scratch::new();
    shop(&scratch, "limits: {plan: none, max_wait_seconds: 1}");
    let ran = run(&scratch, &[create("a"), create("b")].concat(), &[]).exits(0);
    assert_eq!(kinds(&ran), ["went well", "rate_limit"]);
    assert_eq!(ran.json()["calls"][1]["sent"], false);
    assert!(notes(&ran)[1].contains("not sent: the rate limit Slow"), "{:?}", notes(&ran));
}

#[test]
fn an_environment_names_the_plan() {
    let scratch = Scratch::new();
    shop(&scratch, "limits: {max_wait_seconds: 1}");
    scratch.file("legwork.toml", "[env.small]\nrate-plan = \"none\"\n");
    let tasks = [create("a"), create("b")].concat();
    assert_eq!(kinds(&run(&scratch, &tasks, &["--env", "small"])), ["went well", "rate_limit"]);
    assert_eq!(kinds(&run(&scratch, &tasks, &[])), ["went well", "went well"]);
    let compat = run(&scratch, &tasks, &["--env", "small", "--compat", "conductor"]);
    assert_eq!(notes(&compat).concat(), "", "nothing of it acts as on a server");
}

#[test]
fn a_host_that_fails_is_left_alone() {
    let scratch = Scratch::new();
    shop(&scratch, "limits: {breaker: {failures: 2, open_seconds: 3600}}");
    let tasks = ["a", "b", "c"].map(create).concat();
    let ran = run(&scratch, &tasks, &["--fault", "500"]).exits(0);
    assert_eq!(kinds(&ran)[2], "breaker_open");
    assert!(notes(&ran)[2].contains("has failed 2 times in a row"), "{:?}", notes(&ran));
}

#[test]
fn two_calls_on_one_thing_go_one_after_the_other() {
    let scratch = Scratch::new();
    shop(&scratch, "limits: {lock: 'item {{name}}'}");
    let get = |of: &str| {
        format!(
            "[{{name: items_get, taskReferenceName: {of}, type: SIMPLE, optional: true, inputParameters: {{name: x}}}}]"
        )
    };
    let fork = format!(
        "  - {{name: f, taskReferenceName: f, type: FORK_JOIN, forkTasks: [{}, {}]}}\n  - {{name: j, taskReferenceName: j, type: JOIN, joinOn: [a, b]}}\n",
        get("a"),
        get("b")
    );
    let ran = run(&scratch, &fork, &["--fault", "delay=30"]);
    let notes = notes(&ran).concat();
    assert!(notes.contains("for another call on `api.shop.example.com item x`"), "{notes}");
}

#[test]
fn a_budget_that_is_used_up_ends_the_retries() {
    let scratch = Scratch::new();
    shop(&scratch, "retries: {budget: {tokens: 4, per_success: 1}}");
    let task = create("a").replace("type: SIMPLE", "type: SIMPLE, retryCount: 5");
    let ran = run(&scratch, &task, &["--fault", "429; retry-after=0"]);
    let report = ran.json();
    let tasks = report["execution"]["tasks"].as_array().expect("tasks");
    assert_eq!(tasks.len(), 2, "two of four tokens are lost");
    let reason = tasks[1]["reasonForIncompletion"].as_str().unwrap_or_default();
    assert!(reason.contains("not retried: the retry budget of api.shop.example.com is used up"), "{reason}");
}

#[test]
fn an_output_is_used_again() {
    let scratch = Scratch::new();
    shop(&scratch, "");
    let get = |of: &str, name: &str| {
        format!(
            "  - {{name: items_get, taskReferenceName: {of}, type: SIMPLE, cacheConfig: {{key: 'item ${{name}}', ttlInSecond: 60}}, inputParameters: {{name: {name}}}}}\n"
        )
    };
    let tasks = [create("x"), create("y"), get("a", "x"), get("b", "x"), get("c", "y")].concat();
    let ran = run(&scratch, &tasks, &[]).exits(0);
    let notes = notes(&ran);
    assert!(notes[3].contains("from the cache: nothing was sent"), "{notes:?}");
    assert_eq!((notes[2].as_str(), notes[4].as_str()), ("", ""));
    let report = ran.json();
    let tasks = report["execution"]["tasks"].as_array().expect("tasks");
    assert_eq!(tasks[2]["outputData"], tasks[3]["outputData"]);
}

#[test]
fn a_dry_run_lists_what_holds() {
    let scratch = Scratch::new();
    shop(
        &scratch,
        "limits: {plan: free, learn: true, concurrency: 3, lock: 'item {{name}}', breaker: {failures: 2, open_seconds: 9}}",
    );
    scratch.file("w.yaml", format!("name: w\nversion: 1\nschemaVersion: 2\ntasks:\n{}", create("a")));
    let dry = ["test", "w.yaml", "--dry-run", "--task-definitions", "shop"];
    let ran = scratch.run(&dry).exits(0);
    ran.prints("Slow: 1 a second by the plan free, and what answers tell")
        .prints("3 at once")
        .prints("one at a time on `item {{name}}`")
        .prints("2 failures in a row, then left alone for 9 s");
    let zoom = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-create-user.yaml");
    let ran = scratch.run(&["test", zoom, "--dry-run"]).exits(0);
    ran.prints("full jitter").prints("Light: what answers tell").prints("looked up with zoom_users_get");
}
