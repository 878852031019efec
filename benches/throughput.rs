//! Requests per second of the library's runner against plain reqwest, same server, same process, taking turns.
//!
//! `cargo bench --profile dist --no-default-features --features engine --bench throughput` prints medians of fifteen rounds for 1, 16 and
//! 64 requests in flight; the ratio is the median of the rounds' own, since two rounds that follow each other meet the same machine. What a
//! request is made of comes anew each time, as it does in a program: an input for the runner, a body for reqwest.

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
use serde_json::{Map, Value, json};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::task::JoinSet;

/// What a server that embeds the runner would choose; both sides use it. The command has the system's: it starts in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let address = api::listen()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    println!("{:>8} {:>9} {:>14} {:>14} {:>6}", "requests", "in flight", "legwork/s", "reqwest/s", "ratio");
    for count in [1_000, 10_000] {
        for in_flight in [1, 16, 64] {
            runtime.block_on(compare(address, count, in_flight))?;
        }
    }
    println!("peak memory of the process: {} kB", peak_memory().unwrap_or_default());
    Ok(())
}

async fn compare(address: SocketAddr, count: usize, in_flight: usize) -> Result<(), Box<dyn Error>> {
    let (ours, theirs) = (Arc::new(Ours::new(address)?), Arc::new(Theirs::new(address)));
    let (mut our_rates, mut their_rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (ours, theirs) = (Arc::clone(&ours), Arc::clone(&theirs));
        our_rates.push(rate(count, in_flight, move |lane| Arc::clone(&ours).send(lane)).await);
        their_rates.push(rate(count, in_flight, move |lane| Arc::clone(&theirs).send(lane)).await);
    }
    let ratios = our_rates.iter().zip(&their_rates).map(|(ours, theirs)| ours / theirs).collect();
    let (ours, theirs, ratio) = (median(our_rates), median(their_rates), median(ratios));
    println!("{count:>8} {in_flight:>9} {ours:>14.0} {theirs:>14.0} {ratio:>6.2}");
    Ok(())
}

/// Requests per second when so many lanes send as fast as they can, one request after the other in each.
async fn rate<F: Future<Output = ()> + Send + 'static>(
    count: usize,
    in_flight: usize,
    send: impl Fn(usize) -> F + Clone + Send + 'static,
) -> f64 {
    let left = Arc::new(AtomicUsize::new(count));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for lane in 0..in_flight {
        let (left, send) = (Arc::clone(&left), send.clone());
        tasks.spawn(async move {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                send(lane).await;
            }
        });
    }
    tasks.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = count as f64;
    count / started.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

/// Each lane has a user of its own: calls on one user wait for each other, as the API wants it.
fn email(lane: usize) -> String {
    format!("jill{lane}@example.com")
}

fn body(lane: usize) -> Value {
    let user = json!({"email": email(lane), "type": 1, "first_name": "Jill", "last_name": "Doe"});
    json!({"action": "create", "user_info": user})
}

/// The library's runner: the example's workflow, resolved, validated, sent and judged, from its start to its end.
struct Ours {
    runner: Runner,
    plan: Arc<Plan>,
}

impl Ours {
    fn new(address: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let text = include_str!("../examples/zoom-create-user.yaml")
            .replace("https://api.zoom.us", &format!("http://{address}"));
        let document = Arc::new(Document::parse(SourceFile::new("create.yaml", text)));
        let planned = plan::build(&document, &Catalogue::builtin(), plan::Options::default());
        let plan = planned.plan.ok_or_else(|| format!("{:?}", planned.diagnostics))?;
        let runner = Runner::new(Arc::new(Client::default()), Arc::new(OneSecret), Redactor::default());
        Ok(Self { runner, plan })
    }

    async fn send(self: Arc<Self>, lane: usize) {
        let run = self.runner.run(&self.plan, start(lane)).await.expect("the start is accepted");
        assert_eq!(run.ending(), Ending::Completed);
    }
}

fn start(lane: usize) -> Start {
    let input = json!({"action": "create", "email": email(lane), "type": 1, "first_name": "Jill", "last_name": "Doe"});
    Start::with_input(if let Value::Object(input) = input { input } else { Map::new() })
}

struct OneSecret;

impl SecretStore for OneSecret {
    fn secret(&self, _: &str) -> Option<Secret> {
        Some(Secret::new("some-token-of-some-length"))
    }
}

/// A plain loop over reqwest that reads the same answer into the same kind of value.
struct Theirs {
    client: reqwest::Client,
    uri: String,
}

impl Theirs {
    fn new(address: SocketAddr) -> Self {
        Self {
            client: reqwest::Client::builder().no_proxy().build().unwrap_or_default(),
            uri: format!("http://{address}/v2/users"),
        }
    }

    async fn send(self: Arc<Self>, lane: usize) {
        let request =
            self.client.post(&self.uri).header("Authorization", "Bearer some-token-of-some-length").json(&body(lane));
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), reqwest::StatusCode::CREATED);
        let value: Value = response.json().await.expect("the answer is JSON");
        assert!(value.is_object());
    }
}

/// The most memory the process held, in kB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
