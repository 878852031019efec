//! What ships runs on a server unchanged: the examples, every prepared task, and task definitions with their `x-legwork`.

use super::case::{Case, files, yaml};
use super::compare::differences;
use super::definitions::on_server;
use super::ours;
use super::server::Server;
use legwork::catalogue::{Catalogue, Entry};
use legwork::sandbox::Sandbox;
use legwork::serve;
use serde_json::{Map, Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A sandbox of Zoom's API for each side, so that neither sees what the other has made.
struct Sandboxes {
    _listening: [serve::Listening; 2],
    there: String,
    here: String,
}

impl Sandboxes {
    async fn new() -> Self {
        let [there, here] = [sandbox().await, sandbox().await];
        let url = |listening: &serve::Listening| format!("http://{}", listening.address());
        Self { there: url(&there), here: url(&here), _listening: [there, here] }
    }

    /// Runs a case on both sides; the API's own addresses are the only thing that is changed.
    async fn compare(&self, server: &Server, case: &Case) -> Vec<String> {
        let own = ours::execution(moved(case, &self.here)).await;
        let differ = |execution: &Value| differences((execution, &self.there), (&own, &self.here), &[]);
        let mut found = on_server(&moved(case, &self.there), server, differ).await;
        if own["status"] != "COMPLETED" {
            found.push(format!("it ends {}: {}", own["status"], own["reasonForIncompletion"]));
        }
        found
    }
}

async fn sandbox() -> serve::Listening {
    let sandbox = Sandbox::new(&Catalogue::builtin(), 7);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    serve::listen(address, Arc::new(Mutex::new(sandbox))).await.expect("a free port")
}

fn moved(case: &Case, address: &str) -> Case {
    let text = case.workflow.to_string();
    let text = ["https://api.zoom.us", "https://zoom.us"].iter().fold(text, |text, own| text.replace(own, address));
    Case { workflow: serde_json::from_str(&text).expect("still JSON"), ..case.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_runs_on_the_server() {
    let (server, sandboxes) = (Server::running(), Sandboxes::new().await);
    let mut findings = Vec::new();
    // A workflow's tests stand beside it.
    let is_workflow = |path: &&PathBuf| !path.to_string_lossy().ends_with(".tests.yaml");
    for path in files("examples").iter().filter(is_workflow) {
        let case = example(yaml(path));
        let found = sandboxes.compare(&server, &case).await;
        findings.extend(found.iter().map(|line| format!("{}: {line}", path.display())));
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// An example with a user's data as its input. A task by reference is a worker's there, and answered alike on both sides.
fn example(workflow: Value) -> Case {
    let mail = format!("{}@ISV.example.com", workflow["name"].as_str().expect("a name"));
    let input = json!({"action": "custCreate", "email": mail, "type": 2, "first_name": "Jill", "last_name": "Doe"});
    let tasks = workflow["tasks"].as_array().into_iter().flatten();
    let by_reference = tasks.filter(|task| task["type"] == "SIMPLE").filter_map(|task| task["name"].as_str());
    let answer = json!([{"status": "COMPLETED", "output": {"response": {"statusCode": 201, "body": {"id": "u_1"}}}}]);
    let workers = by_reference.map(|name| (name.to_owned(), answer.clone())).collect();
    Case { workflow, workers, input: input.as_object().cloned().unwrap_or_default(), ..Case::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_prepared_task_runs_on_the_server() {
    let (server, catalogue) = (Server::running(), Catalogue::builtin());
    let mut findings = Vec::new();
    for entry in catalogue.entries() {
        // New ones for each, so that every user is a new one.
        let sandboxes = Sandboxes::new().await;
        let found = sandboxes.compare(&server, &prepared(&catalogue, &entry)).await;
        findings.extend(found.iter().map(|line| format!("{}: {line}", entry.name)));
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The prepared task with the input of the first example, after the tasks that make what it acts on.
fn prepared(catalogue: &Catalogue, entry: &Entry) -> Case {
    let mut input: Map<String, Value> = entry.first_example().cloned().unwrap_or_default();
    let task = entry.prepare("it").expect("it holds a request");
    let needs_user = input.contains_key("user_id");
    let create = catalogue.get("zoom_users_create").filter(|_| needs_user).and_then(|entry| {
        for (name, value) in entry.first_example()? {
            input.entry(name.clone()).or_insert_with(|| value.clone());
        }
        entry.prepare("first")
    });
    let tasks: Vec<_> = create.into_iter().chain([task]).collect();
    let workflow = json!({"name": format!("prepared_{}", entry.name), "version": 1, "schemaVersion": 2,
        "ownerEmail": "team@example.com", "tasks": tasks});
    Case { workflow, input, ..Case::default() }
}

#[tokio::test]
async fn the_server_accepts_every_task_definition_and_drops_what_is_ours() {
    let server = Server::running();
    for provider in ["task-definitions/zoom"] {
        for path in files(provider).into_iter().filter(|path| !path.ends_with("_provider.yaml")) {
            let definition = yaml(&path);
            assert!(definition.get("x-legwork").is_some(), "{}", path.display());
            server.define_tasks(std::slice::from_ref(&definition)).await;
            let kept = server.task_definition(definition["name"].as_str().expect("a name")).await;
            let expected = ["name", "retryCount", "retryLogic", "timeoutSeconds"].map(|key| &definition[key]);
            assert_eq!(["name", "retryCount", "retryLogic", "timeoutSeconds"].map(|key| &kept[key]), expected);
            assert!(kept.get("x-legwork").is_none());
        }
    }
}
