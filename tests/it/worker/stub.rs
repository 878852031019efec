//! A server on this machine that keeps queues as Conductor does, and beside them an API that workers call. It remembers every byte that came.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// How long anything may take that should happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the server knows.
#[derive(Default)]
pub(crate) struct State {
    /// All tasks, in the order they came up.
    pub(crate) tasks: Vec<Task>,
    /// Registered task definitions.
    pub(crate) task_definitions: BTreeMap<String, Value>,
    /// Registered workflow definitions.
    pub(crate) workflow_definitions: Vec<Value>,
    /// Everything that the Conductor side was sent: heads and bodies.
    pub(crate) seen: Vec<String>,
    /// Requests to the API, as `POST /api-under-test/things {…}`.
    pub(crate) calls: Vec<String>,
    /// Whether updates are refused with 503.
    pub(crate) is_away: bool,
    /// Whether the API keeps its answers back.
    pub(crate) is_held: bool,
    /// What the API answers, in turn; 201 with the request's own fields when it is empty.
    pub(crate) answers: Vec<(u16, &'static str)>,
    /// Whether a token is asked for.
    pub(crate) wants_token: bool,
    /// How many tokens were given.
    pub(crate) tokens: usize,
    started: usize,
}

/// A task of a queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) queue: String,
    pub(crate) domain: Option<String>,
    pub(crate) status: String,
    pub(crate) input: Value,
    pub(crate) output: Value,
    pub(crate) retry_count: i64,
    pub(crate) polls: i64,
    pub(crate) response_timeout: i64,
    /// Every update that came, in order.
    pub(crate) updates: Vec<Value>,
    pub(crate) due: Option<Instant>,
}

#[derive(Clone)]
pub(crate) struct Stub {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    queued: Notify,
}

impl Stub {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let stub = Self { port, shared: Arc::default() };
        let serving = stub.clone();
        std::thread::spawn(move || {
            runtime.block_on(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let stub = serving.clone();
                    let service = service_fn(move |request| answer(request, stub.clone()));
                    let http = hyper::server::conn::http1::Builder::new();
                    tokio::spawn(http.serve_connection(TokioIo::new(socket), service));
                }
            });
        });
        stub
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Changes what it knows.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.shared.state.lock().expect("no panic while it is held"));
        self.shared.changed.notify_all();
        self.shared.queued.notify_waiters();
        changed
    }

    /// Puts a task into a queue; gives its id.
    pub(crate) fn put(&self, queue: &str, input: Value) -> String {
        self.put_task(Task { queue: queue.to_owned(), input, ..Task::default() })
    }

    pub(crate) fn put_task(&self, task: Task) -> String {
        self.change(|state| {
            let id = format!("task-{}", state.tasks.len());
            state.tasks.push(Task { id: id.clone(), status: "SCHEDULED".to_owned(), ..task });
            id
        })
    }

    /// Waits until it is so.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let began = Instant::now();
        let mut state = self.shared.state.lock().expect("no panic while it is held");
        while !is_so(&state) {
            assert!(
                began.elapsed() < PATIENCE,
                "not within {PATIENCE:?}: {what}\n{:#?}\n{:#?}",
                state.tasks,
                state.calls
            );
            let waited = self.shared.changed.wait_timeout(state, PATIENCE).expect("no panic while it is held");
            state = waited.0;
        }
    }

    /// The task, once it has that status.
    #[track_caller]
    pub(crate) fn task_when(&self, id: &str, status: &str) -> Task {
        self.until(&format!("{id} is {status}"), |state| state.task(id).is_some_and(|task| task.status == status));
        self.change(|state| state.task(id).cloned()).expect("it is there")
    }
}

impl State {
    pub(crate) fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// Hands out tasks that are due.
    fn poll(&mut self, queue: &str, domain: Option<&str>, count: usize) -> Vec<Value> {
        let now = Instant::now();
        let waits = |task: &&mut Task| {
            let is_due = task.due.is_none_or(|due| due <= now);
            task.queue == queue && task.domain.as_deref() == domain && task.status == "SCHEDULED" && is_due
        };
        let taken = self.tasks.iter_mut().filter(waits).take(count);
        let hand_out = |task: &mut Task| {
            "IN_PROGRESS".clone_into(&mut task.status);
            task.polls += 1;
            task.print()
        };
        taken.map(hand_out).collect()
    }

    fn update(&mut self, update: &Value) -> u16 {
        let id = update["taskId"].as_str().unwrap_or_default();
        let Some(at) = self.tasks.iter().position(|task| task.id == id) else { return 404 };
        let task = &mut self.tasks[at];
        task.updates.push(update.clone());
        let is_over = !matches!(task.status.as_str(), "SCHEDULED" | "IN_PROGRESS");
        if is_over || update["extendLease"] == true {
            return 200;
        }
        update["status"].as_str().unwrap_or_default().clone_into(&mut task.status);
        task.output = update["outputData"].clone();
        if task.status == "IN_PROGRESS" {
            let seconds = update["callbackAfterSeconds"].as_u64().unwrap_or_default();
            "SCHEDULED".clone_into(&mut task.status);
            task.due = Some(Instant::now() + Duration::from_secs(seconds));
        }
        if task.status == "FAILED" && task.retry_count < 3 {
            let again = Task {
                id: format!("{id}-again"),
                status: "SCHEDULED".to_owned(),
                retry_count: task.retry_count + 1,
                output: Value::Null,
                updates: Vec::new(),
                ..task.clone()
            };
            self.tasks.push(again);
        }
        200
    }
}

impl Task {
    fn print(&self) -> Value {
        json!({
            "taskId": self.id, "workflowInstanceId": "workflow-1", "taskDefName": self.queue, "taskType": self.queue,
            "status": self.status, "inputData": self.input, "outputData": self.output, "retryCount": self.retry_count,
            "pollCount": self.polls, "responseTimeoutSeconds": self.response_timeout, "scheduledTime": 1, "callbackAfterSeconds": 0,
        })
    }
}

async fn answer(request: Request<Incoming>, stub: Stub) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&body).into_owned();
    let path = head.uri.path().to_owned();
    let (status, body) = if path.starts_with("/api-under-test") {
        let field =
            head.headers.get("authorization").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        api(&stub, &format!("{} {path}", head.method), &text, field.as_deref()).await
    } else {
        let token = head.headers.get("x-authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);
        stub.change(|state| state.seen.push(format!("{} {}\n{:?}\n{text}", head.method, head.uri, head.headers)));
        let query = head.uri.query().unwrap_or_default();
        conductor(&stub, (head.method.as_str(), &path, query), &text, token.as_deref()).await
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = hyper::StatusCode::from_u16(status).expect("a status");
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert("content-type", json);
    if status == 429 {
        response.headers_mut().insert("retry-after", hyper::header::HeaderValue::from_static("1"));
    }
    Ok(response)
}

/// The API: it does what it is asked for, as soon as it may answer, and says what it was sent.
async fn api(stub: &Stub, line: &str, body: &str, authorization: Option<&str>) -> (u16, String) {
    let answer = stub.change(|state| {
        state.calls.push(format!("{line} {body}"));
        (!state.answers.is_empty()).then(|| state.answers.remove(0))
    });
    stub.may_answer().await;
    if let Some((status, body)) = answer {
        return (status, body.to_owned());
    }
    let sent: Value = serde_json::from_str(body).unwrap_or_default();
    (201, json!({"id": "thing-1", "sent": sent, "authorization": authorization}).to_string())
}

async fn conductor(
    stub: &Stub,
    (method, path, query): (&str, &str, &str),
    body: &str,
    token: Option<&str>,
) -> (u16, String) {
    let path = path.strip_prefix("/api").unwrap_or(path);
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    if (method, path) == ("POST", "/token") {
        return stub.change(|state| {
            let may = state.wants_token && value["keySecret"] == "the-key-s-own-secret";
            state.tokens += usize::from(may);
            if may {
                (200, json!({"token": format!("token-{:08}", state.tokens)}).to_string())
            } else {
                (404, String::new())
            }
        });
    }
    let (is_away, expected) = stub.change(|state| {
        let expected = state.wants_token.then(|| format!("token-{:08}", state.tokens));
        (state.is_away, expected)
    });
    if is_away {
        return (503, json!({"message": "away"}).to_string());
    }
    if expected.is_some() && token != expected.as_deref() {
        return (401, json!({"message": "no token"}).to_string());
    }
    if let Some(queue) = path.strip_prefix("/tasks/poll/batch/") {
        return (200, poll(stub, queue, query).await);
    }
    stub.change(|state| asked(state, (method, path, query), &value))
}

/// The rest of the API, at once.
fn asked(state: &mut State, (method, path, query): (&str, &str, &str), value: &Value) -> (u16, String) {
    let missing = (404, json!({"message": "no such thing"}).to_string());
    let found = |value: Option<String>| value.map_or(missing.clone(), |value| (200, value));
    if let Some(name) = path.strip_prefix("/metadata/taskdefs/") {
        return found(state.task_definitions.get(name).map(Value::to_string));
    }
    if path == "/metadata/workflow/names-and-versions" {
        let mut names: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for def in &state.workflow_definitions {
            let name = def["name"].as_str().unwrap_or_default().to_owned();
            names.entry(name).or_default().push(json!({"version": def["version"]}));
        }
        return found(Some(json!(names).to_string()));
    }
    if let Some(name) = path.strip_prefix("/metadata/workflow/") {
        let version = query.strip_prefix("version=").and_then(|version| version.parse::<i64>().ok());
        let fits = |def: &&Value| def["name"] == name && version.is_none_or(|version| def["version"] == version);
        return found(state.workflow_definitions.iter().rfind(fits).map(Value::to_string));
    }
    if let Some(id) = path.strip_prefix("/workflow/").filter(|id| id.starts_with("workflow-")) {
        return found(Some(execution(state, id).to_string()));
    }
    if let Some(id) = path.strip_prefix("/tasks/") {
        return found(state.task(id).map(|task| task.print().to_string()));
    }
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    match (method, path) {
        ("POST", "/tasks") => (state.update(value), String::new()),
        ("POST", "/metadata/taskdefs") => {
            state.task_definitions.extend(value.as_array().into_iter().flatten().map(|def| (name(def), kept(def))));
            (200, String::new())
        }
        ("PUT", "/metadata/taskdefs") => {
            state.task_definitions.insert(name(value), kept(value));
            (200, String::new())
        }
        ("PUT", "/metadata/workflow") => {
            for def in value.as_array().into_iter().flatten() {
                let is_it = |known: &Value| known["name"] == def["name"] && known["version"] == def["version"];
                state.workflow_definitions.retain(|known| !is_it(known));
                state.workflow_definitions.push(kept(def));
            }
            (200, String::new())
        }
        ("GET", "/metadata/taskdefs") => (200, json!(state.task_definitions.values().collect::<Vec<_>>()).to_string()),
        ("POST", "/workflow") => {
            let known = state.workflow_definitions.iter().any(|def| def["name"] == value["name"]);
            if known { (200, "workflow-1".to_owned()) } else { missing }
        }
        _ => missing,
    }
}

/// A definition as a server keeps it: with what it puts in itself.
fn kept(definition: &Value) -> Value {
    let mut kept = definition.clone();
    let policy = if definition.get("tasks").is_some() { "ALERT_ONLY" } else { "TIME_OUT_WF" };
    let own = json!({"createTime": 1, "updateTime": 2, "createdBy": "", "accessPolicy": {}, "timeoutPolicy": policy});
    for (key, value) in own.as_object().expect("an object") {
        kept.as_object_mut().expect("a definition").entry(key.clone()).or_insert(value.clone());
    }
    kept
}

/// An execution that ends when somebody has looked at it twice.
fn execution(state: &mut State, id: &str) -> Value {
    state.started += 1;
    let is_over = state.started > 2;
    let status = if is_over { "COMPLETED" } else { "RUNNING" };
    let task = if is_over { "COMPLETED" } else { "IN_PROGRESS" };
    json!({"workflowId": id, "workflowName": "w", "version": 1, "status": status, "startTime": 1000, "endTime": 2500, "output": {"made": is_over},
        "tasks": [{"taskId": "t", "referenceTaskName": "create", "taskType": "things_create", "status": task, "startTime": 1000, "endTime": 2000}]})
}

async fn poll(stub: &Stub, queue: &str, query: &str) -> String {
    let parameter = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    let number = |name: &str| parameter(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let count = usize::try_from(number("count")).expect("a count");
    let deadline = tokio::time::Instant::now() + Duration::from_millis(number("timeout"));
    loop {
        let queued = stub.shared.queued.notified();
        let taken = stub.change_quietly(|state| state.poll(queue, parameter("domain").as_deref(), count));
        if !taken.is_empty() || tokio::time::timeout_at(deadline, queued).await.is_err() {
            stub.shared.changed.notify_all();
            return json!(taken).to_string();
        }
    }
}

impl Stub {
    /// Waits until answers are no more kept back.
    async fn may_answer(&self) {
        loop {
            let mut changed = std::pin::pin!(self.shared.queued.notified());
            // What changes from here on is heard of.
            changed.as_mut().enable();
            if !self.change_quietly(|state| state.is_held) {
                return;
            }
            changed.await;
        }
    }

    /// Changes what it knows without waking those who poll.
    fn change_quietly<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared.state.lock().expect("no panic while it is held"))
    }
}
