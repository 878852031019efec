//! `legwork worker`.

use super::connect::{self, Surroundings};
use crate::cli::args::WorkerArgs;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::load::Loaded;
use crate::cli::session::{self, Target};
use crate::cli::{load, out};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::{Egress, WorkerSettings};
use legwork::http::limit::Limits;
use legwork::metrics::Metrics;
use legwork::secret::SecretStore;
use legwork::serve::{self, Health};
use legwork::task::{Registry, Services};
use legwork::worker::{Left, Options, Queue, Register, Setup, Worker};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// A wait for a limit that is longer goes back to the server.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most threads.
const THREADS: usize = 4;

/// Works until it is told to stop.
pub(crate) fn run(args: &WorkerArgs) -> Outcome {
    let mut surroundings = connect::load(&args.server, &args.task)?;
    // It sends what others wrote.
    surroundings.loaded.environment.network.egress.get_or_insert(Egress::Strict);
    let Surroundings { loaded, settings } = &surroundings;
    let server = connect::connect(&args.server, &surroundings)?;
    let queues = queues(args, loaded, settings)?;
    let (metrics, health) = (Arc::new(Metrics::default()), Arc::new(Health::default()));
    let services = services(args, loaded, settings, &metrics)?;
    let options = options(args, settings);
    let address = address(args, settings)?;
    warn_of_secrets(&queues, loaded, args.sandbox.is_some());
    let hello = hello(&queues, &options, server.url());
    let setup = Setup {
        server,
        queues,
        services,
        registry: Registry::default(),
        options,
        metrics: Arc::clone(&metrics),
        health: Arc::clone(&health),
    };
    let worker = Worker::new(setup).map_err(|err| Diagnostic::new(codes::E0630, err.to_string()).help(err.help()))?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        let _exposed = match address {
            Some(address) => {
                let exposed = serve::expose_health(address, metrics, health).await;
                let exposed = exposed.map_err(|err| Stop::Broken(err.into()))?;
                out::say(&format!("metrics are at http://{}/metrics, beside /health and /ready", exposed.address()));
                Some(exposed)
            }
            None => None,
        };
        work(worker, &hello).await
    })
}

/// Works until the first signal, and ends at once at the second one.
async fn work(worker: Worker, hello: &str) -> Outcome {
    let mut signals = Signals::listen()?;
    out::say(hello);
    let (tell, told) = oneshot::channel();
    let worker = worker.run(async {
        // Nobody tells any more when it has ended.
        let _ = told.await;
    });
    let signals = async {
        signals.next().await;
        out::say("ends what is under way; once more to end at once");
        let _ = tell.send(());
        signals.next().await;
    };
    tokio::select! {
        biased;
        left = worker => Ok(ended(left)),
        () = signals => Ok(Exit::Interrupted),
    }
}

fn ended(left: Left) -> Exit {
    if left == (Left { under_way: 0, results: 0 }) {
        return Exit::Done;
    }
    let Left { under_way, results } = left;
    out::say(&format!("{under_way} tasks were still under way, and {results} results are not delivered"));
    Exit::Failed
}

/// What asks a process to end: Ctrl-C and, where there is one, SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> Result<Self, Stop> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// What is polled for: the tasks that are named, else everything that holds a request.
fn queues(args: &WorkerArgs, loaded: &Loaded, settings: &WorkerSettings) -> Result<Vec<Queue>, Stop> {
    let catalogue = &loaded.catalogue;
    let named = if args.task.is_empty() { &settings.tasks } else { &args.task };
    let mut queues = Vec::new();
    for name in named {
        let entry = load::entry(catalogue, name)?;
        let queue = Queue::by_reference(&entry.name, catalogue).ok_or_else(|| {
            let message = format!("the task definition `{name}` holds no request, so a worker cannot carry it out");
            Diagnostic::new(codes::E0610, message)
                .help("give it `x-legwork.request`, or leave it to a worker of its own")
        })?;
        queues.push(queue);
    }
    if named.is_empty() {
        let entries: Vec<_> = catalogue.entries().collect();
        queues.extend(entries.iter().filter_map(|entry| Queue::by_reference(&entry.name, catalogue)));
    }
    if queues.is_empty() {
        let diagnostic = Diagnostic::new(codes::E0610, "there is no task definition to poll for");
        return Err(diagnostic.help("name files or folders with --task-definitions").into());
    }
    Ok(queues.into_iter().map(|queue| in_domain(queue, args, settings)).collect())
}

/// `--domain NAME=DOMAIN`, then `--domain DOMAIN`; then the same of the settings.
fn in_domain(queue: Queue, args: &WorkerArgs, settings: &WorkerSettings) -> Queue {
    let own = args.domain.iter().filter_map(|text| text.split_once('='));
    let own = own.filter(|(name, _)| *name == queue.name()).map(|(_, domain)| domain).next_back();
    let all = args.domain.iter().rfind(|text| !text.contains('=')).map(String::as_str);
    let set = || settings.domains.get(queue.name()).or(settings.domain.as_ref()).map(String::as_str);
    match own.or(all).or_else(set).map(str::to_owned) {
        Some(domain) if !domain.is_empty() => queue.in_domain(&domain),
        _ => queue,
    }
}

fn services(
    args: &WorkerArgs,
    loaded: &Loaded,
    settings: &WorkerSettings,
    metrics: &Arc<Metrics>,
) -> Result<Services, Stop> {
    let target = match args.sandbox.as_deref() {
        Some("") => Target::Sandbox,
        Some(url) => Target::SandboxAt(url.to_owned()),
        None if loaded.environment.sandbox => Target::Sandbox,
        None => Target::Live,
    };
    let limits = Limits::on_plan(loaded.environment.rate_plan.as_deref()).patient_for(PATIENCE);
    let runner = session::runner(loaded, &target, Vec::new())?;
    let runner = runner.limits(Arc::new(limits.counted_by(Arc::clone(metrics))));
    let ledger = args.ledger.as_ref().or(settings.ledger.as_ref()).or(loaded.environment.ledger.as_ref());
    Ok(session::with_ledger(runner, ledger, &target, loaded)?.services().clone())
}

fn options(args: &WorkerArgs, settings: &WorkerSettings) -> Options {
    let usual = Options::default();
    let concurrency = args.concurrency.or(settings.concurrency).and_then(|count| usize::try_from(count).ok());
    let drain = args.drain_seconds.or(settings.drain_seconds).map(|seconds| Duration::from_secs(u64::from(seconds)));
    let registers = !args.no_register && settings.register.unwrap_or(true);
    Options {
        concurrency: concurrency.unwrap_or(usual.concurrency),
        drain: drain.unwrap_or(usual.drain),
        registers: if registers { Register::Missing } else { Register::Nothing },
        journal: args.journal.clone().or_else(|| settings.journal.clone()),
        worker_id: args.worker_id.clone().unwrap_or_else(worker_id),
        ..usual
    }
}

/// The host's name, which containers have in their environment, and the process.
fn worker_id() -> String {
    let host = std::env::var("HOSTNAME").ok().filter(|name| !name.is_empty());
    format!("{}-{}", host.as_deref().unwrap_or("legwork"), std::process::id())
}

fn address(args: &WorkerArgs, settings: &WorkerSettings) -> Result<Option<SocketAddr>, Stop> {
    let Some(text) = settings.metrics.as_deref().filter(|_| args.metrics.is_none()) else { return Ok(args.metrics) };
    let parsed = crate::cli::args::listening(text);
    parsed.map(Some).map_err(|help| {
        let message = format!("`{text}` in `metrics` below [worker] is no address");
        Diagnostic::new(codes::E0608, message).help(help).into()
    })
}

/// A task whose credential needs a secret that is not set will fail: better known before the first one does.
fn warn_of_secrets(queues: &[Queue], loaded: &Loaded, plays: bool) {
    for queue in queues.iter().filter(|_| !plays) {
        let entry = loaded.catalogue.get(queue.name());
        let needed =
            entry.as_ref().and_then(|entry| entry.authorization()).map(|auth| auth.needed()).unwrap_or_default();
        let unset: Vec<_> = needed.into_iter().filter(|name| !loaded.secrets.is_set(name)).collect();
        if !unset.is_empty() {
            out::say(&format!("warning: {} needs secrets that are not set: {}", queue.name(), unset.join(", ")));
        }
    }
}

fn hello(queues: &[Queue], options: &Options, url: &str) -> String {
    let names: Vec<_> = queues.iter().map(Queue::name).collect();
    let forgets = "without --journal, what is under way when this process is killed is not known afterwards\n";
    let forgets = if options.journal.is_none() { forgets } else { "" };
    format!("{forgets}polls {url} for {} as {}", names.join(", "), options.worker_id)
}
