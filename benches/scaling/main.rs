//! What a run costs as it grows: time and memory for each task of a sequence, a fork and a loop, and of workflows that wait.
//!
//! `cargo bench --bench scaling` prints the figures and writes `benches/plots/*.svg`. No network: a transport answers at once.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod plot;
mod shapes;
mod waiting;

use bytes::Bytes;
use cap::Cap;
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::http::{Delivery, HttpRequest, Response, Sending, Trace, Transport};
use legwork::plan::{self, Plan};
use legwork::run::{Ending, Runner};
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::source::SourceFile;
use mimalloc::MiMalloc;
use plot::{Plot, Series};
use shapes::SHAPES;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a server that embeds the runner would choose, counted.
#[global_allocator]
static HEAP: Cap<MiMalloc> = Cap::new(MiMalloc, usize::MAX);

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// Each size runs about so many tasks in all, and the fastest of its runs counts: what is slower waited for another program.
const TASKS: usize = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // First, while the process is small: what it grows by is theirs.
    runtime.block_on(waiting::measure())?;
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    println!("{:>14} {:>7} {:>10} {:>12}", "shape", "tasks", "us/task", "held B/task");
    for (name, shape) in SHAPES {
        let (mut time, mut size) = (Vec::new(), Vec::new());
        for count in SIZES {
            let figures = runtime.block_on(measure(&shape(count), count))?;
            println!("{name:>14} {count:>7} {:>10.2} {:>12.0}", figures.time_us, figures.held);
            time.push((count, figures.time_us));
            size.push((count, figures.held));
        }
        times.push(Series::new(name, time));
        sizes.push(Series::new(name, size));
    }
    Plot { title: "Time for each task", unit: "µs", series: times }.write("benches/plots/time.svg")?;
    Plot { title: "Memory that a run holds for each task", unit: "bytes", series: sizes }
        .write("benches/plots/memory.svg")?;
    Ok(())
}

/// What a task costs.
struct Figures {
    time_us: f64,
    /// Bytes that the finished run holds.
    held: f64,
}

async fn measure(definition: &str, count: usize) -> Result<Figures, Box<dyn Error>> {
    let (plan, runner) = (build(definition)?, runner());
    let mut best = Duration::MAX;
    let mut held = 0;
    for _ in 0..(TASKS / count).clamp(3, 1_000) {
        let before = HEAP.allocated();
        let started = Instant::now();
        let run = runner.run(&plan, Start::default()).await?;
        best = best.min(started.elapsed());
        assert_eq!(run.ending(), Ending::Completed, "{:?}", run.execution().scope().workflow.reason_for_incompletion);
        held = HEAP.allocated().saturating_sub(before);
    }
    let each = |figure: f64| figure / approximate(count);
    Ok(Figures { time_us: each(best.as_secs_f64() * 1e6), held: each(approximate(held)) })
}

#[expect(clippy::cast_precision_loss, reason = "figures are rounded")]
fn approximate(count: usize) -> f64 {
    count as f64
}

fn build(definition: &str) -> Result<Arc<Plan>, Box<dyn Error>> {
    let document = Arc::new(Document::parse(SourceFile::new("workflow.json", definition)));
    let planned = plan::build(&document, &Catalogue::builtin(), plan::Options::default());
    Ok(planned.plan.ok_or_else(|| format!("{:?}", planned.diagnostics))?)
}

fn runner() -> Runner {
    Runner::new(Arc::new(Instantly), Arc::new(NoSecrets), Redactor::default())
}

/// Answers every request at once.
struct Instantly;

impl Transport for Instantly {
    fn send<'a>(&'a self, _: &'a HttpRequest, _: Option<Instant>) -> Sending<'a> {
        let body = Bytes::from_static(br#"{"id": "u_1", "status": "active"}"#);
        let response = Response { status: 200, body, ..Response::default() };
        Box::pin(std::future::ready(Delivery {
            result: Ok(response),
            trace: Trace { written: true, ..Trace::default() },
        }))
    }
}

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}
