//! The server's API, as far as it is needed here.

use reqwest::{Client, Method, Response};
use serde_json::{Map, Value, json};

/// A Conductor server that runs.
#[derive(Clone)]
pub(crate) struct Server {
    client: Client,
    api: String,
}

impl Server {
    /// The one that `.ci/with-conductor` has started.
    pub(crate) fn running() -> Self {
        let address = std::env::var("LEGWORK_CONDUCTOR").expect(
            "LEGWORK_CONDUCTOR names no Conductor server: run this as `.ci/with-conductor cargo test --test real_server`",
        );
        Self { client: Client::builder().no_proxy().build().expect("a client"), api: format!("{address}/api") }
    }

    /// Registers workflow definitions, in the place of those of the same name.
    pub(crate) async fn define<'v>(&self, definitions: impl Iterator<Item = &'v Value>) {
        self.send(Method::PUT, "/metadata/workflow", &json!(definitions.collect::<Vec<_>>())).await;
    }

    /// Registers task definitions.
    pub(crate) async fn define_tasks(&self, definitions: &[Value]) {
        self.send(Method::POST, "/metadata/taskdefs", &json!(definitions)).await;
    }

    /// A task definition as the server keeps it.
    pub(crate) async fn task_definition(&self, name: &str) -> Value {
        self.get(&format!("/metadata/taskdefs/{name}")).await.unwrap_or_default()
    }

    /// Starts a workflow; gives its id.
    pub(crate) async fn start(&self, definition: &Value, input: &Map<String, Value>) -> String {
        let name = definition["name"].as_str().expect("a definition has a name");
        let start = self.send(Method::POST, "/workflow", &json!({"name": name, "input": input})).await;
        start.text().await.expect("an id")
    }

    /// A workflow with its tasks.
    pub(crate) async fn execution(&self, id: &str) -> Value {
        self.get(&format!("/workflow/{id}?includeTasks=true")).await.expect("an execution")
    }

    /// A task for a worker of that queue, if one waits.
    pub(crate) async fn poll(&self, queue: &str) -> Option<Value> {
        self.get(&format!("/tasks/poll/{queue}?workerid=legwork")).await
    }

    /// What a worker, or somebody else, has done.
    pub(crate) async fn answer(&self, result: &Value) {
        self.send(Method::POST, "/tasks", result).await;
    }

    /// Pauses, resumes or terminates a workflow.
    pub(crate) async fn operate(&self, workflow: &str, operation: &str, reason: Option<&str>) {
        let (method, path) = match operation {
            "terminate" => (Method::DELETE, format!("/workflow/{workflow}?reason={}", reason.unwrap_or_default())),
            other => (Method::PUT, format!("/workflow/{workflow}/{other}")),
        };
        self.send(method, &path, &Value::Null).await;
    }

    async fn get(&self, path: &str) -> Option<Value> {
        let response = self.client.get(format!("{}{path}", self.api)).send().await.expect("the server answers");
        if response.status() == reqwest::StatusCode::NO_CONTENT {
            return None;
        }
        accepted(path, response).await.json().await.ok()
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.api));
        let request = if body.is_null() { request } else { request.json(body) };
        accepted(path, request.send().await.expect("the server answers")).await
    }
}

async fn accepted(path: &str, response: Response) -> Response {
    let status = response.status();
    if status.is_success() {
        return response;
    }
    panic!("the server answers {path} with {status}: {}", response.text().await.unwrap_or_default());
}
