//! A batch by two workers that keep one ledger and one rate limit in PostgreSQL, while everything fails that can: the sandbox answers every
//! twentieth call with a fault, workers are killed in the middle of their work, and the server is started anew. Each user is made
//! exactly once, and no task is lost.
//!
//! `.ci/with-conductor cargo test --test real_batch` starts a server and runs this beside it, alone: it ends the server. The usual numbers
//! are small; `LEGWORK_BATCH_USERS=2000 LEGWORK_BATCH_KILLS=20` is a large batch. A PostgreSQL server must be installed.

mod crew;
#[path = "../it/postgres/scratch.rs"]
#[expect(dead_code, reason = "the unit tests use the rest of it")]
mod scratch;

use crew::{Bed, Crew};
use legwork::catalogue::Catalogue;
use legwork::sandbox::{Fault, Sandbox};
use legwork::serve;
use scratch::Scratch;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The task definition, under a name that no other test polls for.
const TASK: &str = "batch_users_create";
/// The client's secret, and the password of the ledger: nobody may find it.
const SECRET: &str = "a-secret-of-the-workers";
/// Every so many calls meet a fault, each kind in its turn.
const EVERY: u32 = 20;
const FAULTS: [&str; 5] = ["429; retry-after=1", "500", "503", "close", "delay=300"];

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Zoom's definition, whose tasks come back soon when their worker is gone.
fn definitions(folder: &Path) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("task-definitions/zoom");
    let own = folder.join("definitions/zoom");
    std::fs::create_dir_all(&own).expect("a scratch folder");
    for name in ["_provider.yaml", "users.create.schema.json"] {
        std::fs::copy(shipped.join(name), own.join(name)).expect("a scratch file");
    }
    let text = std::fs::read_to_string(shipped.join("users.create.yaml")).expect("a shipped definition");
    let changed = text.lines().map(|line| match line.split_once(": ").map(|(key, _)| key) {
        Some("name") => format!("name: {TASK}\n"),
        Some("retryCount") => "retryCount: 100\n".to_owned(),
        Some("retryLogic") => "retryLogic: FIXED\n".to_owned(),
        Some("retryDelaySeconds") => "retryDelaySeconds: 1\n".to_owned(),
        Some("timeoutSeconds") => "timeoutSeconds: 600\n".to_owned(),
        Some("responseTimeoutSeconds") => "responseTimeoutSeconds: 15\n".to_owned(),
        // The server's own limit; it is the workers' that is looked at.
        Some("rateLimitPerFrequency" | "rateLimitFrequencyInSeconds") => String::new(),
        _ => format!("{line}\n"),
    });
    std::fs::write(own.join("users.create.yaml"), changed.collect::<String>()).expect("a scratch file");
}

fn workflow() -> Value {
    json!({
        "name": "shared_batch", "version": 1, "schemaVersion": 2, "ownerEmail": "team@example.com",
        "tasks": [
            {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN_DYNAMIC", "dynamicForkTasksParam": "users",
                "dynamicForkTasksInputParamName": "inputs",
                "inputParameters": {"users": "${workflow.input.users}", "inputs": "${workflow.input.inputs}"}},
            {"name": "join", "taskReferenceName": "join", "type": "JOIN"},
        ],
    })
}

/// The tasks are permissive: the server's JOIN may look at a failed attempt before the next one is there, and would give all of them up.
fn input(users: usize) -> Value {
    let names: Vec<_> = (0..users).map(|number| format!("u{number}")).collect();
    let tasks: Vec<_> = names
        .iter()
        .map(|name| json!({"name": TASK, "taskReferenceName": name, "type": "SIMPLE", "permissive": true}))
        .collect();
    let input = |name: &String| {
        let email = format!("{name}@example.com");
        (name.clone(), json!({"ensureKey": name, "action": "custCreate", "email": email, "type": 1}))
    };
    json!({"users": tasks, "inputs": names.iter().map(input).collect::<Map<_, _>>()})
}

/// The sandbox, and the faults that its calls will meet; looking a user up meets them, too.
fn sandbox(users: usize) -> Sandbox {
    let mut sandbox = Sandbox::new(&Catalogue::builtin(), 7);
    let rounds = users * 3 / usize::try_from(EVERY).expect("small") + FAULTS.len();
    for entry in ["zoom_users_create", "zoom_users_get"] {
        for fault in FAULTS.iter().cycle().take(rounds) {
            for text in
                [format!("delay=0; times={}; entry={entry}", EVERY - 1), format!("{fault}; once; entry={entry}")]
            {
                sandbox.fail(Fault::parse(&text).expect("a fault"));
            }
        }
    }
    sandbox
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_make_every_user_once_whatever_fails() {
    let (users, kills) = (number("LEGWORK_BATCH_USERS", 120), number("LEGWORK_BATCH_KILLS", 4));
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = serve::listen(free, Arc::new(Mutex::new(sandbox(users)))).await.expect("a free port");
    let url = format!("http://{}", sandbox.address());
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path();
    definitions(path);
    let write = |name: &str, text: &str| std::fs::write(path.join(name), text).expect("a scratch file");
    write("legwork.toml", "[env.batch]\nrate-plan = 'business'\n");
    write("workflow.json", &workflow().to_string());
    write("input.json", &input(users).to_string());
    let database = Scratch::new().expect("a PostgreSQL server is installed");
    run(path, &["ledger", "list", &database.url()]);
    database.sql("UPDATE legwork_format SET grace_ms = 3000");
    run(path, &["push", "workflow.json", "definitions/zoom/users.create.yaml", "--yes"]);

    let began = Instant::now();
    let id = run(path, &["start", "shared_batch", "--input", "input.json"]);
    let bed = Bed { folder: path.to_owned(), sandbox: url.clone(), ledger: database.url() };
    let crew = Crew::begin(bed, (users, kills));
    crew.has_done_a_third();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/with-conductor");
    let restarted = Command::new(script).arg("--restart").status().expect("the script");
    assert!(restarted.success());
    let execution = ended(&id, users).await;
    let tasks = execution["tasks"].as_array().expect("tasks");
    assert_eq!(execution["status"], "COMPLETED", "{}", story(&execution, tasks));
    let ended = crew.end();

    let made: BTreeMap<_, _> = tasks
        .iter()
        .filter(|task| task["taskDefName"] == TASK && task["status"] == "COMPLETED")
        .map(|task| (task["referenceTaskName"].to_string(), task["outputData"]["response"]["body"]["id"].to_string()))
        .collect();
    let ids: BTreeSet<_> = made.values().cloned().collect();
    assert_eq!((made.len(), ids.len()), (users, users), "a task is lost, or two have one user");
    assert_eq!(users_of(&url).await, ids, "each is there once, and no other");
    let rows = "SELECT count(*) FILTER (WHERE id IS NOT NULL) || ' ' || count(*) FROM legwork_binding";
    assert_eq!(database.sql(rows), format!("{users} {users}"), "the bindings, and all that was ever intended");
    assert_ne!(database.sql("SELECT count(*) FROM legwork_rate"), "0", "the rate limit is shared");
    assert_eq!(ended.kills, kills);
    let stored = execution.to_string();
    assert!(!stored.contains(Sandbox::token()) && !stored.contains(SECRET), "a secret is stored");
    tell(&format!(
        "{users} users, each once, by {} attempts in {} s; {kills} kills of workers, and the server started anew",
        tasks.iter().filter(|task| task["taskDefName"] == TASK).count(),
        began.elapsed().as_secs()
    ));
}

/// What became of each attempt at the first task that failed.
fn story(execution: &Value, tasks: &[Value]) -> String {
    let failed = tasks.iter().find(|task| task["status"] == "FAILED" && task["retried"] != true);
    let of = failed.map(|task| &task["referenceTaskName"]);
    let attempts = tasks.iter().filter(|task| Some(&task["referenceTaskName"]) == of).map(|task| {
        let Value::String(status) = &task["status"] else { return String::new() };
        format!("{status} {} by {}: {}", task["retryCount"], task["workerId"], task["reasonForIncompletion"])
    });
    let attempts: Vec<_> = attempts.collect();
    format!("{} {}", execution["reasonForIncompletion"], attempts.join("\n"))
}

#[expect(clippy::print_stderr, reason = "the figures, for who looks at them")]
fn tell(text: &str) {
    eprintln!("{text}");
}

/// Runs a command to its end; gives what it prints.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = legwork(folder).args(arguments).output().expect("the command");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// The execution when it has ended, or when nobody waits for that any more.
async fn ended(id: &str, users: usize) -> Value {
    let patience = Duration::from_mins(10) + Duration::from_secs(u64::try_from(users).expect("small"));
    let (began, mut looks) = (Instant::now(), tokio::time::interval(Duration::from_millis(500)));
    while execution(id, "false").await["status"] == "RUNNING" && began.elapsed() < patience {
        looks.tick().await;
    }
    execution(id, "true").await
}

/// The execution as the server stores it, with its tasks or without.
async fn execution(id: &str, with_tasks: &str) -> Value {
    let url = format!("{}/api/workflow/{id}?includeTasks={with_tasks}", server());
    let asked = client().get(url).send().await.expect("the server answers");
    asked.json().await.expect("an execution")
}

/// The address of the server that `.ci/with-conductor` has started.
fn server() -> String {
    std::env::var("LEGWORK_CONDUCTOR").expect("`.ci/with-conductor` names a server")
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

fn legwork(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
    command.current_dir(folder).stdin(Stdio::null()).env("CONDUCTOR_SERVER_URL", server());
    command
}

/// The ids of all users of the sandbox.
async fn users_of(url: &str) -> BTreeSet<String> {
    let client = client();
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        let asked =
            client.get(format!("{url}/v2/users?page_size=300&next_page_token={token}")).bearer_auth(Sandbox::token());
        let page: Value = asked.send().await.expect("the sandbox answers").json().await.expect("JSON");
        found.extend(page["users"].as_array().expect("users").iter().map(|user| user["id"].to_string()));
        page["next_page_token"].as_str().unwrap_or_default().clone_into(&mut token);
        if token.is_empty() {
            let ids: BTreeSet<_> = found.iter().cloned().collect();
            assert_eq!(ids.len(), found.len(), "no id is there twice");
            return ids;
        }
    }
}
