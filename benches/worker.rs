//! Tasks per second of a worker, against a stub of a Conductor server in a process of its own, and the worker's memory.
//!
//! `cargo bench --bench worker` prints the median of five rounds of 20,000 tasks with 64 in flight, without a journal and with one. Each task is a POST to
//! an API, in the stub's process as well.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use legwork::catalogue::Catalogue;
use legwork::conductor::Server;
use legwork::http::Client;
use legwork::http::limit::Limits;
use legwork::metrics::Metrics;
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::serve::Health;
use legwork::source::SourceFile;
use legwork::task::{Registry, Services};
use legwork::worker::{Options, Queue, Register, Setup, Worker};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What a program that runs for long would choose, as in the other benchmarks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
const TASKS: usize = 20_000;
const IN_FLIGHT: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().any(|argument| argument == "stub") {
        return serve();
    }
    println!("{:>10} {:>8} {:>9} {:>9}", "journal", "tasks", "in flight", "tasks/s");
    let folder = tempfile::tempdir()?;
    for journal in [None, Some(folder.path().join("worker.journal"))] {
        let name = if journal.is_some() { "yes" } else { "no" };
        let mut rates = (0..ROUNDS).map(|_| round(journal.clone())).collect::<Result<Vec<_>, _>>()?;
        rates.sort_by(f64::total_cmp);
        println!("{name:>10} {TASKS:>8} {IN_FLIGHT:>9} {:>9.0}", rates.get(ROUNDS / 2).copied().unwrap_or_default());
    }
    println!("peak memory of the worker's process: {} kB", peak_memory().unwrap_or_default());
    Ok(())
}

/// One round: tasks per second.
fn round(journal: Option<PathBuf>) -> Result<f64, Box<dyn Error>> {
    let (mut stub, url) = stub()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let took = runtime.block_on(work(&url, journal));
    stub.kill()?;
    stub.wait()?;
    let tasks = f64::from(u32::try_from(TASKS)?);
    Ok(tasks / took?.as_secs_f64())
}

async fn work(url: &str, journal: Option<PathBuf>) -> Result<Duration, Box<dyn Error>> {
    let (redactor, client) = (Redactor::default(), Client::default());
    let server = Server::new(url, Arc::new(client.clone()), redactor.clone())?;
    let mut catalogue = Catalogue::empty();
    catalogue.add(SourceFile::new("things.create.json", definition(url)));
    let queue = Queue::by_reference("things_create", &catalogue).ok_or("the definition holds a request")?;
    let services = Services {
        transport: Arc::new(client.clone()),
        secrets: Arc::new(Nothing),
        redactor,
        ledger: None,
        limits: Arc::new(Limits::default()),
    };
    let options = Options { concurrency: IN_FLIGHT, registers: Register::Nothing, journal, ..Options::default() };
    let (metrics, health) = (Arc::new(Metrics::default()), Arc::new(Health::default()));
    let setup =
        Setup { server, queues: vec![queue], services, registry: Registry::default(), options, metrics, health };
    let worker = Worker::new(setup)?;
    let began = Instant::now();
    let mut took = Duration::ZERO;
    let done = async {
        // It answers when every task is completed.
        done(url, &client).await;
        took = began.elapsed();
    };
    worker.run(done).await;
    Ok(took)
}

async fn done(url: &str, client: &Client) {
    let input = json!({"uri": format!("{url}/done"), "method": "GET", "readTimeOut": 0});
    let request = legwork::http::HttpRequest::from_input(&input, None, legwork::definition::Dialect::Legwork);
    if let Ok(request) = request {
        let _ = legwork::http::Transport::send(client, &request, None).await;
    }
}

fn definition(url: &str) -> String {
    json!({
        "name": "things_create", "retryCount": 3, "timeoutSeconds": 600, "responseTimeoutSeconds": 300,
        "x-legwork": {
            "servers": [url],
            "request": {"method": "POST", "uri": "{{server}}/things", "body": {"email": "{{email}}", "type": "{{type}}"}},
            "body_schema": {"type": "object", "required": ["email"], "properties": {"email": {"type": "string", "minLength": 3}}},
        },
    })
    .to_string()
}

struct Nothing;

impl SecretStore for Nothing {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

/// Starts this program as the stub; gives its URL.
fn stub() -> Result<(Child, String), Box<dyn Error>> {
    let mut child = Command::new(std::env::current_exe()?).arg("stub").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("a pipe")?).read_line(&mut line)?;
    Ok((child, line.trim().to_owned()))
}

/// What the stub counts.
#[derive(Default)]
struct Counts {
    handed_out: AtomicUsize,
    completed: AtomicUsize,
    done: Notify,
}

fn serve() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let counts = Arc::new(Counts::default());
        loop {
            let (socket, _) = listener.accept().await?;
            let _ = socket.set_nodelay(true);
            let counts = Arc::clone(&counts);
            let service = service_fn(move |request| answer(request, Arc::clone(&counts)));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service));
        }
    })
}

async fn answer(
    request: hyper::Request<Incoming>,
    counts: Arc<Counts>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = match head.uri.path() {
        "/things" => {
            r#"{"id":"u_1","email":"jill@example.com","first_name":"Jill","last_name":"Doe","type":1}"#.to_owned()
        }
        "/api/tasks" => {
            let completed = body.windows(11).any(|window| window == b"\"COMPLETED\"");
            if completed && counts.completed.fetch_add(1, Ordering::Relaxed) + 1 == TASKS {
                counts.done.notify_one();
            }
            String::new()
        }
        "/done" => {
            counts.done.notified().await;
            String::new()
        }
        _ => poll(head.uri.query().unwrap_or_default(), &counts).to_string(),
    };
    let mut response = hyper::Response::new(Full::new(Bytes::from(text)));
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    Ok(response)
}

/// As many tasks as are asked for, as long as there are any.
fn poll(query: &str, counts: &Counts) -> Value {
    let count = query.split('&').find_map(|pair| pair.strip_prefix("count=")).and_then(|count| count.parse().ok());
    let first = counts.handed_out.fetch_add(count.unwrap_or(1), Ordering::Relaxed);
    let task = |number: usize| {
        json!({
            "taskId": format!("0f6f3f5e-0000-4000-8000-{number:012}"), "workflowInstanceId": "0f6f3f5e-0000-4000-9000-000000000000",
            "taskDefName": "things_create", "taskType": "things_create", "status": "IN_PROGRESS", "retryCount": 0, "pollCount": 1,
            "responseTimeoutSeconds": 300, "scheduledTime": 1, "inputData": {"email": "jill@example.com", "type": 1},
        })
    };
    (first..TASKS.min(first + count.unwrap_or(1))).map(task).collect()
}

/// `VmHWM` of this process, in kilobytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
