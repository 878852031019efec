//! A worker beside the server: definitions pushed, tasks by reference and prepared, and a batch by dynamic fork in which each user is made exactly once.

use super::server::Server;
use legwork::catalogue::Catalogue;
use legwork::sandbox::Sandbox;
use legwork::serve;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How many users are made at once.
const USERS: usize = 300;
/// How long that may take: the server looks at a join again every few seconds.
const PATIENCE: Duration = Duration::from_mins(3);
/// The sandbox's token, as a secret that the server must never store.
const SECRET: &str = "zoom_token";

struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn legwork(folder: &Path) -> Command {
    let address = std::env::var("LEGWORK_CONDUCTOR").expect("`.ci/with-conductor` names a server");
    let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
    command.current_dir(folder).stdin(Stdio::null()).env("CONDUCTOR_SERVER_URL", address);
    command.env(format!("CONDUCTOR_SECRET_{SECRET}"), Sandbox::token());
    command
}

fn by_reference(reference_name: &str, email: &str) -> Value {
    json!({"name": "zoom_users_create", "taskReferenceName": reference_name, "type": "SIMPLE",
        "inputParameters": {"action": "custCreate", "email": email, "type": 1}})
}

/// One user by reference, the same user looked up by a prepared task, and a batch of others by a dynamic fork.
fn workflow(sandbox: &str) -> Value {
    let get =
        Catalogue::builtin().get("zoom_users_get").and_then(|entry| entry.prepare("get")).expect("a prepared task");
    let get = get
        .to_string()
        .replace("https://api.zoom.us", sandbox)
        .replace("${workflow.input.user_id}", "${one.output.response.body.id}");
    let get: Value = serde_json::from_str(&get).expect("still JSON");
    json!({
        "name": "worker_batch", "version": 1, "schemaVersion": 2, "ownerEmail": "team@example.com",
        "tasks": [
            by_reference("one", "one@example.com"),
            get,
            {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN_DYNAMIC", "dynamicForkTasksParam": "users",
                "dynamicForkTasksInputParamName": "inputs",
                "inputParameters": {"users": "${workflow.input.users}", "inputs": "${workflow.input.inputs}"}},
            {"name": "join", "taskReferenceName": "join", "type": "JOIN"},
        ],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_makes_every_user_exactly_once() {
    let played = Arc::new(Mutex::new(Sandbox::new(&Catalogue::builtin(), 7)));
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = serve::listen(free, played).await.expect("a free port");
    let url = format!("http://{}", sandbox.address());
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path();
    std::fs::write(path.join("workflow.json"), workflow(&url).to_string()).expect("a scratch file");
    let push = || {
        let output = legwork(path).args(["push", "workflow.json", "--yes"]).output().expect("the command");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert!(push().starts_with("+ workflow definition"));
    assert_eq!(push(), "= workflow definition worker_batch, version 1\n", "a second push changes nothing");
    let mut workers = [(); 2].map(|()| {
        let mut command = legwork(path);
        command.args(["worker", "--task", "zoom_users_create", "--log", "warn", &format!("--sandbox={url}")]);
        Worker(command.spawn().expect("the command"))
    });
    let names: Vec<_> = (0..USERS).map(|number| format!("u{number}")).collect();
    let users: Vec<_> = names.iter().map(|name| by_reference(name, &format!("{name}@example.com"))).collect();
    let inputs: Map<String, Value> = names
        .iter()
        .map(|name| (name.clone(), json!({"action": "custCreate", "email": format!("{name}@example.com"), "type": 1})))
        .collect();
    std::fs::write(path.join("input.json"), json!({"users": users, "inputs": inputs}).to_string())
        .expect("a scratch file");
    let output = legwork(path).args(["start", "worker_batch", "--input", "input.json"]).output().expect("the command");
    assert!(output.status.success(), "{output:?}");
    let id = String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned();
    let execution = ended(&Server::running(), &id).await;
    assert_eq!(execution["status"], "COMPLETED", "{}", execution["reasonForIncompletion"]);
    let tasks = execution["tasks"].as_array().expect("tasks");
    let made = tasks.iter().filter(|task| task["taskDefName"] == "zoom_users_create");
    let ids: Vec<_> = made.map(|task| task["outputData"]["response"]["body"]["id"].to_string()).collect();
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (USERS + 1, USERS + 1));
    // The prepared task is the server's own, and reads the server's secret.
    let ours = tasks.iter().filter(|task| task["taskDefName"] == "zoom_users_create").cloned().collect::<Value>();
    assert!(!ours.to_string().contains(Sandbox::token()), "a secret is stored");
    for worker in &mut workers {
        let status = Command::new("kill").args(["-TERM", &worker.0.id().to_string()]).status().expect("kill");
        assert!(status.success() && worker.0.wait().expect("it ended").success());
    }
}

async fn ended(server: &Server, id: &str) -> Value {
    let (began, mut looks) = (Instant::now(), tokio::time::interval(Duration::from_millis(250)));
    loop {
        let execution = server.execution(id).await;
        if execution["status"] != "RUNNING" || began.elapsed() > PATIENCE {
            return execution;
        }
        looks.tick().await;
    }
}
