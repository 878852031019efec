//! One-call workflows per second, end to end: the library's runner and a real Conductor server, taking turns, both calling the
//! same API, 16 in flight.
//!
//! `.ci/with-conductor cargo bench --bench real_server` starts the server and prints medians of five rounds.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod api;

use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::http::Client;
use legwork::plan::{self, Plan};
use legwork::run::{Ending, Runner};
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::source::SourceFile;
use serde_json::{Value, json};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const ROUNDS: usize = 5;
const IN_FLIGHT: usize = 16;
/// Workflows of one round, there and here.
const THEIRS: usize = 300;
const OURS: usize = 30_000;
/// Until the server's code is compiled and its pools are filled.
const WARM_UP: usize = 600;

fn main() -> Result<(), Box<dyn Error>> {
    let Ok(server) = std::env::var("LEGWORK_CONDUCTOR") else {
        return Err("LEGWORK_CONDUCTOR names no server: .ci/with-conductor cargo bench --bench real_server".into());
    };
    let address = api::listen()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(compare(&server, address))
}

async fn compare(server: &str, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let (ours, theirs) = (Ours::new(address)?, Theirs::new(server, address).await?);
    in_flight(WARM_UP, IN_FLIGHT, || theirs.clone().run()).await;
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        here.push(in_flight(OURS, IN_FLIGHT, || ours.clone().run()).await);
        there.push(in_flight(THEIRS, IN_FLIGHT, || theirs.clone().run()).await);
    }
    let (here, there) = (median(here), median(there));
    println!("legwork     {:>9.0} workflows/s, {:>9.3} ms each", rate(OURS, here), latency_ms(OURS, here));
    println!("the server  {:>9.0} workflows/s, {:>9.3} ms each", rate(THEIRS, there), latency_ms(THEIRS, there));
    println!("ratio       {:>9.0}", rate(OURS, here) / rate(THEIRS, there));
    let alone = Plain::new(address);
    let call = in_flight(OURS, 1, || alone.clone().send()).await;
    let run = in_flight(OURS, 1, || ours.clone().run()).await;
    let added = (run.as_secs_f64() - call.as_secs_f64()) * 1e3 / approximate(OURS);
    println!("one by one, a run takes {added:.3} ms longer than the plain call");
    Ok(())
}

/// How long it takes to run so many, so many at a time.
async fn in_flight<F: Future<Output = ()> + Send + 'static>(
    count: usize,
    at_once: usize,
    run: impl Fn() -> F,
) -> Duration {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for index in 0..count {
        if index >= at_once {
            tasks.join_next().await.transpose().expect("no workflow fails");
        }
        tasks.spawn(run());
    }
    tasks.join_all().await;
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn rate(count: usize, time: Duration) -> f64 {
    approximate(count) / time.as_secs_f64()
}

/// From a workflow's start to its end, with the others beside it.
fn latency_ms(count: usize, time: Duration) -> f64 {
    time.as_secs_f64() * 1e3 * approximate(IN_FLIGHT) / approximate(count)
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn approximate(count: usize) -> f64 {
    count as f64
}

fn definition() -> Value {
    let body = json!({"action": "create", "user_info": {"email": "${workflow.input.email}", "type": 1}});
    let input = json!({"uri": "${workflow.input.api}/v2/users", "method": "POST", "body": body});
    json!({"name": "one_call", "version": 1, "schemaVersion": 2, "ownerEmail": "team@example.com",
        "tasks": [{"name": "create", "taskReferenceName": "create", "type": "HTTP", "inputParameters": input}],
        "outputParameters": {"id": "${create.output.response.body.id}"}})
}

fn input(address: SocketAddr) -> Value {
    json!({"api": format!("http://{address}"), "email": "jill@example.com"})
}

/// The library's runner.
#[derive(Clone)]
struct Ours {
    runner: Runner,
    plan: Arc<Plan>,
    start: Start,
}

impl Ours {
    fn new(address: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let document = Arc::new(Document::parse(SourceFile::new("one-call.json", definition().to_string())));
        let planned = plan::build(&document, &Catalogue::builtin(), plan::Options::default());
        let plan = planned.plan.ok_or_else(|| format!("{:?}", planned.diagnostics))?;
        let runner = Runner::new(Arc::new(Client::default()), Arc::new(NoSecrets), Redactor::default());
        Ok(Self { runner, plan, start: Start { input: input(address).into(), ..Start::default() } })
    }

    async fn run(self) {
        let run = self.runner.run(&self.plan, self.start).await.expect("the start is accepted");
        assert_eq!(run.ending(), Ending::Completed);
    }
}

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

/// The server, asked to start the workflow and to answer when it has ended.
#[derive(Clone)]
struct Theirs {
    client: reqwest::Client,
    uri: Arc<str>,
    body: Arc<Value>,
}

impl Theirs {
    async fn new(server: &str, address: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let registered = client.put(format!("{server}/api/metadata/workflow")).json(&[definition()]).send().await?;
        registered.error_for_status()?;
        let uri = format!("{server}/api/workflow/execute/one_call/1?waitForSeconds=30").into();
        let body = json!({"name": "one_call", "version": 1, "input": input(address)});
        Ok(Self { client, uri, body: Arc::new(body) })
    }

    async fn run(self) {
        let response = self.client.post(&*self.uri).json(&*self.body).send().await.expect("the server answers");
        let execution: Value = response.json().await.expect("the answer is JSON");
        assert_eq!(execution["status"], "COMPLETED", "{execution:#}");
        assert_eq!(execution["output"]["id"], "u_1", "{execution:#}");
    }
}

/// The call alone.
#[derive(Clone)]
struct Plain {
    client: reqwest::Client,
    uri: Arc<str>,
}

impl Plain {
    fn new(address: SocketAddr) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { client, uri: format!("http://{address}/v2/users").into() }
    }

    async fn send(self) {
        let body = json!({"action": "create", "user_info": {"email": "jill@example.com", "type": 1}});
        let response = self.client.post(&*self.uri).json(&body).send().await.expect("the API answers");
        let value: Value = response.json().await.expect("the answer is JSON");
        assert!(value.is_object());
    }
}
